"""What goes into assigning reviews: until when students are asked, what they would like, conflicts and experts."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course, Enrollment, Paper

STRONGEST = 20  # a preference goes from -20 to 20, as in HotCRP


class PreferenceCall(models.Model):
    """Until when students may say what they would like to review; a course without a row does not ask."""

    course = models.OneToOneField(Course, on_delete=models.CASCADE, primary_key=True, related_name="preference_call")
    closes_at = models.DateTimeField()

    def __str__(self):
        return f"PreferenceCall {self.pk}"

    @staticmethod
    def of(course: Course) -> "PreferenceCall | None":
        """The call of a course; asked for once per course object."""
        return getattr(course, "preference_call", None)

    def is_open(self, now: datetime | None = None) -> bool:
        return (now or timezone.now()) <= self.closes_at


class Preference(models.Model):
    """How much a student would like to review a paper, from -20 to 20; no row means 0."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="review_preferences")
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="review_preferences")
    reviewer = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="review_preferences")
    value = models.SmallIntegerField()

    class Meta:
        ordering = ["paper", "reviewer"]
        constraints = [
            models.UniqueConstraint(fields=["reviewer", "paper"], name="one_preference_per_reviewer_and_paper"),
            models.CheckConstraint(condition=Q(value__gte=-STRONGEST, value__lte=STRONGEST), name="preference_is_in_range"),
        ]

    def __str__(self):
        return f"Preference {self.pk}"


class Conflict(models.Model):
    """A student who must not review a paper. What staff declared only staff take back."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="review_conflicts")
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="review_conflicts")
    reviewer = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="review_conflicts")
    reason = models.CharField(max_length=500, blank=True)
    is_by_staff = models.BooleanField(default=False)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    declared_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["paper", "reviewer"]
        constraints = [models.UniqueConstraint(fields=["reviewer", "paper"], name="one_conflict_per_reviewer_and_paper")]

    def __str__(self):
        return f"Conflict {self.pk}"


class Expert(models.Model):
    """A student whom staff count as an expert on a paper."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="review_experts")
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="review_experts")
    reviewer = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="review_experts")

    class Meta:
        ordering = ["paper", "reviewer"]
        constraints = [models.UniqueConstraint(fields=["reviewer", "paper"], name="one_expert_per_reviewer_and_paper")]

    def __str__(self):
        return f"Expert {self.pk}"
