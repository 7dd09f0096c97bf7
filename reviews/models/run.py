"""Automatic assignments: what was asked for, how far it is, what came out, and what applying it changed."""

from django.db import models

from core.runs import Run, RunState, run_constraints
from courses.models import Course

__all__ = ["AssignmentRun", "RunState"]


class AssignmentRun(Run):
    """One automatic assignment of reviews.

    `parameters` is what `reviews.assigning.runs.parameters` writes, `result` what `matching.outcome` does.
    `kept` is [[enrollment id, paper id, why]].
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="assignment_runs")

    class Meta(Run.Meta):
        abstract = False
        constraints = run_constraints("assignment_run")
