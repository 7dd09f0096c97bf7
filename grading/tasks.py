"""Mail about regrade requests, one to each who is to know, if they may read the request when it leaves; releases at a date."""

import logging

from celery import shared_task
from django.utils import timezone

from core import mailing
from courses.models import Enrollment
from grading import mail
from grading.models import RegradeNotice, ScheduledRelease
from grading.queries.regrades import requests_visible_to

logger = logging.getLogger(__name__)


@shared_task
def notify_regrade(message_id: int) -> None:
    """A task for each mail, so that one bad address holds up no other."""
    for pk in RegradeNotice.objects.waiting().filter(message=message_id).order_by("pk").values_list("pk", flat=True):
        send_regrade_notice.delay(pk)


@shared_task(autoretry_for=(mailing.NotTaken,), retry_backoff=10, retry_backoff_max=300, max_retries=5)
def send_regrade_notice(notice_id: int) -> None:
    """However often and on however many workers this runs, one mail: the claim is committed before it leaves."""
    from grading.actions import regrades  # the actions queue this task

    notice = RegradeNotice.objects.waiting().select_related("message").filter(pk=notice_id).first()
    if notice is None:
        return
    reader = Enrollment.objects.select_related("user", "course").get(pk=notice.enrollment_id)
    request = requests_visible_to(reader).filter(pk=notice.message.request_id).first()
    if request is None or not (reader.is_active and reader.user.is_active):
        regrades.skip_notice(notice=notice)
        return
    message = mail.compose(notice, request, reader)
    if regrades.claim_notice(notice=notice):
        _hand_over(message, notice)


def _hand_over(message, notice: RegradeNotice) -> None:
    from grading.actions import regrades

    try:
        mailing.hand_over(message)
    except mailing.NotTaken:
        regrades.release_notice(notice=notice)
        raise
    except mailing.PerhapsTaken as error:
        # It may have left: the claim stands, so that it is never sent twice.
        logger.warning("Regrade notice %s may not have left: %s", notice.pk, error)
        return
    regrades.confirm_notice(notice=notice)


@shared_task
def send_waiting_regrade_notices() -> None:
    """Beat's: what could not be queued, or was lost with the broker. One try each; the next round is the retry."""
    for pk in RegradeNotice.objects.lost(timezone.now()).order_by("pk").values_list("pk", flat=True):
        send_regrade_notice.apply_async((pk,), retries=send_regrade_notice.max_retries)


@shared_task
def release_what_is_due() -> None:
    """Beat's tick. A task for each, so that one's fault holds up no other; what was missed is caught up with."""
    for pk in ScheduledRelease.objects.due(timezone.now()).order_by("due_at", "pk").values_list("pk", flat=True):
        release_at_date.delay(pk)


@shared_task(expires=600)
def release_at_date(release_id: int) -> None:
    """Queued again at each tick for as long as it is due; the action does it once."""
    from grading.actions import carry_out_release  # the actions queue tasks

    carry_out_release(release_id=release_id)
