"""Imports: the file that came, what it would change, and how far it is."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course

# A run that no worker has said a word about for so long was left behind by a worker that died; no task may take longer.
STALLED_AFTER = timedelta(minutes=12)

LISTED = 20


class ImportState(models.TextChoices):
    PLANNED = "planned", "waits for a worker"
    READY = "ready", "ready"
    APPLYING = "applying", "being carried out"
    APPLIED = "applied", "carried out"
    FAILED = "failed", "failed"


class ImportRunQuerySet(models.QuerySet):
    def latest_of(self, course: Course):
        """For a list: without the file and what came of it."""
        return self.filter(course=course).select_related("created_by").defer("text", "result")[:LISTED]


class ImportRun(models.Model):
    """One file of another system: first what it would change (`result`), then carried out as a whole.

    `result` is what `incoming.plan.Plan.stored` writes, `digest` stands for it. The file is forgotten once it is carried out.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="import_runs")
    text = models.TextField(blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    invites = models.BooleanField(default=False)  # whether reviewers who are not in the course are enrolled as students
    keeps_fields = models.BooleanField(default=True)  # whether fields that the form lacks come as retired text fields
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.PLANNED)
    share = models.FloatField(default=0)  # of the work that is done, from 0 to 1
    words = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_run_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "applying", "applied"]) | Q(result__isnull=False),
                name="finished_import_run_has_a_result",
            ),
        ]

    def __str__(self):
        return f"ImportRun {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (ImportState.PLANNED, ImportState.APPLYING)

    @property
    def is_stalled(self) -> bool:
        return self.is_under_way and self.seen_at < timezone.now() - STALLED_AFTER

    @property
    def percent(self) -> int:
        return round(100 * self.share)
