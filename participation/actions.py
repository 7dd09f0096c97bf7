"""Every write to participation records; each leaves a row in their history."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError, StaleVersion
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

    def says_the_same_as(self, record: Record) -> bool:
        return (self.attended, self.discussed) == (record.attended, record.discussed)


class StaleSheet(StaleVersion):
    """Some records of the sheet changed since it was read; `current` is {enrollment id: record} of those."""


@transaction.atomic
def record_own(*, meeting: Meeting, enrollment: Enrollment, attended: bool, discussed: bool) -> Record:
    """Put down what the student says of themselves: on the meeting's day, until staff confirm it."""
    entry = Entry(enrollment, attended, discussed, revision=0)
    _require_recordable(meeting, [entry])
    if not policies.is_open(meeting, timezone.now()):
        raise DomainError(_closed_message(meeting), code="closed")
    records = _locked(meeting, [entry])
    record = records[enrollment.pk]
    if record.is_confirmed and not entry.says_the_same_as(record):
        raise DomainError(
            "Staff have confirmed this record, so you cannot change it any more. Tell them if it is wrong.", code="confirmed"
        )
    _write([entry], records, by=enrollment.user, confirms=False)
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
    *, meeting: Meeting, enrollment: Enrollment, attended: bool, discussed: bool, revision: int | None, by: User
) -> Record:
    """Confirm or correct one student's record as staff; from then on the student cannot change it.

    `revision` is the one that was read, 0 or None for no record. Raises StaleVersion when it is another by now.
    """
    entry = Entry(enrollment, attended, discussed, revision or 0)
    try:
        return save_sheet(meeting=meeting, entries=[entry], by=by)[0]
    except StaleSheet as stale:
        raise StaleVersion(stale.message, current=stale.current[enrollment.pk]) from None


@transaction.atomic
def save_sheet(*, meeting: Meeting, entries: Iterable[Entry], by: User) -> list[Record]:
    """Confirm a meeting's records as given, all or none. Raises StaleSheet when others changed some since."""
    entries = list(entries)
    _require_recordable(meeting, entries)
    if timezone.now() < policies.opens_at(meeting):
        raise DomainError(_closed_message(meeting), code="not_begun")
    records = _locked(meeting, entries)
    stale = {
        entry.enrollment.pk: records[entry.enrollment.pk]
        for entry in entries
        if entry.revision != records[entry.enrollment.pk].revision and not entry.says_the_same_as(records[entry.enrollment.pk])
    }
    if stale:
        count = "One record has" if len(stale) == 1 else f"{len(stale)} records have"
        raise StaleSheet(f"{count} changed since this sheet was opened. Nothing was saved.", current=stale)
    _write(entries, records, by=by, confirms=True)
    return [records[entry.enrollment.pk] for entry in entries]


def _require_recordable(meeting: Meeting, entries: list[Entry]) -> None:
    if ParticipationRules.of(meeting.course) is None:
        raise DomainError("This course does not record participation.", code="no_participation")
    if meeting.is_holiday:
        raise DomainError("This meeting does not take place, so there is nothing to record.", code="no_meeting")
    if any(entry.discussed and not entry.attended for entry in entries):
        raise DomainError(
            "Whoever discussed was also there: tick “attended” as well.", field="attended", code="discussed_without_attending"
        )
    # Asked anew: an enrollment at hand may have been read before a withdrawal from the course.
    ids = {entry.enrollment.pk for entry in entries}
    students = Enrollment.objects.active().students().filter(course=meeting.course_id, pk__in=ids)
    if students.count() != len(ids):
        raise DomainError("Participation is recorded of active students of this course only.", code="not_a_student")


def _locked(meeting: Meeting, entries: list[Entry]) -> dict[int, Record]:
    """{enrollment id: record}, made where need be (revision 0), locked until the transaction ends."""
    ids = sorted(entry.enrollment.pk for entry in entries)
    # Two first saves at once meet at the unique constraint; the loser waits and then finds the row.
    Record.objects.bulk_create((Record(meeting=meeting, enrollment_id=pk) for pk in ids), ignore_conflicts=True)
    # Without joins: PostgreSQL would give joined rows as they were before it waited for the lock.
    rows = Record.objects.select_for_update().filter(meeting=meeting, enrollment__in=ids).order_by("pk")
    return {record.enrollment_id: record for record in rows}


def _write(entries: list[Entry], records: dict[int, Record], *, by: User, confirms: bool) -> None:
    """Set what differs; the same again leaves record, revision and history as they are."""
    now, changed = timezone.now(), []
    for entry in entries:
        record = records[entry.enrollment.pk]
        is_settled = record.is_confirmed or not confirms
        if record.revision and is_settled and entry.says_the_same_as(record):
            continue
        record.attended, record.discussed = entry.attended, entry.discussed
        record.revision, record.changed_at = record.revision + 1, now
        if confirms:
            record.confirmed_by, record.confirmed_at = by, now
        changed.append(record)
    Record.objects.bulk_update(changed, ["attended", "discussed", "revision", "changed_at", "confirmed_by", "confirmed_at"])
    RecordChange.objects.bulk_create(
        RecordChange(record=record, attended=record.attended, discussed=record.discussed, changed_by=by, changed_at=now)
        for record in changed
    )
    stamp_grade_change(enrollments=[record.enrollment_id for record in changed], seen_by_student=True)
