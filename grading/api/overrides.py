"""Grades set by hand, for instructors, with the rules of the page."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from courses.policies import require_instructor
from grading import actions
from grading.models import Override
from grading.policies import find_student
from grading.queries.overrides import override_history


class OverrideSerializer(serializers.ModelSerializer):
    set_by = serializers.CharField(source="set_by.name", read_only=True)

    class Meta:
        model = Override
        fields = ["id", "component", "percent", "letter", "reason", "is_shown", "set_by", "set_at"]
        read_only_fields = ["id", "set_at"]


class OverrideAskedSerializer(serializers.Serializer):
    component = serializers.CharField(
        allow_blank=True, default="", max_length=60, help_text="A key of the policy; blank for the whole grade"
    )
    percent = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=200,
        allow_null=True,
        default=None,
        help_text="Of the component, or of the total",
    )
    letter = serializers.CharField(allow_blank=True, default="", max_length=8, help_text="Of the whole grade only")
    reason = serializers.CharField(max_length=1000)
    is_shown = serializers.BooleanField(default=False, help_text="Whether the student sees it now")
    revision = serializers.IntegerField(
        min_value=0,
        allow_null=True,
        default=None,
        help_text="The id of the latest one you know, 0 for none; refused with 412 when another came",
    )


class OverrideViewSet(viewsets.ViewSet):
    """Rows are only ever added; one without percent and letter takes back what stood."""

    scope_resource = "grades"
    pulls_grades = False  # reasons are for people

    @extend_schema(operation_id="overrides_list", responses=OverrideSerializer(many=True))
    def list(self, request, course_slug, student_id):
        student = find_student(require_instructor(request.user, course_slug), student_id)
        return Response(OverrideSerializer(override_history(student), many=True).data)

    @extend_schema(
        operation_id="overrides_set", request=OverrideAskedSerializer, responses={200: OverrideSerializer(many=True)}
    )
    def create(self, request, course_slug, student_id):
        """Set a component, or the total, the letter or both; answers all of the student's, newest first."""
        student = find_student(require_instructor(request.user, course_slug), student_id)
        asked = OverrideAskedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        actions.set_override(student=student, by=request.user, **asked.validated_data)
        return Response(OverrideSerializer(override_history(student), many=True).data)
