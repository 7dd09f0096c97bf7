"""Mail about comments: to whoever is mentioned or follows, once each, if they may read it."""

from functools import partial

from celery import shared_task
from django.utils import timezone

from core import mailing
from courses.models import Enrollment
from discussion import actions, mail
from discussion.models import Notice, Thread
from discussion.policies import DISCUSSION_RULES


@shared_task
def notify(comment_id: int) -> None:
    """A task for each mail, so that one bad address holds up no other."""
    for pk in Notice.objects.waiting().filter(comment=comment_id).order_by("pk").values_list("pk", flat=True):
        send_notice.delay(pk)


@shared_task(autoretry_for=(mailing.NotTaken,), retry_backoff=10, retry_backoff_max=300, max_retries=5)
def send_notice(notice_id: int) -> None:
    """However often and on however many workers this runs, one mail: the claim is committed before it leaves.

    Whether the person may read the comment is asked now. What they may not read they are never told of.
    """
    notice = Notice.objects.waiting().select_related("comment__thread__paper").filter(pk=notice_id).first()
    if notice is None:
        return
    reader = Enrollment.objects.select_related("user", *DISCUSSION_RULES).get(pk=notice.enrollment_id)
    if not _may_be_told(notice, reader):
        actions.skip_notice(notice=notice)
        return
    mailing.hand_over_once(
        mail.compose(notice, reader),
        what=f"Notice {notice.pk} about a comment",
        claim=partial(actions.claim_notice, notice=notice),
        release=partial(actions.release_notice, notice=notice),
        confirm=partial(actions.confirm_notice, notice=notice),
    )


def _may_be_told(notice: Notice, reader: Enrollment) -> bool:
    if notice.comment.withdrawn_at or not reader.user.is_active:
        return False
    return Thread.objects.visible_to(reader).filter(pk=notice.comment.thread_id).exists()


@shared_task
def send_waiting_notices() -> None:
    """Beat's: what could not be queued, or was lost with the broker. One try each; the next round is the retry."""
    for pk in Notice.objects.lost(timezone.now()).order_by("pk").values_list("pk", flat=True):
        send_notice.apply_async((pk,), retries=send_notice.max_retries)
