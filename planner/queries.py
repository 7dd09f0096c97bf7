"""What people owe, gathered from the features, and what the course's reminders make of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from courses.deadlines import Deadline, State
from courses.models import Course, Enrollment, Meeting
from participation import queries as participation
from planner.models import Reminder, ReminderRules
from planner.timing import hours_due, hours_for, longest_reach
from presentations import queries as presentations
from projects import queries as projects
from reviews import queries as reviews

AHEAD = timedelta(days=7)  # how far the list of coming reminders looks


def to_do(enrollment: Enrollment, meetings: list[Meeting] | None = None) -> list[Deadline]:
    """Everything with a deadline, settled or not, by deadline.

    `meetings` are the course's calendar, each with its course, and its papers as `readings`, where it is at hand.
    """
    papers = None if meetings is None else [paper for meeting in meetings for paper in meeting.readings]
    deadlines = [
        *reviews.deadlines_for(enrollment, papers),
        *participation.deadlines_for(enrollment, meetings),
        *projects.deadlines_for(enrollment),
        *presentations.deadlines_for(enrollment),
    ]
    return sorted(deadlines, key=lambda deadline: (deadline.due_at, deadline.kind, deadline.title))


def owed_between(course: Course, start: datetime, end: datetime) -> list[Deadline]:
    """What active students still owe with start < due <= end and are reminded of."""
    return [deadline for room in (reviews, projects, presentations) for deadline in room.owed_between(course, start, end)]


def hours_on_record(deadlines: Iterable[Deadline]) -> dict[tuple, set[int]]:
    """{(enrollment id, kind, key, due_at): the hours for which a reminder was written down}."""
    deadlines = list(deadlines)
    rows = Reminder.objects.filter(
        enrollment__in={deadline.enrollment_id for deadline in deadlines},
        due_at__in={deadline.due_at for deadline in deadlines},
    ).values_list("enrollment", "kind", "key", "due_at", "hours_before")
    found = defaultdict(set)
    for *work, hours in rows.order_by():
        found[tuple(work)].add(hours)
    return found


def waiting_together(reminder_id: int) -> list[Reminder]:
    """The reminder and all that wait for the same person and deadline; none when it does not wait itself."""
    waiting = Reminder.objects.waiting()
    one = waiting.filter(pk=reminder_id).values("enrollment", "due_at").first()
    if one is None:
        return []
    together = waiting.filter(**one).select_related("enrollment__user", "enrollment__course").order_by("pk")
    return list(together)


def checks_of(reminders: list[Reminder], now: datetime) -> list[tuple[Reminder, Deadline | None, str]]:
    """Each with its deadline as it now stands, and why it must not be sent ("" when it must be).

    They are one person's; reads enrollment.user and enrollment.course.
    """
    enrollment = reminders[0].enrollment
    if not (enrollment.is_active and enrollment.user.is_active):
        return [(reminder, None, "no longer in the course") for reminder in reminders]
    deadlines = {(deadline.kind, deadline.key): deadline for deadline in to_do(enrollment)}
    hours = ReminderRules.hours_of(enrollment.course)
    return [
        (reminder, *_check_of(reminder, deadlines.get((reminder.kind, reminder.key)), hours, now)) for reminder in reminders
    ]


def _check_of(reminder: Reminder, deadline: Deadline | None, hours: list[int], now: datetime) -> tuple[Deadline | None, str]:
    if deadline is None:
        return None, "no longer asked for"
    if deadline.state in (State.SUBMITTED, State.LATE):
        return deadline, "already done"
    if not deadline.is_owed and deadline.state != State.MISSING:
        return deadline, "no longer required"
    if deadline.due_at != reminder.due_at:
        return deadline, "the deadline moved"
    if deadline.due_at <= now:
        return deadline, "the deadline has passed"
    due = hours_due(hours_for(deadline.kind, hours), deadline.due_at, now)
    if not due:
        return deadline, "the course's rules changed"
    return deadline, "" if due[0] == reminder.hours_before else "a nearer reminder takes its place"


@dataclass(frozen=True)
class ComingReminder:
    """What will be sent at a moment if nobody hands anything in before."""

    sends_at: datetime
    hours_before: int
    kind: str
    key: str
    title: str
    due_at: datetime
    students: int


def coming_reminders(course: Course, now: datetime) -> list[ComingReminder]:
    """The reminders of the next seven days in order, from what is owed at this moment."""
    hours = ReminderRules.hours_of(course)
    if not hours:
        return []
    owed = owed_between(course, now, now + AHEAD + timedelta(hours=longest_reach(hours)))
    students = Counter((deadline.due_at, deadline.kind, deadline.key, deadline.title) for deadline in owed)
    coming = [
        ComingReminder(sends_at, hour, kind, key, title, due_at, count)
        for (due_at, kind, key, title), count in students.items()
        for hour in hours_for(kind, hours)
        # In UTC, or it would be clock arithmetic, an hour off in the weeks in which the clocks change.
        if now < (sends_at := due_at.astimezone(UTC) - timedelta(hours=hour)) <= now + AHEAD
    ]
    return sorted(coming, key=lambda reminder: (reminder.sends_at, reminder.title))


def next_owed(enrollments: Iterable[Enrollment]) -> dict[int, Deadline]:
    """{enrollment id: the nearest thing still owed whose deadline has not passed}, where there is one."""
    now = timezone.now()
    found = {}
    for enrollment in enrollments:
        owed = (deadline for deadline in to_do(enrollment) if deadline.is_owed and deadline.due_at > now)
        if nearest := next(owed, None):
            found[enrollment.pk] = nearest
    return found
