"""Marks with their history, and their release."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from courses.models import Course, Enrollment
from presentations.models import SignUp
from projects.models import Milestone, Team
from reviews.models import Review


class Mark(models.Model):
    """Points that a person gave for one piece of work: a review, a presentation, a team's milestone, one member's part
    of that (`milestone` with `enrollment`: it takes the place of the team's), or (`component` with `enrollment`) something
    marked by hand.

    A cleared mark keeps its row with `points` null. Students see it once `released_at` is set; what they
    see are `released_points` and `released_comment`, so that a later change waits for its own release.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="marks")
    review = models.OneToOneField(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="mark")
    sign_up = models.OneToOneField(SignUp, on_delete=models.PROTECT, null=True, blank=True, related_name="mark")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, blank=True, related_name="marks")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="marks")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="marks")
    component = models.CharField(max_length=60, blank=True)

    points = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    comment = models.TextField(blank=True)
    # The chosen levels of the rubric, as they stood when they were chosen: [{"key", "title", "points": "2", "level"}];
    # empty where the points were given without. The points are their sum.
    levels = models.JSONField(default=list, blank=True)
    # Of a review: the number of the version that the marker read, so that a later one can be told.
    review_version = models.PositiveIntegerField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    released_points = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    released_comment = models.TextField(blank=True)
    released_levels = models.JSONField(default=list, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="mark_is_for_exactly_one_piece_of_work",
                condition=(
                    models.Q(review__isnull=False, sign_up=None, milestone=None, team=None, enrollment=None, component="")
                    | models.Q(review=None, sign_up__isnull=False, milestone=None, team=None, enrollment=None, component="")
                    | models.Q(
                        review=None, sign_up=None, milestone__isnull=False, team__isnull=False, enrollment=None, component=""
                    )
                    | models.Q(
                        review=None, sign_up=None, milestone__isnull=False, team=None, enrollment__isnull=False, component=""
                    )
                    | (
                        models.Q(review=None, sign_up=None, milestone=None, team=None, enrollment__isnull=False)
                        & ~models.Q(component="")
                    )
                ),
            ),
            models.UniqueConstraint(
                fields=["team", "milestone"], condition=models.Q(team__isnull=False), name="one_mark_per_team_and_milestone"
            ),
            models.UniqueConstraint(
                fields=["enrollment", "component"],
                condition=models.Q(enrollment__isnull=False, milestone=None),
                name="one_mark_per_student_and_component",
            ),
            models.UniqueConstraint(
                fields=["enrollment", "milestone"],
                condition=models.Q(enrollment__isnull=False, milestone__isnull=False),
                name="one_mark_per_student_and_milestone",
            ),
            models.CheckConstraint(condition=models.Q(points=None) | models.Q(points__gte=0), name="mark_is_not_negative"),
        ]

    @property
    def awaits_release(self) -> bool:
        """Whether a release would show students something else than they see now."""
        shown = (self.released_points, self.released_comment, self.released_levels)
        return (self.points, self.comment, self.levels) != shown


class ChangeKind(models.TextChoices):
    MARKED = "marked", "Marked"
    RELEASED = "released", "Released"
    HIDDEN = "hidden", "Hidden"


class MarkChange(models.Model):
    """What happened to a mark: who, when, from, to, why. The database refuses to change or delete a row.

    `reason` is what was said for the history, which staff alone read. `regrade` is the request whose decision did it; the
    reason is then the message that closed that one.
    """

    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=ChangeKind, default=ChangeKind.MARKED)
    points_before = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    points_after = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    comment_before = models.TextField(blank=True)
    comment_after = models.TextField(blank=True)
    levels_before = models.JSONField(default=list, blank=True)
    levels_after = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    regrade = models.ForeignKey(
        "grading.RegradeRequest", on_delete=models.PROTECT, null=True, blank=True, related_name="mark_changes"
    )
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
