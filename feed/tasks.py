"""The tick that publishes for webhooks, the sender, and the mail about a webhook that was paused."""

import logging

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from core import mailing
from courses.models import Course, Enrollment
from feed import sending
from feed.models import DeliveryState, Webhook

logger = logging.getLogger(__name__)


@shared_task
def publish_to_webhooks() -> None:
    """Beat's tick. A task for each course, so that one course's fault holds up no other; then what is due for another try."""
    for course_id in Webhook.objects.order_by("course").values_list("course", flat=True).distinct():
        publish_course.delay(course_id)
    now = timezone.now()
    due = Webhook.objects.filter(
        Q(busy_until=None) | Q(busy_until__lte=now),
        paused_at=None,
        deliveries__state=DeliveryState.WAITING,
        deliveries__next_try_at__lte=now,
    )
    for webhook_id in due.order_by("pk").values_list("pk", flat=True).distinct():
        send_waiting.delay(webhook_id)


@shared_task(expires=60)
def publish_course(course_id: int) -> None:
    from feed.actions.publish import publish_changes  # which queues the tasks below

    if course := Course.objects.filter(pk=course_id).first():
        publish_changes(course=course)


def start_sending(webhook_id: int) -> None:
    """Queue the sender; where the broker is away, the next tick finds what waits in the database."""
    _queue(send_waiting, webhook_id)


def start_telling(webhook_id: int) -> None:
    _queue(tell_of_pause, webhook_id)


def _queue(task, webhook_id: int) -> None:
    try:
        task.delay(webhook_id)
    except task.OperationalError as error:
        logger.warning("%s of webhook %s could not be queued: %s", task.name, webhook_id, error)


@shared_task
def send_waiting(webhook_id: int) -> None:
    """Send what waits, in order, until something fails or nothing is left. Of many workers one sends, the others leave.

    A worker that dies after the receiver took a message sends it again: at least once, with the same id.
    """
    from feed.actions.sending import claim_next, note_outcome

    while claimed := claim_next(webhook_id=webhook_id):
        body, now = claimed.delivery.body.encode(), timezone.now()
        headers = {
            "CoursePortal-Delivery": str(claimed.delivery.pk),
            "CoursePortal-Event": claimed.delivery.event,
            "CoursePortal-Signature": sending.signature(body, claimed.webhook.secrets_at(now), now),
        }
        if not note_outcome(claimed=claimed, outcome=sending.post(claimed.webhook.url, body, headers)):
            return


@shared_task(autoretry_for=(mailing.NotTaken,), retry_backoff=10, retry_backoff_max=300, max_retries=5)
def tell_of_pause(webhook_id: int) -> None:
    """Mail the course's instructors; one that was resumed meanwhile is no news."""
    webhook = Webhook.objects.select_related("course").filter(pk=webhook_id).exclude(paused_at=None).first()
    if webhook is None:
        return
    instructors = Enrollment.objects.active().instructors().filter(course=webhook.course_id).order_by("pk")
    link = settings.SITE_URL + reverse("feed:webhook_detail", args=[webhook.course.slug, webhook.pk])
    body = render_to_string("feed/email/paused.txt", {"webhook": webhook, "course": webhook.course, "link": link})
    subject = " ".join(f"A webhook of {webhook.course.code} was paused".split())
    message = EmailMessage(
        subject, body, to=list(instructors.values_list("user__email", flat=True)), headers={"Auto-Submitted": "auto-generated"}
    )
    if message.to:
        mailing.hand_over(message)
