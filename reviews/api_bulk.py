"""Bulk assignment over REST, for the instructor: the page's CSV, looked at or carried out as a whole."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from core.api import problem
from courses.policies import require_instructor
from reviews import policies
from reviews.assigning.bulk import actions
from reviews.assigning.bulk.reading import MAX_CHARACTERS


class BulkSerializer(serializers.Serializer):
    csv = serializers.CharField(max_length=MAX_CHARACTERS, trim_whitespace=False)
    dry_run = serializers.BooleanField(required=False, default=False, help_text="Only say what would change")


class ChangeSerializer(serializers.Serializer):
    paper = serializers.CharField(source="paper.key")
    reviewer = serializers.IntegerField(source="student.pk", help_text="Enrollment id")
    is_conflict = serializers.BooleanField()
    before = serializers.CharField(help_text="required, optional, exempt or conflict; blank for none or the course's rule")
    after = serializers.CharField()
    round_before = serializers.CharField(help_text="A round's key; blank for the paper's round")
    round_after = serializers.CharField()


class PlanSerializer(serializers.Serializer):
    dry_run = serializers.BooleanField()
    changes = ChangeSerializer(many=True)


class BulkViewSet(viewsets.ViewSet):
    scope_resource = "reviews"

    @extend_schema(operation_id="assignments_bulk", request=BulkSerializer, responses={200: PlanSerializer})
    def create(self, request, course_slug):
        """All of the file or nothing; 422 with the code `bad_lines` names every bad line."""
        viewer = require_instructor(request.user, course_slug)
        policies.require_rules(viewer)
        sent = BulkSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        text, is_dry = sent.validated_data["csv"], sent.validated_data["dry_run"]
        try:
            plan = (actions.plan_bulk if is_dry else actions.apply_bulk)(viewer=viewer, text=text)
            if plan.problems:
                raise actions.BadLines(plan.problems)
        except actions.BadLines as bad:
            lines = [{"line": each.number, "message": each.message} for each in bad.problems]
            errors = {"csv": [str(each) for each in bad.problems]}
            return problem(422, title="Unprocessable Content", detail=bad.message, code=bad.code, lines=lines, errors=errors)
        return Response(PlanSerializer({"dry_run": is_dry, "changes": plan.changes}).data)


urlpatterns = [
    path("courses/<slug:course_slug>/assignments/bulk/", BulkViewSet.as_view({"post": "create"}), name="assignments_bulk"),
]
