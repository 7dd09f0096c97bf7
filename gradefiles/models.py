"""Imports of marks, and the ids under which Canvas knows the same people and work."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course, Enrollment

# An import that no worker has taken on for so long was left behind.
STALLED_AFTER = timedelta(minutes=12)


class ImportState(models.TextChoices):
    PLANNED = "planned", "being read"
    READY = "ready", "a proposal"
    FAILED = "failed", "failed"
    APPLYING = "applying", "being applied"
    APPLIED = "applied", "applied"
    UNDOING = "undoing", "being undone"
    UNDONE = "undone", "undone"


UNDER_WAY = (ImportState.PLANNED, ImportState.APPLYING, ImportState.UNDOING)


class GradeImport(models.Model):
    """One file that somebody brought, what it would change, and what became of that.

    `content` is dropped once the import is applied. `plan` is what gradefiles.plan.Plan stores; its digest stands for the
    marks as the preview showed them. `kept` is what undoing left: [{who, title, why}].
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="grade_imports")
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    content = models.BinaryField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.PLANNED)
    words = models.CharField(max_length=500, blank=True)  # why it failed, or was not applied
    plan = models.JSONField(null=True, blank=True)
    plan_digest = models.CharField(max_length=64, blank=True)
    columns = models.JSONField(default=dict, blank=True)  # {heading in a file of Canvas: column key}, as a person said
    applies_itself = models.BooleanField(default=False)  # once it is read and nothing in it is wrong
    kept = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(default=timezone.now)  # when what is under way was asked for
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="grade_import_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "applied", "undone"]) | Q(plan__isnull=False),
                name="read_grade_import_has_a_plan",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["applied", "undone"]) | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="applied_grade_import_says_when_and_who",
            ),
        ]

    def __str__(self):
        return f"GradeImport {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    def is_stalled(self, now: datetime | None = None) -> bool:
        return self.is_under_way and self.begun_at < (now or timezone.now()) - STALLED_AFTER


class CanvasStudent(models.Model):
    """How Canvas names a student, learned from a file that Canvas wrote."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    enrollment = models.OneToOneField(Enrollment, on_delete=models.CASCADE, related_name="canvas_student")
    canvas_id = models.CharField(max_length=40)
    sis_user_id = models.CharField(max_length=120, blank=True)
    login_id = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["course", "canvas_id"], name="canvas_student_id_is_unique_in_course")]


class CanvasColumn(models.Model):
    """The Canvas assignment that is the same as a column of ours (`key` as in gradefiles.sheet)."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    canvas_id = models.CharField(max_length=40)
    title = models.CharField(max_length=400)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="canvas_column_key_is_unique_in_course"),
            models.UniqueConstraint(fields=["course", "canvas_id"], name="canvas_column_id_is_unique_in_course"),
        ]
