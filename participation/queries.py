"""Meetings and what is recorded of them: for the student, the staff sheet, the to-do list and grading."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from courses.deadlines import Deadline, State
from courses.models import Course, Enrollment, Meeting, MeetingKind
from courses.policies import students_marked_by
from participation import policies
from participation.models import ParticipationRules, Record, RecordChange


@dataclass(frozen=True, slots=True)
class MeetingFact:
    """A meeting whose participation counts; once `is_over`, nobody can record their own any more."""

    meeting_id: int
    date: date
    title: str
    is_over: bool


class RecordFact(NamedTuple):
    attended: bool
    discussed: bool
    is_confirmed: bool


def rules(course: Course) -> ParticipationRules | None:
    """How many points attending and discussing give; None when the course does not record participation."""
    return ParticipationRules.of(course)


def recorded_meetings(course: Course, **of) -> list[Meeting]:
    """The meetings that take place, in order, with their course; `of` narrows (date=...)."""
    meetings = list(Meeting.objects.filter(course=course, **of).exclude(kind=MeetingKind.HOLIDAY))
    for meeting in meetings:
        meeting.course = course
    return meetings


def title_of(meeting: Meeting) -> str:
    return meeting.topic or f"{meeting.get_kind_display()} meeting"


def deadlines_for(enrollment: Enrollment, meetings: list[Meeting] | None = None) -> list[Deadline]:
    """Recording one's own participation in today's meetings; empty for other roles.

    `meetings` are the course's calendar, each with its course, where it is at hand.
    """
    course = enrollment.course
    if not (enrollment.is_student and enrollment.is_active) or rules(course) is None:
        return []
    date = course.today()
    if meetings is None:
        meetings = recorded_meetings(course, date=date)
    today = [meeting for meeting in meetings if meeting.date == date and not meeting.is_holiday]
    own = Record.objects.filter(enrollment=enrollment, meeting__in=today).order_by()
    recorded = set(own.values_list("meeting_id", flat=True)) if today else set()
    return [_deadline(enrollment, meeting, meeting.pk in recorded) for meeting in today]


def _deadline(enrollment: Enrollment, meeting: Meeting, is_recorded: bool) -> Deadline:
    closes_at = policies.closes_at(meeting)
    return Deadline(
        enrollment_id=enrollment.pk,
        kind="participation",
        key=meeting.key,
        title=f"Participation: {title_of(meeting)}",
        due_at=closes_at,
        closes_at=closes_at,
        state=State.SUBMITTED if is_recorded else State.OPEN,
        url=reverse("participation:record_list", args=[meeting.course.slug]),
        detail=f"Attended, discussed · {_from_when(meeting)}",
    )


def _from_when(meeting: Meeting) -> str:
    """When participation in a meeting of today is recorded."""
    opens_at = policies.opens_at(meeting)
    return "today only" if opens_at <= timezone.now() else f"today from {meeting.course.local(opens_at):%H:%M}"


def grading_facts(
    course: Course, *, only: Collection[int] | None = None, at: datetime | None = None
) -> tuple[list[MeetingFact], dict[int, dict[int, RecordFact]]]:
    """The meetings that count, and {enrollment id: {meeting id: record}} for every active student, or `only` for these ids.

    Both are empty of facts when the course does not record participation; see `rules` for the points.
    `at` asks for what was recorded at an earlier moment; the calendar is today's, and nothing is said to be confirmed.
    """
    students = Enrollment.objects.graded(at).among(only).filter(course=course).order_by()
    records: dict[int, dict[int, RecordFact]] = {student: {} for student in students.values_list("pk", flat=True)}
    if rules(course) is None:
        return [], records
    now = at or timezone.now()
    meetings = [
        MeetingFact(meeting.pk, meeting.date, title_of(meeting), policies.closes_at(meeting) <= now)
        for meeting in recorded_meetings(course)
    ]
    rows = _records_of(course, students) if at is None else _records_at(course, students, at)
    for enrollment_id, meeting_id, attended, discussed, confirmed_at in rows:
        records[enrollment_id][meeting_id] = RecordFact(attended, discussed, confirmed_at is not None)
    return meetings, records


def _records_of(course: Course, students: QuerySet[Enrollment]) -> Iterable[tuple]:
    rows = Record.objects.filter(meeting__course=course, enrollment__in=students).exclude(meeting__kind=MeetingKind.HOLIDAY)
    return rows.order_by().values_list("enrollment_id", "meeting_id", "attended", "discussed", "confirmed_at")


def _records_at(course: Course, students: QuerySet[Enrollment], at: datetime) -> Iterable[tuple]:
    """As they were set last by that moment; in order, so that a later change replaces an earlier one."""
    changes = RecordChange.objects.filter(record__meeting__course=course, record__enrollment__in=students, changed_at__lte=at)
    changes = changes.exclude(record__meeting__kind=MeetingKind.HOLIDAY).order_by("pk")
    rows = changes.values_list("record__enrollment_id", "record__meeting_id", "attended", "discussed")
    return ((*row, None) for row in rows)


def corrections(course: Course) -> QuerySet[RecordChange]:
    """What staff set otherwise than it stood."""
    return RecordChange.objects.corrections().filter(record__meeting__course=course)


@dataclass(frozen=True)
class OwnRow:
    """One meeting as the student sees it; `points` is None while nothing is recorded, `from_when` once it is too late."""

    meeting: Meeting
    record: Record | None
    points: Decimal | None
    is_open: bool
    from_when: str | None

    @property
    def counts(self) -> bool:
        """As in the grade: what can still be recorded is not missing yet."""
        return self.record is not None or self.from_when is None


def own_rows(enrollment: Enrollment) -> list[OwnRow]:
    """The meetings up to today with what the student has of them, newest first."""
    course, now = enrollment.course, timezone.now()
    records = {
        record.meeting_id: record for record in Record.objects.filter(enrollment=enrollment, meeting__course=course).order_by()
    }
    rows = []
    for meeting in reversed(recorded_meetings(course, date__lte=course.today())):
        record = records.get(meeting.pk)
        points = rules(course).points_for(record.attended, record.discussed) if record else None
        from_when = _from_when(meeting) if now < policies.closes_at(meeting) else None
        rows.append(OwnRow(meeting, record, points, policies.is_open(meeting, now), from_when))
    return rows


@dataclass(frozen=True)
class SheetRow:
    """One student's records, one per meeting of the sheet (None where nothing is recorded)."""

    student: Enrollment
    records: list[Record | None]
    points: Decimal

    @property
    def recorded(self) -> list[Record]:
        return [record for record in self.records if record]


@dataclass(frozen=True)
class Sheet:
    """The meetings up to today, and a row for every student whose records the viewer may see."""

    rules: ParticipationRules
    meetings: list[Meeting]
    rows: list[SheetRow]

    @property
    def out_of(self) -> Decimal:
        return self.rules.points_per_meeting * len(self.meetings)


def sheet(viewer: Enrollment) -> Sheet:
    """A student's own row; staff, those of the students whose work they mark. The course must have rules."""
    course = viewer.course
    course_rules = ParticipationRules.of(course)
    meetings = recorded_meetings(course, date__lte=course.today())
    records = {(record.enrollment_id, record.meeting_id): record for record in Record.objects.visible_to(viewer).order_by()}
    students = [viewer] if viewer.is_student else students_marked_by(viewer).for_display()
    return Sheet(course_rules, meetings, [_sheet_row(student, meetings, records, course_rules) for student in students])


def _sheet_row(student: Enrollment, meetings: list[Meeting], records: dict, course_rules: ParticipationRules) -> SheetRow:
    own = [records.get((student.pk, meeting.pk)) for meeting in meetings]
    for record, meeting in zip(own, meetings, strict=True):
        if record:
            record.meeting = meeting
    points = sum((course_rules.points_for(record.attended, record.discussed) for record in own if record), Decimal(0))
    return SheetRow(student, own, points)
