"""The policy in force, and the release of marks."""

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from core.api import ReasonSerializer, asks_for_dry_run, reason_of, with_etag
from core.reasons import MAX_REASON
from courses.policies import require_instructor, require_member
from grading import actions, engine
from grading.policies import find_student
from grading.queries import Grade, known_of, policy_findings, policy_in_force, read_in_force
from grading.queries.policy import versions_of
from grading.queries.policy_preview import Effect, preview_policy


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


class GivenPolicySerializer(serializers.Serializer):
    document = serializers.DictField(help_text="The [grading] table of the course file")
    previewed = serializers.CharField(
        max_length=64,
        required=False,
        help_text="The digest of the preview that is saved; 412 when the policy has changed since",
    )
    reason = serializers.CharField(
        max_length=MAX_REASON, allow_blank=True, default="", help_text="Why it is changed, for the history; not of a preview"
    )


class LetterCountSerializer(serializers.Serializer):
    letter = serializers.CharField()
    now = serializers.IntegerField()
    then = serializers.IntegerField()


class SideSerializer(serializers.Serializer):
    total_so_far = serializers.DecimalField(max_digits=None, decimal_places=None, allow_null=True)
    total_final = serializers.DecimalField(max_digits=None, decimal_places=None, allow_null=True)
    letter = serializers.CharField(allow_blank=True)
    letter_final = serializers.CharField(allow_blank=True)


class EffectSerializer(serializers.Serializer):
    student = serializers.IntegerField()
    moved = serializers.BooleanField(help_text="Across a letter boundary, in either total")
    direction = serializers.CharField(allow_blank=True, help_text="up or down, where the letters can be compared")
    now = SideSerializer()
    then = SideSerializer()


class PreviewSerializer(serializers.Serializer):
    findings = FindingSerializer(many=True)
    version = serializers.IntegerField(help_text="Of the policy in force, 0 before there is one")
    digest = serializers.CharField(allow_null=True, help_text="To be sent as `previewed`; null with errors among the findings")
    counts = serializers.DictField(child=serializers.IntegerField())
    left_behind = serializers.ListField(
        child=serializers.CharField(), help_text="What was given by hand and this policy has no place for, in sentences"
    )
    letters = LetterCountSerializer(many=True)
    effects = EffectSerializer(many=True, help_text="Who moves across a letter boundary first")


class PolicyVersionSerializer(serializers.Serializer):
    version = serializers.IntegerField(source="number")
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(source="created_by.name", default=None, allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    document = serializers.DictField()


DRY_RUN = OpenApiParameter("dry_run", bool, description="Save nothing; answer what it would do to every student")


@extend_schema(methods=["GET"], summary="The grading policy in force (members)", responses=PolicySerializer, request=None)
@extend_schema(
    methods=["PUT"],
    operation_id="courses_policy_update",
    summary="Put a policy in force as a new version (instructors)",
    request=GivenPolicySerializer,
    responses={200: PolicySerializer, 409: OpenApiResponse(description="The linter found errors")},
)
@extend_schema(
    methods=["POST"],
    operation_id="courses_policy_preview",
    summary="Preview a policy with dry_run, or put it in force as PUT does (instructors)",
    parameters=[DRY_RUN],
    request=GivenPolicySerializer,
    responses={200: PreviewSerializer, 409: OpenApiResponse(description="The linter found errors")},
)
@api_view(["GET", "PUT", "POST"])
def policy_detail(request, course_slug):
    if request.method != "GET":
        return _change(request, require_instructor(request.user, course_slug).course)
    enrollment = require_member(request.user, course_slug)
    row = policy_in_force(enrollment.course)
    if row is None:
        raise Http404("This course has no grading policy yet.")
    findings = policy_findings(enrollment.course, row) if enrollment.is_instructor else []
    return with_etag(request, Response(_told(row, findings)))


def _told(row, findings) -> dict:
    return {
        "version": row.number,
        "created_at": row.created_at,
        "document": row.document,
        "findings": FindingSerializer(findings, many=True).data,
    }


def _change(request, course) -> Response:
    is_dry = request.method == "POST" and asks_for_dry_run(request)
    given = GivenPolicySerializer(data=request.data)
    given.is_valid(raise_exception=True)
    document = given.validated_data["document"]
    if is_dry:
        return Response(_preview(course, document))
    row = actions.set_policy(
        course=course,
        document=document,
        by=request.user,
        previewed=given.validated_data.get("previewed"),
        reason=given.validated_data["reason"],
    )
    return Response(_told(row, policy_findings(course, row)))


def _preview(course, document: dict) -> dict:
    findings = engine.lint(document, known_of(course))
    data = {"findings": FindingSerializer(findings, many=True).data}
    if any(finding.severity == engine.ERROR for finding in findings):
        row = policy_in_force(course)
        nothing = {"digest": None, "counts": {}, "left_behind": [], "letters": [], "effects": []}
        return data | {"version": row.number if row else 0} | nothing
    preview = preview_policy(course, document)
    return data | {
        "version": preview.version,
        "digest": preview.digest,
        "counts": preview.counts,
        "left_behind": preview.left_behind,
        "letters": [{"letter": letter, "now": now, "then": then} for letter, now, then in preview.letters],
        "effects": [_effect(effect) for effect in preview.effects],
    }


def _effect(effect: Effect) -> dict:
    return {
        "student": effect.student.pk,
        "moved": effect.is_moved,
        "direction": effect.direction,
        "now": _side(effect.before),
        "then": _side(effect.after),
    }


def _side(grade: Grade) -> dict:
    return {
        "total_so_far": grade.total,
        "total_final": grade.total_final,
        "letter": grade.letter,
        "letter_final": grade.letter_final,
    }


@extend_schema(
    operation_id="courses_policy_versions_list",
    summary="Every version of the policy, newest first, with who and when (instructors)",
    responses=PolicyVersionSerializer(many=True),
)
@api_view(["GET"])
def policy_versions(request, course_slug):
    course = require_instructor(request.user, course_slug).course
    return with_etag(request, Response(PolicyVersionSerializer(versions_of(course), many=True).data))


policy_versions.cls.scope_resource = "grades"
policy_detail.cls.scope_resource = "grades"


@extend_schema(
    summary="Let students see a component's marks as they stand (instructors)",
    request=ReasonSerializer,
    responses=ReleasedSerializer,
)
@api_view(["POST"])
def component_release(request, course_slug, component_key):
    return _act(request, course_slug, component_key, actions.release_component)


@extend_schema(
    summary="Hide a component's marks from students again (instructors)",
    request=ReasonSerializer,
    responses=ReleasedSerializer,
)
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
    count = action(course=course, component_key=component_key, by=request.user, reason=reason_of(request))
    return Response({"component": component_key, "marks": count})


@extend_schema(
    summary="Let one student see the marks of their own work as they stand (instructors)",
    request=ReasonSerializer,
    responses=StudentReleasedSerializer,
)
@api_view(["POST"])
def student_release(request, course_slug, student_id):
    return _act_on_student(request, course_slug, student_id, actions.release_student)


@extend_schema(
    summary="Take the marks of one student's own work back from their view (instructors)",
    request=ReasonSerializer,
    responses=StudentReleasedSerializer,
)
@api_view(["POST"])
def student_hide(request, course_slug, student_id):
    return _act_on_student(request, course_slug, student_id, actions.hide_student)


student_release.cls.scope_resource = "grades"
student_hide.cls.scope_resource = "grades"


def _act_on_student(request, course_slug, student_id, act):
    enrollment = require_instructor(request.user, course_slug)
    student = find_student(enrollment, student_id)
    return Response({"student": student.pk, "marks": act(student=student, by=request.user, reason=reason_of(request))})
