"""Webhooks and their logs, as pages and API show them."""

from django.db.models import Count, Max, Q, QuerySet

from courses.models import Course
from feed.models import Delivery, DeliveryState, Webhook


def webhooks_of(course: Course) -> QuerySet[Webhook]:
    """With `waiting`, how many messages wait, and `last_delivered_at`."""
    return (
        Webhook.objects.filter(course=course)
        .annotate(
            waiting=Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING)),
            last_delivered_at=Max("deliveries__delivered_at"),
        )
        .order_by("pk")
    )


def deliveries_of(webhook: Webhook) -> QuerySet[Delivery]:
    """Newest first."""
    return Delivery.objects.filter(webhook=webhook).order_by("-number")
