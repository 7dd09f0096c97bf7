"""What a worker writes down while it sends: who sends, and what came of it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from feed import tasks
from feed.models import Delivery, DeliveryState, Webhook
from feed.sending import Outcome

LEASE = timedelta(minutes=2)  # longer than any attempt; a worker that dies holds a webhook up for this long
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=30), timedelta(hours=1)
GIVES_UP_AFTER = timedelta(hours=24)
GONE = 410  # the receiver's word that it wants no more


@dataclass(frozen=True, slots=True)
class Claimed:
    webhook: Webhook
    delivery: Delivery
    claim: str


@transaction.atomic
def claim_next(*, webhook_id: int) -> Claimed | None:
    """The oldest message that waits, if it is due and nobody else is sending for this webhook.

    A later message never overtakes one that waits for another try.
    """
    rows = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook_id, paused_at=None)
    webhook, now = rows.first(), timezone.now()
    if webhook is None or (webhook.busy_until and webhook.busy_until > now):
        return None
    delivery = webhook.deliveries.filter(state=DeliveryState.WAITING).order_by("number").first()
    if delivery is None or delivery.next_try_at > now:
        return None
    webhook.busy_until, webhook.claim = now + LEASE, secrets.token_hex(16)
    webhook.save(update_fields=["busy_until", "claim"])
    return Claimed(webhook, delivery, webhook.claim)


@transaction.atomic
def note_outcome(*, claimed: Claimed, outcome: Outcome) -> bool:
    """Write down what came of it and let go of the webhook; whether to go on with the next message.

    A worker whose lease had run out changes nothing: another has sent the message again meanwhile.
    """
    rows = Webhook.objects.select_for_update(no_key=True)
    webhook, now = rows.filter(pk=claimed.webhook.pk, claim=claimed.claim).first(), timezone.now()
    if webhook is None:
        return False
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=claimed.delivery.pk)
    _write(delivery, outcome, now)
    webhook.busy_until, webhook.claim = None, ""
    webhook.failing_since = None if outcome.is_taken else webhook.failing_since or now
    if not outcome.is_taken and webhook.is_active:
        _pause_if_hopeless(webhook, outcome, now)
    webhook.save(update_fields=["busy_until", "claim", "failing_since", "paused_at", "pause_reason"])
    return outcome.is_taken


def _write(delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    delivery.attempts += 1
    delivery.tried_at, delivery.response_status = now, outcome.status
    delivery.duration_ms, delivery.error = outcome.duration_ms, outcome.error
    if outcome.is_taken:
        delivery.state, delivery.delivered_at = DeliveryState.DELIVERED, now
    else:
        delivery.next_try_at = now + min(FIRST_RETRY * 2 ** min(delivery.attempts - 1, 20), LONGEST_RETRY)
    delivery.save()


def _pause_if_hopeless(webhook: Webhook, outcome: Outcome, now: datetime) -> None:
    if outcome.status == GONE:
        reason = "The receiver answered 410 Gone: it wants no more messages."
    elif now - webhook.failing_since >= GIVES_UP_AFTER:
        reason = f"Nothing was taken for {GIVES_UP_AFTER // timedelta(hours=1)} hours. The last time: {outcome.error}"
    else:
        return
    webhook.paused_at, webhook.pause_reason = now, reason[:300]
    transaction.on_commit(partial(tasks.start_telling, webhook.pk))
