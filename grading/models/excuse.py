"""Work that a student is let off."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Enrollment


class ExcusedSource(models.TextChoices):
    """The sources of the policy whose single items can be excused; handing in reviews counts as reviews."""

    REVIEWS = "reviews", "Reviews"
    PARTICIPATION = "participation", "Participation"
    PRESENTATIONS = "presentations", "Presentations"
    MILESTONES = "milestones", "Project"
    MANUAL = "manual", "Marked by hand"


class ExcuseQuerySet(models.QuerySet):
    def standing(self, at: datetime | None = None):
        """Those that are not taken back; with `at`, as it was at that moment."""
        if at is None:
            return self.filter(revoked_at=None)
        return self.filter(Q(revoked_at=None) | Q(revoked_at__gt=at), made_at__lte=at)


class Excuse(models.Model):
    """One piece of work of one student counts neither for nor against. Taken back, the row stays: it is the history.

    `item` is the key that the work has in the facts: a paper's or milestone's key, meeting-12, sign-up-5, a component's key.
    """

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="excuses")
    source = models.CharField(max_length=13, choices=ExcusedSource)
    item = models.CharField(max_length=100)
    reason = models.CharField(max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoke_reason = models.CharField(max_length=300, blank=True)  # for the history; the student does not read it

    objects = ExcuseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "source", "item"], condition=Q(revoked_at=None), name="one_standing_excuse_per_item"
            ),
            models.CheckConstraint(condition=Q(source__in=ExcusedSource.values), name="excuse_source_is_known"),
            models.CheckConstraint(condition=~Q(item="") & ~Q(reason=""), name="excuse_names_item_and_reason"),
            models.CheckConstraint(
                condition=Q(revoked_by=None, revoked_at=None) | Q(revoked_by__isnull=False, revoked_at__isnull=False),
                name="excuse_is_revoked_with_who_and_when",
            ),
        ]

    def __str__(self):
        return f"{self.item}: {self.reason}"

    @property
    def is_standing(self) -> bool:
        return self.revoked_at is None
