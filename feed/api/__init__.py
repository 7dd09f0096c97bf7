"""REST endpoints under /api/v1/courses/{slug}/: the change feed, and the webhooks."""

from django.urls import path

from feed.api import changes
from feed.api.webhooks import DeliveryViewSet, WebhookViewSet

COURSE = "courses/<slug:course_slug>/"
ONE = f"{COURSE}webhooks/<int:webhook_id>/"
LIST = WebhookViewSet.as_view({"get": "list", "post": "create"})
DETAIL = WebhookViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"})
urlpatterns = [
    path(f"{COURSE}grades/changes/", changes.grade_changes, name="grade_changes"),
    path(f"{COURSE}webhooks/", LIST, name="webhook_list"),
    path(ONE, DETAIL, name="webhook_detail"),
    path(f"{ONE}rotate/", WebhookViewSet.as_view({"post": "rotate"}), name="webhook_rotate"),
    path(f"{ONE}ping/", WebhookViewSet.as_view({"post": "ping"}), name="webhook_ping"),
    path(f"{ONE}deliveries/", DeliveryViewSet.as_view({"get": "list"}), name="delivery_list"),
    path(f"{ONE}deliveries/<uuid:delivery_id>/replay/", DeliveryViewSet.as_view({"post": "replay"}), name="delivery_replay"),
]
