from celery import shared_task
from django.utils import timezone

from machines import actions


@shared_task
def prune() -> None:
    """Beat's nightly tick; a second run finds nothing left to do."""
    actions.prune(now=timezone.now())
