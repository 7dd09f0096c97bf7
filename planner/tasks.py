"""Reminders: planned every minute by beat, each sent by a task of its own."""

import logging
from datetime import datetime

from celery import shared_task
from django.core.mail import EmailMessage
from django.utils import timezone

from core import mailing
from courses.deadlines import Deadline
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
    course = Course.objects.select_related("reminder_rules", "presentation_rules").filter(pk=course_id).first()
    if course:
        actions.plan_course_reminders(course=course)


@shared_task(autoretry_for=(mailing.NotTaken,), retry_backoff=10, retry_backoff_max=300, max_retries=5)
def send_reminder(reminder_id: int) -> None:
    """Send it, and what else the student owes by the same deadline, in one mail, if it still makes sense.

    However often and on however many workers this runs, once: the claim on all of them is committed before the mail
    leaves. A worker that dies after it leaves the rows claimed, and nobody sends them again; everything that can
    fail for other reasons happens before the claim.
    """
    while reminders := queries.waiting_together(reminder_id):
        now = timezone.now()
        going = _worth_sending(reminders, now)
        if not going:
            return
        message = mail.compose(going, now)
        owned = [reminder for reminder, _ in going]
        if actions.claim_reminders(reminders=owned):
            _hand_over(message, owned)
            return
        # Another worker has one of them; what is left without it is a mail of its own.


def _worth_sending(reminders: list[Reminder], now: datetime) -> list[tuple[Reminder, Deadline]]:
    """Those that still make sense, with their deadlines; the others are noted as skipped."""
    going = []
    for reminder, deadline, reason in queries.checks_of(reminders, now):
        if reason:
            actions.skip_reminder(reminder=reminder, reason=reason)
        else:
            going.append((reminder, deadline))
    return going


def _hand_over(message: EmailMessage, reminders: list[Reminder]) -> None:
    try:
        mailing.hand_over(message)
    except mailing.NotTaken as error:
        actions.release_reminders(reminders=reminders, error=str(error))
        raise
    except mailing.PerhapsTaken as error:
        actions.note_doubt(reminders=reminders, error=str(error))
        logger.warning("Reminders %s may not have left: %s", [reminder.pk for reminder in reminders], error)
        return
    actions.confirm_reminders(reminders=reminders)
