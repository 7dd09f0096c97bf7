"""Grades as they stood at a moment, for instructors."""

from datetime import datetime

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from courses.policies import require_instructor
from grading.api.grades import student_line
from grading.api.schema import StandingSerializer, StandingTreeSerializer
from grading.dated_forms import AtForm
from grading.presenting import present, summarise
from grading.queries.past import UNKNOWN, gradebook_at, students_at
from grading.queries.past import grade_at as grade_of


class PastGradesSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    policy_version = serializers.IntegerField(help_text="The version in force then; 0 before the first")
    not_known = serializers.ListField(child=serializers.CharField(), help_text="What no history is kept of, in words")
    results = StandingSerializer(many=True)


class PastGradeSerializer(StandingTreeSerializer):
    at = serializers.DateTimeField()
    not_known = serializers.ListField(child=serializers.CharField(), help_text="What no history is kept of, in words")


PARAMETERS = [
    OpenApiParameter(
        "at",
        str,
        required=True,
        description="2021-10-20 (the end of that day) or 2021-10-20T17:00, in the course's time zone unless it names one",
    ),
    OpenApiParameter("marks", str, enum=["all", "released"], description="As staff saw it (all, the default), or as students"),
]


@extend_schema(
    operation_id="courses_grades_at_list",
    summary="Everybody's grades as they stood at a moment (instructors)",
    parameters=PARAMETERS,
    responses=PastGradesSerializer,
)
@api_view(["GET"])
def grades_at(request, course_slug):
    course = require_instructor(request.user, course_slug).course
    at, audience = _asked(request, course)
    book = gradebook_at(course, at, audience=audience)
    results = [{"student": student_line(line.student), **_without_stamp(summarise(line.grade))} for line in book.lines]
    version = book.row.number if book.row else 0
    return Response({"at": at, "policy_version": version, "not_known": UNKNOWN, "results": results})


@extend_schema(
    summary="One student's grade as it stood at a moment (instructors)", parameters=PARAMETERS, responses=PastGradeSerializer
)
@api_view(["GET"])
def grade_at(request, course_slug, student_id):
    course = require_instructor(request.user, course_slug).course
    at, audience = _asked(request, course)
    student = students_at(course, at).select_related("course").filter(pk=student_id).first()
    grade = student and grade_of(student, at, audience=audience)
    if grade is None:
        raise Http404("No such student.")
    return Response({"at": at, "not_known": UNKNOWN, "student": student_line(student), **_without_stamp(present(grade))})


grades_at.cls.scope_resource = grade_at.cls.scope_resource = "grades"
grades_at.cls.pulls_grades = grade_at.cls.pulls_grades = True


def _asked(request, course) -> tuple[datetime, str]:
    marks = request.query_params.get("marks", "all")
    form = AtForm({"at": request.query_params.get("at", ""), "marks": marks}, course=course)
    if not form.is_valid():
        raise ValidationError(form.errors)
    return form.cleaned_data["at"], form.audience


def _without_stamp(shown: dict) -> dict:
    """When it last changed before that moment is not kept."""
    return {name: value for name, value in shown.items() if name != "changed_at"}
