"""Which reviews of a paper share passages. For staff only: nothing here is read by anything that students see."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from courses.models import Course, Enrollment, Paper
from courses.policies import students_marked_by
from reviews.models import Review, ReviewVersion

MAX_NOTE = 2_000  # characters


class Request(models.Model):
    """When staff last asked for a course's reviews to be compared at once."""

    course = models.OneToOneField(Course, on_delete=models.CASCADE, primary_key=True, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")


class Comparison(models.Model):
    """The last comparison of a paper's reviews; `fingerprint` stands for the versions that it read."""

    paper = models.OneToOneField(Paper, on_delete=models.CASCADE, primary_key=True, related_name="+")
    fingerprint = models.CharField(max_length=100, blank=True)
    compared_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"Comparison of paper {self.paper_id}"


class PairQuerySet(models.QuerySet):
    def visible_to(self, viewer: Enrollment):
        """The set to `policies.may_see`: instructors see every pair, assistants those of the students they mark."""
        if not (viewer.is_active and viewer.is_staff):
            return self.none()
        found = self.filter(first__course=viewer.course_id)
        if viewer.is_instructor:
            return found
        students = students_marked_by(viewer)
        return found.filter(Q(second=None) | Q(second__reviewer__in=students), first__reviewer__in=students)

    def standing(self):
        return self.filter(set_aside_at=None)

    def for_display(self):
        return self.select_related(
            "first__reviewer__user", "second__reviewer__user", "comparison__paper__meeting", "set_aside_by"
        ).order_by("-share", "-words", "pk")

    def for_comparing(self):
        """With the texts that were compared and what tells which words are nobody's own."""
        return self.for_display().select_related("first_version", "second_version", "comparison__paper__course__review_rules")


class Pair(models.Model):
    """Two reviews of one paper, or a review and the paper's own text (`second` is None), that share passages.

    `words` and `share` are of the versions that were compared. Setting a pair aside is a person's word that there is
    nothing to it; it holds until the two share more words than then (`set_aside_words`).
    """

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="pairs")
    first = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Review, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    first_version = models.ForeignKey(ReviewVersion, on_delete=models.CASCADE, related_name="+")
    second_version = models.ForeignKey(ReviewVersion, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    words = models.PositiveIntegerField()
    share = models.DecimalField(max_digits=4, decimal_places=1)  # percent of the shorter one's own words
    found_at = models.DateTimeField(default=timezone.now)
    note = models.TextField(blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    set_aside_words = models.PositiveIntegerField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)  # of what people decided about it

    objects = PairQuerySet.as_manager()

    class Meta:
        ordering = ["-share", "-words", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_pair_of_two_reviews"),
            models.UniqueConstraint(fields=["first"], condition=Q(second=None), name="one_pair_of_review_and_paper"),
            models.CheckConstraint(condition=Q(second=None) | Q(first__lt=F("second")), name="pair_is_in_order"),
            models.CheckConstraint(
                condition=Q(second=None, second_version=None) | Q(second__isnull=False, second_version__isnull=False),
                name="pair_has_the_versions_of_its_reviews",
            ),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=100), name="pair_share_is_percent"),
        ]

    def __str__(self):
        return f"Pair {self.pk}"

    @property
    def is_resubmitted(self) -> bool:
        """Whether a review was handed in anew since; reads the reviews."""
        return self.first.current_id != self.first_version_id or (
            self.second_id is not None and self.second.current_id != self.second_version_id
        )
