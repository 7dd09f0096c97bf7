"""Automatic assignments: what was asked for, how far it is, what came out, and what applying it changed."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course

# A run that no worker has said a word about for so long was left behind by a worker that died.
STALLED_AFTER = timedelta(minutes=5)


class RunState(models.TextChoices):
    PLANNED = "planned", "waits for a worker"
    RUNNING = "running", "running"
    READY = "ready", "ready"
    FAILED = "failed", "failed"
    APPLIED = "applied", "applied"
    UNDONE = "undone", "undone"


class AssignmentRun(models.Model):
    """One automatic assignment.

    `parameters` is what `reviews.assigning.runs.parameters` writes, `result` what `reviews.assigning.runs.outcome`
    does. `kept` is what undoing left: [[enrollment id, paper id, why]]. `digest` stands for the course as the run
    found it. `attempt` counts the workers that began.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="assignment_runs")
    parameters = models.JSONField()
    state = models.CharField(max_length=10, choices=RunState, default=RunState.PLANNED)
    share = models.FloatField(default=0)  # of the work that is done, from 0 to 1
    words = models.CharField(max_length=300, blank=True)  # what is going on, or why it failed
    attempt = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    kept = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)  # when a worker last said how far it is
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="assignment_run_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "applied", "undone"]) | Q(result__isnull=False),
                name="finished_assignment_run_has_a_result",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["applied", "undone"]) | Q(applied_at__isnull=False),
                name="applied_assignment_run_says_when",
            ),
        ]

    def __str__(self):
        return f"AssignmentRun {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (RunState.PLANNED, RunState.RUNNING)

    def is_stalled(self, now: datetime | None = None) -> bool:
        """Whether it is under way and no worker has been heard of for long."""
        return self.is_under_way and self.seen_at < (now or timezone.now()) - STALLED_AFTER

    @property
    def percent(self) -> int:
        return round(100 * self.share)
