"""Webhooks, and the outbox of what they are to deliver."""

import base64
import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from courses.models import Course

OLD_SECRET_HOLDS = timedelta(hours=24)  # after a rotation, both secrets sign for so long


def new_salt() -> str:
    return secrets.token_urlsafe(24)


class Event(models.TextChoices):
    GRADE_RELEASED = "grade.released", "Grade released: students now see a component"
    GRADE_CHANGED = "grade.changed", "Grade changed, withdrawn or cleared"
    POLICY_CHANGED = "policy.changed", "Another version of the policy is in force"


PING = "ping"  # sent on request only, to every webhook


class Webhook(models.Model):
    """An address that is told of changes. What it signs with is derived from `salt`, so that the database holds no secret."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="webhooks")
    url = models.URLField(max_length=500)
    events = models.JSONField(default=list)
    salt = models.CharField(max_length=40, default=new_salt)
    old_salt = models.CharField(max_length=40, blank=True)
    rotated_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=300, blank=True)  # blank: somebody paused it
    failing_since = models.DateTimeField(null=True, blank=True)
    # While a worker sends: until when, and which one. A lease, so that a worker that dies blocks it for a minute only.
    busy_until = models.DateTimeField(null=True, blank=True)
    claim = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.url

    @property
    def is_active(self) -> bool:
        return self.paused_at is None

    @property
    def state(self) -> str:
        return "paused" if self.paused_at else "failing" if self.failing_since else "active"

    @property
    def secret(self) -> str:
        return _secret(self.salt)

    def secrets_at(self, now: datetime) -> list[str]:
        """What a delivery is signed with: the secret, and for a day after a rotation the one before."""
        both = self.old_salt and self.rotated_at and now < self.rotated_at + OLD_SECRET_HOLDS
        return [_secret(self.salt), *([_secret(self.old_salt)] if both else [])]


def _secret(salt: str) -> str:
    key = salted_hmac("feed.webhook", salt, algorithm="sha256").digest()
    return "whsec_" + base64.b64encode(key).decode()


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"


class Delivery(models.Model):
    """One message to one webhook, written with the entries that it tells of; its id and body never change.

    The other columns are about the last attempt.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    number = models.PositiveBigIntegerField()  # the order in which this webhook's messages are sent
    event = models.CharField(max_length=20)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True, blank=True)
    response_status = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "number"], name="delivery_number_is_unique_for_webhook"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_is_known"),
        ]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="deliveries_that_wait")]

    def __str__(self):
        return f"{self.event} {self.pk}"

    @property
    def shown_state(self) -> str:
        """In one word for people: a message that waits after an attempt has failed so far."""
        return "failed" if self.state == DeliveryState.WAITING and self.attempts else self.state
