"""The whole board as CSV over REST."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from core.api import JSON_OR_FILE
from courses.policies import require_instructor
from presentations.board_csv.actions import load_board
from presentations.board_csv.files import Plan, plan_board, write_board


class BoardFileSerializer(serializers.Serializer):
    csv = serializers.CharField(max_length=1_000_000, trim_whitespace=False, help_text="slot, date, paper, role, email, guest")


class BoardPlanSerializer(serializers.Serializer):
    add = serializers.ListField(help_text="{line, slot, role, name}")
    remove = serializers.ListField(help_text="{slot, role, name}")
    same = serializers.IntegerField()
    mistakes = serializers.ListField(help_text="{line, words}")
    applied = serializers.BooleanField()


class BoardViewSet(viewsets.ViewSet):
    """For instructors."""

    scope_resource = "presentations"
    renderer_classes = JSON_OR_FILE

    @extend_schema(operation_id="presentation_board_csv", responses={(200, "text/csv"): OpenApiTypes.STR})
    def download(self, request, course_slug):
        """A line for each place."""
        by = require_instructor(request.user, course_slug)
        return HttpResponse(write_board(by.course), content_type="text/csv; charset=utf-8")

    @extend_schema(
        operation_id="presentation_board_load",
        request=BoardFileSerializer,
        responses=BoardPlanSerializer,
        parameters=[OpenApiParameter("dry_run", bool, description="Say what would change, and change nothing")],
    )
    def upload(self, request, course_slug):
        """All of it or nothing: 409 with the code `bad_lines` where a line is wrong; `dry_run=1` names every one."""
        by = require_instructor(request.user, course_slug)
        given = BoardFileSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        text, is_dry = given.validated_data["csv"], request.query_params.get("dry_run", "") in ("1", "true")
        plan = plan_board(by.course, text) if is_dry else load_board(course=by.course, text=text, by=request.user)
        return Response(_shown(plan, applied=not is_dry))


def _shown(plan: Plan, *, applied: bool) -> dict:
    return {
        "add": [{"line": e.line, "slot": e.role.slot.key, "role": e.role.key, "name": e.who} for e in plan.add],
        "remove": [{"slot": e.role.slot.key, "role": e.role.key, "name": str(e)} for e in plan.remove],
        "same": plan.same,
        "mistakes": [{"line": line, "words": words} for line, words in plan.mistakes],
        "applied": applied,
    }
