"""Assignments of presentations that the portal worked out."""

from django.db import models

from core.runs import Run, run_constraints
from courses.models import Course


class PresentationRun(Run):
    """`parameters` and `result` are what `presentations.assigning` writes. `applied` is what applying it did:
    {"given": [sign-up id], "ended": [sign-up id]}; `kept` what undoing left: [[sign-up id, why]]."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="presentation_runs")
    applied = models.JSONField(default=dict, blank=True)

    class Meta(Run.Meta):
        abstract = False
        constraints = run_constraints("presentation_run")
