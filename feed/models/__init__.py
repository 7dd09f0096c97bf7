"""What was published to whom: streams of entries, and the webhooks with their deliveries."""

from feed.models.stream import Entry, Stream
from feed.models.webhook import Delivery, DeliveryState, Event, Webhook

__all__ = ["Delivery", "DeliveryState", "Entry", "Event", "Stream", "Webhook"]
