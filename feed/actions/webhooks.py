"""What an instructor does with webhooks."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from core.locking import lock_row
from courses.models import Course
from feed import addresses, tasks
from feed.actions import outbox
from feed.actions.publish import publish_changes
from feed.models import Delivery, DeliveryState, Event, Webhook
from feed.models.webhook import new_salt

WEBHOOKS_A_COURSE = 10


@transaction.atomic
def add_webhook(*, course: Course, url: str, events: Iterable[str], by) -> Webhook:
    """A webhook that is told of what changes from now on; `webhook.secret` is to be shown once."""
    chosen = _check(url, events)
    Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    if Webhook.objects.filter(course=course).count() >= WEBHOOKS_A_COURSE:
        raise DomainError(f"A course has {WEBHOOKS_A_COURSE} webhooks at most; delete one first.", code="too_many")
    if Webhook.objects.filter(course=course, url=url).exists():
        raise DomainError("There is a webhook to this address already.", field="url", code="url_taken")
    publish_changes(course=course)  # or everybody's grade would be news to it
    return Webhook.objects.create(course=course, url=url, events=chosen, created_by=by)


@transaction.atomic
def change_webhook(*, webhook: Webhook, url: str, events: Iterable[str]) -> Webhook:
    chosen = _check(url, events)
    webhook = _lock(webhook)
    if Webhook.objects.filter(course=webhook.course_id, url=url).exclude(pk=webhook.pk).exists():
        raise DomainError("There is a webhook to this address already.", field="url", code="url_taken")
    webhook.url, webhook.events = url, chosen
    webhook.save(update_fields=["url", "events"])
    return webhook


@transaction.atomic
def pause_webhook(*, webhook: Webhook) -> Webhook:
    """Send nothing for now; what happens meanwhile waits. Pausing twice changes nothing."""
    webhook = _lock(webhook)
    if webhook.is_active:
        webhook.paused_at, webhook.pause_reason = timezone.now(), ""
        webhook.save(update_fields=["paused_at", "pause_reason"])
    return webhook


@transaction.atomic
def resume_webhook(*, webhook: Webhook) -> Webhook:
    """Send again, what waits first and at once."""
    webhook = _lock(webhook)
    if not webhook.is_active:
        webhook.paused_at, webhook.pause_reason, webhook.failing_since = None, "", None
        webhook.save(update_fields=["paused_at", "pause_reason", "failing_since"])
        _try_now(webhook)
    return webhook


@transaction.atomic
def rotate_secret(*, webhook: Webhook) -> Webhook:
    """Sign with a new secret; the one before signs as well for a day, so that a receiver can change over in peace."""
    webhook = _lock(webhook)
    webhook.old_salt, webhook.salt, webhook.rotated_at = webhook.salt, new_salt(), timezone.now()
    webhook.save(update_fields=["old_salt", "salt", "rotated_at"])
    return webhook


@transaction.atomic
def delete_webhook(*, webhook: Webhook) -> None:
    """With its log; what is being sent at this moment may still arrive."""
    _lock(webhook).delete()


@transaction.atomic
def ping(*, webhook: Webhook) -> Delivery:
    webhook = _lock(webhook)
    if not webhook.is_active:
        raise DomainError("This webhook is paused; resume it first.", code="paused")
    soon = timezone.now() - timedelta(seconds=settings.FEED_INTERVAL)
    if webhook.deliveries.filter(event="ping", state=DeliveryState.WAITING, created_at__gt=soon).exists():
        raise DomainError("A test message is waiting already.", code="ping_waits")
    return outbox.write_ping(webhook=webhook)


@transaction.atomic
def replay(*, delivery: Delivery) -> Delivery:
    """Send it again, with the same id and body; one that waits anyway is tried at once."""
    webhook = _lock(delivery.webhook)
    if not webhook.is_active:
        raise DomainError("This webhook is paused; resume it, and what waits is sent.", code="paused")
    delivery = lock_row(Delivery.objects.select_for_update(no_key=True), delivery.pk)
    delivery.state, delivery.next_try_at = DeliveryState.WAITING, timezone.now()
    delivery.save(update_fields=["state", "next_try_at"])
    _try_now(webhook)
    return delivery


def _try_now(webhook: Webhook) -> None:
    webhook.deliveries.filter(state=DeliveryState.WAITING).update(next_try_at=timezone.now())
    transaction.on_commit(lambda: tasks.start_sending(webhook.pk))


def _lock(webhook: Webhook) -> Webhook:
    rows = Webhook.objects.select_for_update(no_key=True, of=("self",)).select_related("course")
    return lock_row(rows, webhook.pk)


def _check(url: str, events: Iterable[str]) -> list[str]:
    if problem := addresses.problem_of(url, may_be_inside=settings.WEBHOOKS_INSIDE):
        raise DomainError(problem, field="url", code="bad_url")
    chosen = [event.value for event in Event if event.value in set(events)]
    if not chosen:
        raise DomainError("Choose at least one event.", field="events", code="no_events")
    return chosen
