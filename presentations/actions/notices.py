"""Mails about places: claimed before they leave, so that each leaves once."""

from django.utils import timezone

from presentations.models import Notice


def claim_notice(*, notice: Notice) -> bool:
    """Whether the caller, and nobody else, may hand over the mail."""
    return bool(Notice.objects.waiting().filter(pk=notice.pk).update(claimed_at=timezone.now()))


def release_notice(*, notice: Notice) -> None:
    """The mail has certainly not left: it may be tried again."""
    Notice.objects.filter(pk=notice.pk, sent_at=None).update(claimed_at=None)


def confirm_notice(*, notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now())
