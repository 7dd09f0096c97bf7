"""Mail about regrade requests, one to each who is to know, if they may read the request when it leaves; releases at a date."""

from functools import partial

from celery import shared_task
from django.utils import timezone

from core import mailing
from courses.models import Enrollment
from grading import mail
from grading.models import RegradeNotice, ScheduledRelease
from grading.queries.regrades import requests_visible_to


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
    mailing.hand_over_once(
        mail.compose(notice, request, reader),
        what=f"Regrade notice {notice.pk}",
        claim=partial(regrades.claim_notice, notice=notice),
        release=partial(regrades.release_notice, notice=notice),
        confirm=partial(regrades.confirm_notice, notice=notice),
    )


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
