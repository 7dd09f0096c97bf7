"""Automatic assignment over REST, for the instructor: plan it, read what came out, apply it, undo it."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api_runs import RunFields
from courses.policies import require_instructor
from reviews import policies
from reviews.assigning.runs import actions
from reviews.assigning.runs.forms import RunForm
from reviews.assigning.runs.queries import runs_of
from reviews.models import AssignmentRun


class LimitsSerializer(serializers.Serializer):
    """As on the page."""

    paper_least = serializers.IntegerField()
    paper_most = serializers.IntegerField()
    student_least = serializers.IntegerField()
    student_most = serializers.IntegerField()
    search = serializers.CharField(required=False, help_text="Only these papers: a search or numbers")
    needs_expert = serializers.BooleanField(required=False)
    apart = serializers.CharField(required=False, help_text="Two students' emails in a line")
    loads = serializers.CharField(required=False, help_text="A student's email and other limits in a line: ada@example.edu 0-2")
    seed = serializers.IntegerField(required=False, help_text="0 when left out")


class RunSerializer(RunFields):
    pass


class RunResultSerializer(RunSerializer):
    result = serializers.DictField(
        allow_null=True, help_text="pairs are [enrollment id, paper id, preference, rank]; null until it is ready"
    )
    kept = serializers.ListField(help_text="What undoing left: [enrollment id, paper id, why]")


class RunViewSet(viewsets.ViewSet):
    """Nothing is assigned before a run is applied."""

    scope_resource = "reviews"

    @extend_schema(operation_id="assignment_runs_list", responses=RunSerializer(many=True))
    def list(self, request, course_slug):
        """The latest, newest first."""
        return Response(RunSerializer(runs_of(_instructor(request, course_slug).course), many=True).data)

    @extend_schema(operation_id="assignment_run_plan", request=LimitsSerializer, responses={202: RunResultSerializer})
    def create(self, request, course_slug):
        viewer = _instructor(request, course_slug)
        given = request.data if isinstance(request.data, dict) else {}
        form = RunForm(viewer, {"seed": 0} | given)
        if not form.is_valid():
            raise ValidationError(form.errors)
        run = actions.plan_run(course=viewer.course, parameters=form.parameters, by=request.user)
        return Response(RunResultSerializer(run).data, status=202)

    @extend_schema(operation_id="assignment_run_retrieve", responses=RunResultSerializer)
    def retrieve(self, request, course_slug, pk):
        return Response(RunResultSerializer(_run(request, course_slug, pk)).data)

    @extend_schema(operation_id="assignment_run_apply", request=None, responses=RunResultSerializer)
    def apply(self, request, course_slug, pk):
        """All of it or nothing: 409 with the code `stale` when what it rests on has changed."""
        run = actions.apply_run(run=_run(request, course_slug, pk), by=request.user)
        return Response(RunResultSerializer(run).data)

    @extend_schema(operation_id="assignment_run_undo", request=None, responses=RunResultSerializer)
    def undo(self, request, course_slug, pk):
        """Reviews that are begun and what staff changed since are kept, and listed."""
        run = actions.undo_run(run=_run(request, course_slug, pk), by=request.user)
        return Response(RunResultSerializer(run).data)


def _instructor(request, course_slug):
    viewer = require_instructor(request.user, course_slug)
    policies.require_rules(viewer)
    return viewer


def _run(request, course_slug, pk) -> AssignmentRun:
    viewer = _instructor(request, course_slug)
    run = get_object_or_404(AssignmentRun, course=viewer.course, pk=pk)
    run.course = viewer.course
    return run


RUNS = "courses/<slug:course_slug>/assignment-runs/"
urlpatterns = [
    path(RUNS, RunViewSet.as_view({"get": "list", "post": "create"}), name="run_list"),
    path(f"{RUNS}<int:pk>/", RunViewSet.as_view({"get": "retrieve"}), name="run_detail"),
    path(f"{RUNS}<int:pk>/apply/", RunViewSet.as_view({"post": "apply"}), name="run_apply"),
    path(f"{RUNS}<int:pk>/undo/", RunViewSet.as_view({"post": "undo"}), name="run_undo"),
]
