"""The policy in force, and the release of marks."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from core.api import with_etag
from courses.models import Enrollment
from courses.policies import require_instructor, require_member
from grading import actions
from grading.queries import policy_findings, policy_in_force, read_in_force


class FindingSerializer(serializers.Serializer):
    severity = serializers.ChoiceField(choices=[("error", "error"), ("warning", "warning")])
    where = serializers.CharField()
    message = serializers.CharField()


class PolicySerializer(serializers.Serializer):
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    document = serializers.DictField(help_text="The [grading] table of the course file")
    findings = FindingSerializer(many=True, help_text="What the linter tells the instructor; empty for others")


class ReleasedSerializer(serializers.Serializer):
    component = serializers.CharField()
    marks = serializers.IntegerField(help_text="How many marks students now see otherwise than before")


class StudentReleasedSerializer(serializers.Serializer):
    student = serializers.IntegerField()
    marks = serializers.IntegerField(help_text="How many marks the student now sees otherwise than before")


@extend_schema(summary="The grading policy in force (members)", responses=PolicySerializer)
@api_view(["GET"])
def policy_detail(request, course_slug):
    enrollment = require_member(request.user, course_slug)
    row = policy_in_force(enrollment.course)
    if row is None:
        raise Http404("This course has no grading policy yet.")
    findings = policy_findings(enrollment.course, row) if enrollment.is_instructor else []
    data = {
        "version": row.number,
        "created_at": row.created_at,
        "document": row.document,
        "findings": FindingSerializer(findings, many=True).data,
    }
    return with_etag(request, Response(data))


policy_detail.cls.scope_resource = "grades"


@extend_schema(
    summary="Let students see a component's marks as they stand (instructors)", request=None, responses=ReleasedSerializer
)
@api_view(["POST"])
def component_release(request, course_slug, component_key):
    return _act(request, course_slug, component_key, actions.release_component)


@extend_schema(summary="Hide a component's marks from students again (instructors)", request=None, responses=ReleasedSerializer)
@api_view(["POST"])
def component_hide(request, course_slug, component_key):
    return _act(request, course_slug, component_key, actions.hide_component)


component_release.cls.scope_resource = "grades"
component_hide.cls.scope_resource = "grades"


def _act(request, course_slug: str, component_key: str, action) -> Response:
    course = require_instructor(request.user, course_slug).course
    _, policy = read_in_force(course)
    if component_key not in {component.key for component in policy.walk()}:
        raise Http404("The policy has no such component.")
    return Response({"component": component_key, "marks": action(course=course, component_key=component_key, by=request.user)})


@extend_schema(
    summary="Let one student see the marks of their own work as they stand (instructors)",
    request=None,
    responses=StudentReleasedSerializer,
)
@api_view(["POST"])
def student_release(request, course_slug, student_id):
    return _act_on_student(request, course_slug, student_id, actions.release_student)


@extend_schema(
    summary="Take the marks of one student's own work back from their view (instructors)",
    request=None,
    responses=StudentReleasedSerializer,
)
@api_view(["POST"])
def student_hide(request, course_slug, student_id):
    return _act_on_student(request, course_slug, student_id, actions.hide_student)


student_release.cls.scope_resource = "grades"
student_hide.cls.scope_resource = "grades"


def _act_on_student(request, course_slug, student_id, act):
    enrollment = require_instructor(request.user, course_slug)
    student = Enrollment.objects.active().students().filter(course=enrollment.course, pk=student_id).first()
    if student is None:
        raise Http404("No such student.")
    return Response({"student": student.pk, "marks": act(student=student, by=request.user)})
