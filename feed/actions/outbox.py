"""The outbox: messages to webhooks, written in the transaction that publishes what they tell of."""

import uuid
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from feed import tasks
from feed.changes import is_same_but_for_release, newly_released, withdrawn
from feed.models import Delivery, Entry, Event, Stream, Webhook
from feed.models.webhook import PING
from feed.queries.reading import Cursor

STUDENTS_A_MESSAGE = 100


def write_deliveries(*, stream: Stream, entries: list[Entry], before: dict[int, Entry]) -> None:
    """For every webhook of the course, paused ones too, what it asked to be told of these entries.

    `before` has the entry that each student had until now. The stream is locked by whoever publishes.
    """
    webhooks = Webhook.objects.select_for_update(no_key=True).filter(course=stream.course_id).order_by("pk")
    messages = None
    for webhook in webhooks:
        if messages is None:
            messages = list(_messages(stream, entries, before))
        wanted = [message for message in messages if message["event"] in webhook.events]
        if wanted:
            queue(webhook=webhook, messages=wanted)


def write_ping(*, webhook: Webhook) -> Delivery:
    """A message that tells nothing but that messages arrive. The webhook's row is locked by the caller."""
    return queue(webhook=webhook, messages=[{"event": PING, "course": webhook.course.slug}])[0]


def queue(*, webhook: Webhook, messages: Iterable[dict]) -> list[Delivery]:
    last = webhook.deliveries.order_by("-number").values_list("number", flat=True).first() or 0
    deliveries = [_delivery(webhook, last + place, message) for place, message in enumerate(messages, start=1)]
    Delivery.objects.bulk_create(deliveries)
    if webhook.is_active:
        transaction.on_commit(partial(tasks.start_sending, webhook.pk))
    return deliveries


def _delivery(webhook: Webhook, number: int, message: dict) -> Delivery:
    key, now = uuid.uuid4(), timezone.now()
    body = orjson.dumps({"id": str(key), "created_at": now, **message}).decode()
    return Delivery(id=key, webhook=webhook, number=number, event=message["event"], body=body, created_at=now, next_try_at=now)


def _messages(stream: Stream, entries: list[Entry], before: dict[int, Entry]) -> Iterator[dict[str, Any]]:
    last = entries[-1]
    head = {
        "course": stream.course.slug,
        "policy_version": max(entry.policy_version for entry in entries),
        "cursor": Cursor(last, last).text(stream),
    }
    if any(entry.enrollment_id in before and _policy_differs(before[entry.enrollment_id], entry) for entry in entries):
        yield {"event": Event.POLICY_CHANGED.value, **head}
    for event, is_told in ((Event.GRADE_RELEASED, _is_released), (Event.GRADE_CHANGED, _is_changed)):
        told = [entry for entry in entries if is_told(before.get(entry.enrollment_id), entry)]
        for start in range(0, len(told), STUDENTS_A_MESSAGE):
            chunk = told[start : start + STUDENTS_A_MESSAGE]
            yield {"event": event.value, **head, "changes": [_row(before.get(entry.enrollment_id), entry) for entry in chunk]}


def _policy_differs(old: Entry, entry: Entry) -> bool:
    return not entry.is_gone and old.policy_version != entry.policy_version


def _is_released(old: Entry | None, entry: Entry) -> bool:
    return bool(_new_keys(old, entry))


def _is_changed(old: Entry | None, entry: Entry) -> bool:
    """Anything but a mere release or a mere change of policy; hiding counts as a change."""
    if old is None or not is_same_but_for_release(old.grade, entry.grade) or withdrawn([old.grade], entry.grade):
        return True
    return not _is_released(old, entry) and not _policy_differs(old, entry)


def _new_keys(old: Entry | None, entry: Entry) -> list[str]:
    """Of a student who is new to the feed, nothing is released by being met first."""
    return newly_released(old.grade, entry.grade) if old else []


def _row(old: Entry | None, entry: Entry) -> dict[str, Any]:
    gone = withdrawn([old.grade], entry.grade) if old else []
    return {
        "student": {"id": entry.enrollment_id},
        "change": "gone" if entry.is_gone else "set",
        "released": _new_keys(old, entry),
        "withdrawn": [{"component": each.component, "how": each.how} for each in gone],
        "policy_version": entry.policy_version,
        "grade": entry.grade,
    }
