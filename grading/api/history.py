"""The history of a course's grades, for instructors."""

from urllib.parse import urlencode

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api import page_size_of
from courses.policies import require_instructor
from grading.dated_forms import HistoryForm
from grading.queries.history import KINDS, WHOLE, history_of
from grading.queries.history_events import Event, events_at


class LevelChangeSerializer(serializers.Serializer):
    part = serializers.CharField(help_text="A part of the rubric")
    before = serializers.CharField(allow_blank=True, help_text="Its level and points, such as “partly (1)”; blank for none")
    after = serializers.CharField(allow_blank=True)


class EventSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=list(KINDS.items()))
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True, help_text="A name")
    what = serializers.CharField(help_text="The work, component or policy")
    whose = serializers.CharField(allow_blank=True, help_text="A student's or a team's name; blank for the whole course")
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    why = serializers.CharField(allow_blank=True)
    comment_before = serializers.CharField(allow_blank=True, help_text="Of a mark whose comment it changes, or of a note")
    comment_after = serializers.CharField(allow_blank=True)
    policy_version = serializers.IntegerField(allow_null=True, help_text="The number of the version that came into force")
    levels = LevelChangeSerializer(many=True, help_text="The parts of the rubric whose level the event changes")
    regrade = serializers.CharField(allow_blank=True, help_text="The handle of the regrade request whose decision this is")


class HistorySerializer(serializers.Serializer):
    next = serializers.URLField(allow_null=True, help_text="The next page; follow it as it is")
    results = EventSerializer(many=True)


@extend_schema(
    summary="What happened to the grades, latest first (instructors)",
    parameters=[
        OpenApiParameter("student", str, description="Of whose name or email this is a part"),
        OpenApiParameter("who", str, description="Part of the name or email of who did it"),
        OpenApiParameter("kind", str, enum=list(KINDS)),
        OpenApiParameter("component", str, description=f"A key of any version of the policy, or {WHOLE} for the whole grade"),
        OpenApiParameter("since", str, description="A date or moment, in the course's time zone unless it names one"),
        OpenApiParameter("until", str, description="Likewise; a date is the end of that day"),
        OpenApiParameter("after", int, description="How many to pass over; follow `next` instead of counting"),
        OpenApiParameter("page_size", int, description="Rows to a page; 100 when left out, 2,000 at most"),
    ],
    responses=HistorySerializer,
)
@api_view(["GET"])
def grade_history(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    asked = request.query_params
    form = HistoryForm(asked, course=enrollment.course)
    if not form.is_valid():
        raise ValidationError(form.errors)
    size, after = page_size_of(asked), _after(asked.get("after", "0"))
    places = list(history_of(enrollment.course, form.asked())[after : after + size + 1])
    query = {name: asked[name] for name in (*form.fields, "page_size") if name in asked} | {"after": after + size}
    address = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
    results = [_shown(event) for event in events_at(enrollment.course, places[:size])]
    return Response({"next": address if len(places) > size else None, "results": results})


grade_history.cls.scope_resource = "grades"
grade_history.cls.pulls_grades = False  # reasons are for people


def _after(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise ValidationError({"after": [f"Found {text!r}; expected a whole number."]})
    return int(text)


SHOWN = (
    "kind", "at", "what", "whose", "before", "after", "why", "comment_before", "comment_after", "regrade", "policy_version",
)  # fmt: skip


def _shown(event: Event) -> dict:
    by = event.by.name if event.by else None
    levels = [change._asdict() for change in event.levels]
    return {name: getattr(event, name) for name in SHOWN} | {"by": by, "levels": levels}
