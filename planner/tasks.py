"""Reminders: planned every minute by beat, each sent by a task of its own."""

import logging

from celery import shared_task
from django.utils import timezone

from courses.models import Course
from planner import actions, mail, queries
from planner.models import Reminder

logger = logging.getLogger(__name__)


@shared_task
def plan_reminders() -> None:
    """Beat's tick. A task for each course, so that one course's fault holds up no other."""
    for course_id in Course.objects.filter(reminder_rules__isnull=False).order_by("pk").values_list("pk", flat=True):
        plan_course.delay(course_id)


@shared_task(expires=300)
def plan_course(course_id: int) -> None:
    course = Course.objects.select_related("reminder_rules").filter(pk=course_id).first()
    if course:
        actions.plan_course_reminders(course=course)


@shared_task(autoretry_for=(mail.NotTaken,), retry_backoff=10, retry_backoff_max=300, max_retries=5)
def send_reminder(reminder_id: int) -> None:
    """Send it if it still makes sense; however often and on however many workers this runs, once.

    The claim is committed before the mail leaves. A worker that dies after it leaves the row claimed, and
    nobody sends it again; everything that can fail for other reasons happens before the claim.
    """
    reminder = (
        Reminder.objects.waiting().select_related("enrollment__user", "enrollment__course").filter(pk=reminder_id).first()
    )
    if reminder is None:
        return
    now = timezone.now()
    deadline, reason = queries.check_of(reminder, now)
    if reason:
        actions.skip_reminder(reminder=reminder, reason=reason)
        return
    message = mail.compose(reminder, deadline, now)
    if not actions.claim_reminder(reminder=reminder):
        return
    try:
        mail.hand_over(message)
    except mail.NotTaken as error:
        actions.release_reminder(reminder=reminder, error=str(error))
        raise
    except mail.PerhapsTaken as error:
        actions.note_doubt(reminder=reminder, error=str(error))
        logger.warning("Reminder %s may not have left: %s", reminder.pk, error)
        return
    actions.confirm_reminder(reminder=reminder)
