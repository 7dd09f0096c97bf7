"""Webhooks over REST, with the rules of the pages; for instructors."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from feed.actions import webhooks as actions
from feed.addresses import LONGEST
from feed.models import Delivery, Event, Webhook
from feed.policies import require_webhooks
from feed.queries.webhooks import deliveries_of, webhooks_of


class GivenWebhookSerializer(serializers.Serializer):
    url = serializers.CharField(max_length=LONGEST)
    events = serializers.ListField(child=serializers.ChoiceField(choices=Event.choices), default=list(Event.values))


class ChangedWebhookSerializer(serializers.Serializer):
    url = serializers.CharField(max_length=LONGEST, required=False)
    events = serializers.ListField(child=serializers.ChoiceField(choices=Event.choices), required=False)
    is_active = serializers.BooleanField(required=False, help_text="false pauses it, true resumes it")


class WebhookSerializer(serializers.ModelSerializer):
    events = serializers.ListField(child=serializers.ChoiceField(choices=Event.choices))
    is_active = serializers.BooleanField()
    waiting = serializers.IntegerField(help_text="How many messages wait to be sent")
    last_delivered_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = Webhook
        fields = [
            "id", "url", "events", "is_active", "paused_at", "pause_reason", "failing_since", "waiting", "last_delivered_at",
            "created_at", "rotated_at",
        ]  # fmt: skip


class NewWebhookSerializer(WebhookSerializer):
    secret = serializers.CharField(help_text="What messages are signed with; shown this once")

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class DeliverySerializer(serializers.ModelSerializer):
    state = serializers.ChoiceField(choices=["waiting", "failed", "delivered"], source="shown_state")

    class Meta:
        model = Delivery
        fields = [
            "id", "event", "state", "attempts", "response_status", "duration_ms", "error", "created_at", "tried_at",
            "next_try_at", "delivered_at",
        ]  # fmt: skip


class WebhookViewSet(viewsets.GenericViewSet):
    scope_resource = "grades"
    serializer_class = WebhookSerializer
    queryset = Webhook.objects.none()
    filterset_fields: list[str] = []
    pagination_class = None

    def course(self):
        return require_webhooks(self.request.user, self.kwargs["course_slug"]).course

    def webhook(self) -> Webhook:
        return get_object_or_404(webhooks_of(self.course()).select_related("course"), pk=self.kwargs["webhook_id"])

    def checked(self, serializer) -> dict:
        given = serializer(data=self.request.data)
        given.is_valid(raise_exception=True)
        return given.validated_data

    def answer(self, webhook: Webhook, serializer=WebhookSerializer, status=200) -> Response:
        shown = webhooks_of(webhook.course).get(pk=webhook.pk)
        return Response(serializer(shown).data, status=status)

    @extend_schema(summary="The webhooks of the course (instructors)", responses=WebhookSerializer(many=True))
    def list(self, request, course_slug):
        return Response(WebhookSerializer(webhooks_of(self.course()), many=True).data)

    @extend_schema(summary="Add a webhook (instructors)", request=GivenWebhookSerializer, responses={201: NewWebhookSerializer})
    def create(self, request, course_slug):
        course, given = self.course(), self.checked(GivenWebhookSerializer)
        webhook = actions.add_webhook(course=course, url=given["url"], events=given["events"], by=request.user)
        return self.answer(webhook, NewWebhookSerializer, 201)

    @extend_schema(summary="One webhook (instructors)", responses=WebhookSerializer)
    def retrieve(self, request, course_slug, webhook_id):
        return self.answer(self.webhook())

    @extend_schema(
        summary="Change, pause or resume a webhook (instructors)", request=ChangedWebhookSerializer, responses=WebhookSerializer
    )
    def partial_update(self, request, course_slug, webhook_id):
        webhook, given = self.webhook(), self.checked(ChangedWebhookSerializer)
        if "url" in given or "events" in given:
            values = {"url": given.get("url", webhook.url), "events": given.get("events", webhook.events)}
            webhook = actions.change_webhook(webhook=webhook, **values)
        if "is_active" in given:
            act = actions.resume_webhook if given["is_active"] else actions.pause_webhook
            webhook = act(webhook=webhook)
        return self.answer(webhook)

    @extend_schema(summary="Delete a webhook with its log (instructors)", responses={204: None})
    def destroy(self, request, course_slug, webhook_id):
        actions.delete_webhook(webhook=self.webhook())
        return Response(status=204)

    @extend_schema(
        summary="Sign with a new secret, and for a day with the old one too (instructors)",
        request=None,
        responses=NewWebhookSerializer,
    )
    def rotate(self, request, course_slug, webhook_id):
        return self.answer(actions.rotate_secret(webhook=self.webhook()), NewWebhookSerializer)

    @extend_schema(summary="Send a test message (instructors)", request=None, responses={202: DeliverySerializer})
    def ping(self, request, course_slug, webhook_id):
        return Response(DeliverySerializer(actions.ping(webhook=self.webhook())).data, status=202)


class DeliveryViewSet(viewsets.GenericViewSet):
    scope_resource = "grades"
    serializer_class = DeliverySerializer
    queryset = Delivery.objects.none()
    filterset_fields: list[str] = []

    def webhook(self) -> Webhook:
        course = require_webhooks(self.request.user, self.kwargs["course_slug"]).course
        return get_object_or_404(Webhook.objects.filter(course=course), pk=self.kwargs["webhook_id"])

    @extend_schema(operation_id="courses_webhooks_deliveries_list", summary="What was sent and what came of it (instructors)")
    def list(self, request, course_slug, webhook_id):
        self.paginator.ordering = "-number"
        page = self.paginate_queryset(deliveries_of(self.webhook()))
        return self.get_paginated_response(DeliverySerializer(page, many=True).data)

    @extend_schema(
        summary="Send a message again, with the same id (instructors)", request=None, responses={202: DeliverySerializer}
    )
    def replay(self, request, course_slug, webhook_id, delivery_id):
        webhook = self.webhook()
        delivery = get_object_or_404(deliveries_of(webhook), pk=delivery_id)
        delivery.webhook = webhook
        return Response(DeliverySerializer(actions.replay(delivery=delivery)).data, status=202)
