"""REST endpoints under /api/v1/courses/{slug}/: the caller's deadlines, and the course's reminders."""

from django.conf import settings
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, viewsets
from rest_framework.response import Response

from courses.deadlines import State
from courses.policies import require_instructor, require_member
from planner import feed, queries
from planner.models import Reminder, ReminderState


class DeadlineSerializer(serializers.Serializer):
    kind = serializers.CharField(help_text="review, participation or milestone")
    key = serializers.CharField(help_text="Names the work within its kind, for good")
    title = serializers.CharField()
    due_at = serializers.DateTimeField()
    opens_at = serializers.DateTimeField(allow_null=True, help_text="From when it can be handed in; null: from the start")
    closes_at = serializers.DateTimeField(help_text="The end of the grace")
    state = serializers.ChoiceField(choices=[state.value for state in State])
    is_required = serializers.BooleanField()
    is_owed = serializers.BooleanField(help_text="Required and not settled yet")
    words = serializers.IntegerField(allow_null=True)
    url = serializers.SerializerMethodField()

    def get_url(self, deadline) -> str:
        return self.context["request"].build_absolute_uri(deadline.url)


class ReminderSerializer(serializers.ModelSerializer):
    enrollment = serializers.IntegerField(source="enrollment_id")
    name = serializers.CharField(source="enrollment.user.name")
    email = serializers.EmailField(source="enrollment.user.email")
    state = serializers.ChoiceField(choices=[state.value for state in ReminderState])

    class Meta:
        model = Reminder
        fields = [
            "id", "enrollment", "name", "email", "kind", "key", "title", "due_at", "hours_before", "state",
            "planned_at", "claimed_at", "sent_at", "skipped_at", "skip_reason", "error",
        ]  # fmt: skip
        read_only_fields = fields


class ComingReminderSerializer(serializers.Serializer):
    sends_at = serializers.DateTimeField()
    hours_before = serializers.IntegerField()
    kind = serializers.CharField()
    key = serializers.CharField()
    title = serializers.CharField()
    due_at = serializers.DateTimeField()
    students = serializers.IntegerField(help_text="How many owe the work at this moment")


class DeadlineViewSet(viewsets.ViewSet):
    """What the caller owes and has done, by deadline; empty for roles that owe nothing."""

    scope_resource = "course"

    @extend_schema(responses=DeadlineSerializer(many=True))
    def list(self, request, course_slug):
        enrollment = require_member(request.user, course_slug, "course__presentation_rules")
        deadlines = queries.to_do(enrollment)
        return Response(DeadlineSerializer(deadlines, many=True, context={"request": request}).data)


class CalendarSerializer(serializers.Serializer):
    url = serializers.URLField(help_text="For a calendar program; whoever knows it sees the caller's dates")


class CalendarViewSet(viewsets.ViewSet):
    """Where the caller's calendar program fetches their dates."""

    scope_resource = "course"

    @extend_schema(operation_id="calendar_retrieve", responses=CalendarSerializer)
    def retrieve(self, request, course_slug):
        enrollment = require_member(request.user, course_slug)
        return Response({"url": f"{settings.SITE_URL}{feed.address_of(enrollment)}"})

    @extend_schema(operation_id="calendar_renew", request=None, responses=CalendarSerializer)
    def renew(self, request, course_slug):
        """A new address; the old one is void."""
        feed.renew(enrollment=require_member(request.user, course_slug))
        return self.retrieve(request, course_slug)


class ReminderViewSet(viewsets.GenericViewSet):
    """Reminders that were written down for the course's students; for its instructors."""

    scope_resource = "course"
    queryset = Reminder.objects.none()
    serializer_class = ReminderSerializer

    def get_queryset(self):
        enrollment = require_instructor(self.request.user, self.kwargs["course_slug"])
        reminders = Reminder.objects.for_course(enrollment.course).for_display()
        state = self.request.query_params.get("state")
        if state is None:
            return reminders
        if state not in list(ReminderState):
            raise exceptions.ValidationError({"state": [f"Expected one of {', '.join(ReminderState)}; found {state}."]})
        return reminders.in_state(state, timezone.now())

    @extend_schema(parameters=[OpenApiParameter("state", enum=[state.value for state in ReminderState])])
    def list(self, request, course_slug):
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(responses=ComingReminderSerializer(many=True), parameters=[], filters=False)
    def coming(self, request, course_slug):
        """What will be sent in the next seven days if nobody hands anything in before."""
        enrollment = require_instructor(request.user, course_slug)
        coming = queries.coming_reminders(enrollment.course, timezone.now())
        return Response(ComingReminderSerializer(coming, many=True).data)


urlpatterns = [
    path(
        "courses/<slug:course_slug>/calendar/",
        CalendarViewSet.as_view({"get": "retrieve", "post": "renew"}),
        name="calendar",
    ),
    path("courses/<slug:course_slug>/deadlines/", DeadlineViewSet.as_view({"get": "list"}), name="deadline_list"),
    path("courses/<slug:course_slug>/reminders/", ReminderViewSet.as_view({"get": "list"}), name="reminder_list"),
    path(
        "courses/<slug:course_slug>/reminders/coming/",
        ReminderViewSet.as_view({"get": "coming"}, pagination_class=None),
        name="reminder_coming",
    ),
]
