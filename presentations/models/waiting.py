"""Who waits for a place in a full role."""

from django.db import models
from django.utils import timezone

from courses.models import Enrollment


class WaitingQuerySet(models.QuerySet):
    def in_line(self):
        """Those who still wait, first come first."""
        return self.filter(ended_at=None).order_by("joined_at", "pk")


class Waiting(models.Model):
    """A student's place in the line for a role; it ends when they are called or leave."""

    role = models.ForeignKey("presentations.SlotRole", on_delete=models.CASCADE, related_name="line")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="waiting")
    joined_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WaitingQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "enrollment"], condition=models.Q(ended_at=None), name="one_place_in_line_per_role_and_student"
            )
        ]
