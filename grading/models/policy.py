"""The grading policy in versions."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from courses.models import Course


class Policy(models.Model):
    """One version of a course's grading policy; the highest number is in force.

    The database refuses to change or delete a version (migration append_only_history).
    `document` is the [grading] table of the course file, checked by grading.engine.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="policies")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    reason = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["course", "number"], name="policy_number_is_unique_in_course")]
