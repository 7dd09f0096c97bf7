"""Releases at a moment to come, for instructors."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from core.api import ReasonSerializer, reason_of
from courses.models import Course, Enrollment
from courses.policies import require_instructor
from grading import actions
from grading.models import ScheduledRelease
from grading.models.scheduled_release import ReleaseState
from grading.moments import read_moment


class ScheduledReleaseSerializer(serializers.ModelSerializer):
    component = serializers.CharField(help_text="A component's key; blank where the marks of one student are released")
    student = serializers.IntegerField(source="student_id", allow_null=True, help_text="Of the enrollment")
    state = serializers.ChoiceField(choices=[state.value for state in ReleaseState])
    ordered_by = serializers.CharField(source="ordered_by.name")
    cancelled_by = serializers.CharField(source="cancelled_by.name", default=None, allow_null=True)

    class Meta:
        model = ScheduledRelease
        fields = [
            "id", "component", "student", "due_at", "reason", "state", "ordered_by", "ordered_at", "done_at", "marks",
            "cancelled_at", "cancelled_by", "cancel_reason",
        ]  # fmt: skip


class ScheduleSerializer(ReasonSerializer):
    component = serializers.CharField(default="", allow_blank=True, max_length=60, help_text="A component or a group")
    student = serializers.IntegerField(default=None, allow_null=True, help_text="Or one student: the id of the enrollment")
    due_at = serializers.CharField(
        max_length=40,
        help_text="2021-10-20T17:00, in the course's time zone unless it names one; a date is the end of that day",
    )

    def validate(self, asked):
        if bool(asked["component"]) == (asked["student"] is not None):
            raise serializers.ValidationError({"component": ["Name a component or a student, one of them."]})
        return asked


@extend_schema(
    methods=["GET"], summary="Releases at a date, by date (instructors)", responses=ScheduledReleaseSerializer(many=True)
)
@extend_schema(
    methods=["POST"],
    summary="Release marks at a date (instructors)",
    request=ScheduleSerializer,
    responses={201: ScheduledReleaseSerializer, 409: OpenApiResponse(description="Passed, nothing to release, or one waits")},
)
@api_view(["GET", "POST"])
def release_list(request, course_slug):
    course = require_instructor(request.user, course_slug).course
    if request.method == "GET":
        releases = ScheduledRelease.objects.filter(course=course).for_display()
        return Response(ScheduledReleaseSerializer(releases, many=True).data)
    asked = ScheduleSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    asked = asked.validated_data
    release = actions.schedule_release(
        course=course,
        component_key=asked["component"],
        student=_student(course, asked["student"]),
        due_at=_due_at(course, asked["due_at"]),
        by=request.user,
        reason=asked["reason"],
    )
    return Response(ScheduledReleaseSerializer(release).data, status=201)


def _student(course: Course, pk: int | None) -> Enrollment | None:
    if pk is None:
        return None
    student = Enrollment.objects.graded().filter(course=course, pk=pk).first()
    if student is None:
        raise ValidationError({"student": ["No such student in this course."]})
    return student


def _due_at(course: Course, text: str):
    try:
        return read_moment(course, text)
    except ValueError as error:
        raise ValidationError({"due_at": [str(error)]}) from None


@extend_schema(
    summary="Cancel a release at a date (instructors)",
    request=ReasonSerializer,
    responses={200: ScheduledReleaseSerializer, 409: OpenApiResponse(description="It is done")},
)
@api_view(["POST"])
def release_cancel(request, course_slug, pk):
    course = require_instructor(request.user, course_slug).course
    release = get_object_or_404(ScheduledRelease, course=course, pk=pk)
    cancelled = actions.cancel_release(release=release, by=request.user, reason=reason_of(request))
    return Response(ScheduledReleaseSerializer(cancelled).data)


release_list.cls.scope_resource = release_cancel.cls.scope_resource = "grades"
release_list.cls.pulls_grades = release_cancel.cls.pulls_grades = False
