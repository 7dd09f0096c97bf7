"""Marks that are to be released at a moment to come."""

from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course, Enrollment


class ReleaseState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"


class ScheduledReleaseQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(done_at=None, cancelled_at=None)

    def due(self, now: datetime):
        return self.waiting().filter(due_at__lte=now)

    def for_display(self):
        return self.select_related("ordered_by", "cancelled_by", "student__user")


class ScheduledRelease(models.Model):
    """A component's marks, or one student's own, are released at `due_at`; the row is what keeps that from happening twice.

    waiting -> done, or cancelled: by a person, or by the portal (`cancelled_by` empty), which says why.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="scheduled_releases")
    component = models.CharField(max_length=60, blank=True)
    student = models.ForeignKey(Enrollment, on_delete=models.CASCADE, null=True, blank=True, related_name="scheduled_releases")
    due_at = models.DateTimeField()
    # Why, in the words of whoever ordered it; the history of each mark that it releases has them, too.
    reason = models.CharField(max_length=300, blank=True)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    marks = models.PositiveIntegerField(null=True, blank=True)  # how many students see anew, once it is done
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancel_reason = models.CharField(max_length=300, blank=True)

    objects = ScheduledReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(component="", student__isnull=False) | (~Q(component="") & Q(student=None)),
                name="scheduled_release_is_of_a_component_or_a_student",
            ),
            models.UniqueConstraint(
                fields=["course", "component"],
                condition=Q(done_at=None, cancelled_at=None, student=None),
                name="one_waiting_release_per_component",
            ),
            models.UniqueConstraint(
                fields=["student"],
                condition=Q(done_at=None, cancelled_at=None, student__isnull=False),
                name="one_waiting_release_per_student",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(cancelled_at=None), name="scheduled_release_is_done_or_cancelled"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, marks=None) | Q(done_at__isnull=False, marks__isnull=False),
                name="done_release_says_how_many_marks",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_by=None, cancel_reason="")
                | (Q(cancelled_at__isnull=False) & (Q(cancelled_by__isnull=False) | ~Q(cancel_reason=""))),
                name="cancelled_release_says_by_whom_or_why",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, cancelled_at=None), name="scheduled_release_waiting")
        ]

    def __str__(self):
        return self.component or str(self.student)

    @property
    def state(self) -> ReleaseState:
        if self.done_at:
            return ReleaseState.DONE
        return ReleaseState.CANCELLED if self.cancelled_at else ReleaseState.WAITING

    @property
    def is_waiting(self) -> bool:
        return self.state == ReleaseState.WAITING
