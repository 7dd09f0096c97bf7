"""Every write to participation records; each leaves a row in their history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError, StaleVersion
from core.locking import lock_row
from core.reasons import checked_reason
from courses.actions import stamp_grade_change
from courses.models import Enrollment, Meeting
from participation import policies
from participation.models import ParticipationRules, Record, RecordChange


@dataclass(frozen=True)
class Entry:
    """What staff put down for one student; `revision` is that of the record they read, 0 for none."""

    enrollment: Enrollment
    attended: bool
    discussed: bool
    revision: int


def _same(record: Record, said: Entry | Record) -> bool:
    return (record.attended, record.discussed) == (said.attended, said.discussed)


class StaleSheet(StaleVersion):
    """Some records of the sheet changed since it was read; `current` is {enrollment id: record} of those."""


@transaction.atomic
def record_own(*, meeting: Meeting, enrollment: Enrollment, attended: bool, discussed: bool) -> Record:
    """Put down what the student says of themselves: on the meeting's day, until staff confirm it."""
    entry = Entry(enrollment, attended, discussed, revision=0)
    _require_recordable(meeting, [entry])
    if not policies.is_open(meeting, timezone.now()):
        raise DomainError(_closed_message(meeting), code="closed")
    record = _locked(meeting, [entry])[enrollment.pk]
    if record.is_confirmed and not _same(record, entry):
        raise DomainError(
            "Staff have confirmed this record, so you cannot change it any more. Tell them if it is wrong.", code="confirmed"
        )
    _write([(record, entry)], by=enrollment.user, confirms=False)
    return record


def _closed_message(meeting: Meeting) -> str:
    if timezone.now() < policies.opens_at(meeting):
        there = meeting.course.local(policies.opens_at(meeting))
        return f"Participation in this meeting is recorded from {there:%H:%M} on {there:%A} {there.day} {there:%B %Y}."
    return (
        f"Participation in this meeting could be recorded until the end of {meeting.date:%A} {meeting.date.day} "
        f"{meeting.date:%B %Y}. Ask staff to put it right."
    )


@transaction.atomic
def correct_record(
    *,
    meeting: Meeting,
    enrollment: Enrollment,
    attended: bool,
    discussed: bool,
    revision: int | None,
    by: User,
    reason: str = "",
) -> Record:
    """Confirm or correct one student's record as staff; from then on the student cannot change it.

    `revision` is the one that was read, 0 or None for no record; `reason` is for the history.
    Raises StaleVersion when the revision is another by now.
    """
    entry = Entry(enrollment, attended, discussed, revision or 0)
    try:
        return save_sheet(meeting=meeting, entries=[entry], by=by, reason=reason)[0]
    except StaleSheet as stale:
        raise StaleVersion(stale.message, current=stale.current[enrollment.pk]) from None


@transaction.atomic
def save_sheet(*, meeting: Meeting, entries: Iterable[Entry], by: User, reason: str = "") -> list[Record]:
    """Confirm a meeting's records as given, all or none. Raises StaleSheet when others changed some since.

    `reason` is for the history of those that it changes.
    """
    entries, reason = list(entries), checked_reason(reason)
    _require_recordable(meeting, entries)
    _require_begun(meeting)
    records = _locked(meeting, entries)
    pairs = [(records[entry.enrollment.pk], entry) for entry in entries]
    _require_fresh([record for record, entry in pairs if entry.revision != record.revision and not _same(record, entry)])
    _write(pairs, by=by, confirms=True, reason=reason)
    return [record for record, _ in pairs]


@transaction.atomic
def confirm_recorded(*, meeting: Meeting, revisions: Mapping[int, int], by: User) -> int:
    """Confirm what students recorded, as it was read: {enrollment id: revision, 0 for none}; how many there were.

    Who recorded nothing is left alone. Raises StaleSheet when a record is not the one that was read.
    """
    _require_recordable(meeting, [])
    _require_begun(meeting)
    rows = Record.objects.select_for_update().filter(meeting=meeting, enrollment__in=revisions).order_by("pk")
    waiting = [record for record in rows if not record.is_confirmed]
    _require_fresh([record for record in waiting if record.revision != revisions[record.enrollment_id]])
    _write([(record, record) for record in waiting], by=by, confirms=True)
    return len(waiting)


def _require_begun(meeting: Meeting) -> None:
    if timezone.now() < policies.opens_at(meeting):
        raise DomainError(_closed_message(meeting), code="not_begun")


def _require_fresh(stale: list[Record]) -> None:
    if stale:
        count = "One record has" if len(stale) == 1 else f"{len(stale)} records have"
        raise StaleSheet(
            f"{count} changed since this was opened. Nothing was saved.",
            current={record.enrollment_id: record for record in stale},
        )


def _require_recordable(meeting: Meeting, entries: list[Entry]) -> None:
    if ParticipationRules.of(meeting.course) is None:
        raise DomainError("This course does not record participation.", code="no_participation")
    if meeting.is_holiday:
        raise DomainError("This meeting does not take place, so there is nothing to record.", code="no_meeting")
    _require_attended_to_discuss(entries)
    # Asked anew: an enrollment at hand may have been read before a withdrawal from the course.
    ids = {entry.enrollment.pk for entry in entries}
    students = Enrollment.objects.active().students().filter(course=meeting.course_id, pk__in=ids)
    if students.count() != len(ids):
        raise DomainError("Participation is recorded of active students of this course only.", code="not_a_student")


def _require_attended_to_discuss(entries: list[Entry]) -> None:
    at_fault = [entry.enrollment.user.name for entry in entries if entry.discussed and not entry.attended]
    if at_fault:
        whose = f"{', '.join(at_fault)}: whoever" if len(entries) > 1 else "Whoever"
        raise DomainError(
            f"{whose} discussed was also there. Tick “attended” as well.", field="attended", code="discussed_without_attending"
        )


def _locked(meeting: Meeting, entries: list[Entry]) -> dict[int, Record]:
    """{enrollment id: record}, made where need be (revision 0), locked until the transaction ends."""
    ids = sorted(entry.enrollment.pk for entry in entries)
    # Held until the records are in: the meeting's removal at this moment would fail them only when they commit.
    lock_row(Meeting.objects.select_for_update(no_key=True), meeting.pk)
    # Two first saves at once meet at the unique constraint; the loser waits and then finds the row.
    Record.objects.bulk_create((Record(meeting=meeting, enrollment_id=pk) for pk in ids), ignore_conflicts=True)
    # Without joins: PostgreSQL would give joined rows as they were before it waited for the lock.
    rows = Record.objects.select_for_update().filter(meeting=meeting, enrollment__in=ids).order_by("pk")
    return {record.enrollment_id: record for record in rows}


def _write(changes: Iterable[tuple[Record, Entry | Record]], *, by: User, confirms: bool, reason: str = "") -> None:
    """Set each record to what is said of it; the same again leaves record, revision and history as they are.

    `reason` is of what is set anew or otherwise, not of what is only confirmed.
    """
    now, changed, told = timezone.now(), [], []
    for record, said in changes:
        is_settled = record.is_confirmed or not confirms
        if record.revision and is_settled and _same(record, said):
            continue
        told.append(_change(record, said, by, now, reason))
        record.attended, record.discussed = said.attended, said.discussed
        record.revision, record.changed_at = record.revision + 1, now
        if confirms:
            record.confirmed_by, record.confirmed_at = by, now
        changed.append(record)
    Record.objects.bulk_update(changed, ["attended", "discussed", "revision", "changed_at", "confirmed_by", "confirmed_at"])
    RecordChange.objects.bulk_create(told)
    stamp_grade_change(enrollments=[record.enrollment_id for record in changed], seen_by_student=True)


def _change(record: Record, said: Entry | Record, by: User, now: datetime, reason: str) -> RecordChange:
    was = (record.attended, record.discussed) if record.revision else (None, None)
    is_confirmed_only = was == (said.attended, said.discussed)
    return RecordChange(
        record=record,
        attended=said.attended,
        discussed=said.discussed,
        attended_before=was[0],
        discussed_before=was[1],
        reason="" if is_confirmed_only else reason,
        changed_by=by,
        changed_at=now,
    )
