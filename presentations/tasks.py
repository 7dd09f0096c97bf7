"""Mail about places: to whom something happened, once each."""

from functools import partial

from celery import shared_task
from django.utils import timezone

from core import mailing
from presentations import actions, mail
from presentations.models import Notice


@shared_task(autoretry_for=(mailing.NotTaken,), retry_backoff=10, retry_backoff_max=300, max_retries=5)
def send_notice(notice_id: int) -> None:
    """However often and on however many workers this runs, one mail: the claim is committed before it leaves."""
    notices = Notice.objects.waiting().select_related("enrollment__user", "enrollment__course", "act__by", "act__other__user")
    notice = notices.select_related("act__enrollment__user", "act__role__slot__meeting").filter(pk=notice_id).first()
    if notice is None or not (notice.enrollment.is_active and notice.enrollment.user.is_active):
        return
    mailing.hand_over_once(
        mail.compose(notice),
        what=f"Notice {notice.pk} about a place",
        claim=partial(actions.claim_notice, notice=notice),
        release=partial(actions.release_notice, notice=notice),
        confirm=partial(actions.confirm_notice, notice=notice),
    )


@shared_task
def send_waiting_notices() -> None:
    """Beat's: what could not be queued, or was lost with the broker. One try each; the next round is the retry."""
    for pk in Notice.objects.lost(timezone.now()).order_by("pk").values_list("pk", flat=True):
        send_notice.apply_async((pk,), retries=send_notice.max_retries)


@shared_task
def work_out_run(run_id: int) -> None:
    """However often this runs, the run has one answer."""
    from presentations.assigning import work  # the engine is loaded by the workers that need it

    work.work_out(run_id)
