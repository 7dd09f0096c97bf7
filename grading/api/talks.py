"""The release of one talk: the marks of its presenters, and what the audience says."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from core.api import ReasonSerializer, reason_of
from courses.policies import require_instructor
from grading import actions
from presentations.models import Slot


class TalkReleasedSerializer(serializers.Serializer):
    slot = serializers.CharField()
    marks = serializers.IntegerField(help_text="How many marks changed for students")


@extend_schema(
    summary="Let a talk's presenters see their marks as they stand, and the feedback once no more comes in (instructors)",
    request=ReasonSerializer,
    responses={200: TalkReleasedSerializer},
)
@api_view(["POST"])
def talk_release(request, course_slug, slot_key):
    return _act(request, course_slug, slot_key, actions.release_talk)


@extend_schema(
    summary="Take a talk's marks and feedback back from its presenters' view (instructors)",
    request=ReasonSerializer,
    responses={200: TalkReleasedSerializer},
)
@api_view(["POST"])
def talk_hide(request, course_slug, slot_key):
    return _act(request, course_slug, slot_key, actions.hide_talk)


talk_release.cls.scope_resource = "grades"
talk_hide.cls.scope_resource = "grades"


def _act(request, course_slug: str, slot_key: str, action) -> Response:
    by = require_instructor(request.user, course_slug)
    slot = get_object_or_404(Slot, course=by.course, key=slot_key)
    return Response({"slot": slot.key, "marks": action(slot=slot, by=by, reason=reason_of(request))})
