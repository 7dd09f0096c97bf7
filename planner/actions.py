"""Every write to reminders: each is safe to do twice and on two workers at once."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from courses.deadlines import Deadline
from courses.models import Course
from planner import queries, tasks
from planner.models import Reminder, ReminderRules
from planner.timing import hours_due, hours_for, longest_reach

# A message that was lost with its broker is queued again; longer than the task's own retries take.
QUEUE_AGAIN_AFTER = timedelta(minutes=10)


@transaction.atomic
def plan_course_reminders(*, course: Course) -> None:
    """Write down every reminder whose time has come, and queue the ones that wait.

    Looks at all that is owed within the longest reach, so what a downtime left out is caught up with.
    """
    now = timezone.now()
    hours = ReminderRules.hours_of(course)
    if not hours:
        return
    owed = queries.owed_between(course, now, now + timedelta(hours=longest_reach(hours)))
    owed = [deadline for deadline in owed if hours_due(hours_for(deadline.kind, hours), deadline.due_at, now)]
    on_record = queries.hours_on_record(owed)
    Reminder.objects.bulk_create(
        [
            reminder
            for deadline in owed
            for reminder in _reminders_of(deadline, hours, on_record.get(_work(deadline), set()), now)
        ],
        ignore_conflicts=True,
    )
    _queue_waiting(course, now)


def _work(deadline: Deadline) -> tuple:
    return deadline.enrollment_id, deadline.kind, deadline.key, deadline.due_at


def _reminders_of(deadline: Deadline, hours: list[int], on_record: set[int], now: datetime):
    """The rows still missing: the nearest is to be sent, those that it makes pointless are written down as skipped."""
    due = hours_due(hours_for(deadline.kind, hours), deadline.due_at, now)
    for hour in due:
        if hour in on_record:
            continue
        is_nearest = hour == due[0] and not any(recorded < hour for recorded in on_record)
        yield Reminder(
            enrollment_id=deadline.enrollment_id,
            kind=deadline.kind,
            key=deadline.key,
            due_at=deadline.due_at,
            hours_before=hour,
            title=deadline.title,
            planned_at=now,
            skipped_at=None if is_nearest else now,
            skip_reason="" if is_nearest else "a nearer reminder takes its place",
        )


def _queue_waiting(course: Course, now: datetime) -> None:
    waiting = Reminder.objects.for_course(course).waiting().exclude(queued_at__gt=now - QUEUE_AGAIN_AFTER)
    ids = list(waiting.order_by("due_at", "pk").values_list("pk", flat=True))
    Reminder.objects.filter(pk__in=ids).update(queued_at=now)
    for pk in ids:
        transaction.on_commit(partial(tasks.send_reminder.delay, pk))


def skip_reminder(*, reminder: Reminder, reason: str) -> None:
    """Note that it need not be sent, unless a worker has it in hand."""
    Reminder.objects.waiting().filter(pk=reminder.pk).update(skipped_at=timezone.now(), skip_reason=reason)


@transaction.atomic
def claim_reminders(*, reminders: list[Reminder]) -> bool:
    """Whether the caller, and nobody else, may hand over the mail that names them: all are claimed, or none."""
    ids = [reminder.pk for reminder in reminders]
    # Locked in one order: of two workers that want some of the same, one waits and then finds them claimed.
    waiting = Reminder.objects.waiting().filter(pk__in=ids).order_by("pk").select_for_update()
    if len(waiting.values_list("pk", flat=True)) != len(ids):
        return False
    Reminder.objects.filter(pk__in=ids).update(claimed_at=timezone.now(), error="")
    return True


def confirm_reminders(*, reminders: list[Reminder]) -> None:
    _unsent(reminders).update(sent_at=timezone.now(), error="")


def release_reminders(*, reminders: list[Reminder], error: str) -> None:
    """The mail has certainly not left: it may be tried again."""
    _unsent(reminders).update(claimed_at=None, error=error)


def note_doubt(*, reminders: list[Reminder], error: str) -> None:
    """The mail may have left: the claim stands, so that it is never sent twice."""
    _unsent(reminders).update(error=error)


def _unsent(reminders: list[Reminder]):
    return Reminder.objects.filter(pk__in=[reminder.pk for reminder in reminders], sent_at=None)
