"""Excuses of one student: read with their history, given, taken back."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from core.api import ReasonSerializer, reason_of
from courses.policies import require_instructor
from grading import actions
from grading.actions.excuses import MAX_REASON
from grading.models import Excuse, ExcusedSource
from grading.policies import find_student
from grading.queries.excuses import excuses_of


class ExcuseSerializer(serializers.ModelSerializer):
    made_by = serializers.CharField(source="made_by.name")
    revoked_by = serializers.CharField(source="revoked_by.name", default=None, allow_null=True)

    class Meta:
        model = Excuse
        fields = ["id", "source", "item", "reason", "made_by", "made_at", "revoked_by", "revoked_at", "revoke_reason"]


class GivenExcuseSerializer(serializers.Serializer):
    source = serializers.ChoiceField(choices=ExcusedSource.choices)
    item = serializers.CharField(max_length=100, help_text="The item's `key` in the student's grade, such as meeting-12")
    reason = serializers.CharField(max_length=MAX_REASON, help_text="The student reads it")


class MissingExcusedSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=MAX_REASON, help_text="The student reads it")


@extend_schema(
    methods=["GET"],
    summary="Excuses of a student, with those taken back (instructors)",
    operation_id="courses_excuses_list",
    responses=ExcuseSerializer(many=True),
    request=None,
)
@extend_schema(
    methods=["POST"],
    summary="Excuse one piece of a student's work (instructors)",
    request=GivenExcuseSerializer,
    responses={201: ExcuseSerializer, 409: OpenApiResponse(description="No such work, or another excuse stands")},
)
@api_view(["GET", "POST"])
def excuse_list(request, course_slug, student_id):
    student = find_student(require_instructor(request.user, course_slug), student_id)
    if request.method == "GET":
        return Response(ExcuseSerializer(excuses_of(student), many=True).data)
    given = GivenExcuseSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    made = actions.excuse(student=student, **given.validated_data, by=request.user)
    return Response(ExcuseSerializer(made).data, status=201)


@extend_schema(
    summary="Excuse everything of a student's work that is missing by now (instructors)",
    operation_id="courses_excuses_missing",
    request=MissingExcusedSerializer,
    responses={200: ExcuseSerializer(many=True), 201: ExcuseSerializer(many=True)},
)
@api_view(["POST"])
def excuse_missing(request, course_slug, student_id):
    student = find_student(require_instructor(request.user, course_slug), student_id)
    given = MissingExcusedSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    made = actions.excuse_missing(student=student, **given.validated_data, by=request.user)
    return Response(ExcuseSerializer(made, many=True).data, status=201 if made else 200)


@extend_schema(
    summary="Take an excuse back, so that the work counts again (instructors)",
    request=ReasonSerializer,
    responses=ExcuseSerializer,
)
@api_view(["POST"])
def excuse_revoke(request, course_slug, student_id, pk):
    student = find_student(require_instructor(request.user, course_slug), student_id)
    excuse = get_object_or_404(Excuse, enrollment=student, pk=pk)
    revoked = actions.revoke_excuse(excuse=excuse, by=request.user, reason=reason_of(request))
    return Response(ExcuseSerializer(revoked).data)


excuse_list.cls.scope_resource = "grades"
excuse_missing.cls.scope_resource = "grades"
excuse_revoke.cls.scope_resource = "grades"
excuse_list.cls.pulls_grades = excuse_missing.cls.pulls_grades = excuse_revoke.cls.pulls_grades = (
    False  # reasons are for people
)
