"""How a reader rates somebody else's review."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Enrollment
from reviews.models import Review


class Verdict(models.TextChoices):
    HELPFUL = "helpful", "Helpful"
    NEEDS_WORK = "needs_work", "Needs work"


class Reason(models.TextChoices):
    """Why a review needs work."""

    TOO_SHORT = "too_short", "Too short"
    VAGUE = "vague", "Vague"
    OFF_TOPIC = "off_topic", "Off topic"
    DISRESPECTFUL = "disrespectful", "Disrespectful"
    COPIED = "copied", "Looks copied"


class Rating(models.Model):
    """One reader's verdict on one review. Who gave it is kept so that it can be changed, and shown to nobody."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="ratings")
    rater = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="ratings")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reasons = models.JSONField(default=list)  # values of Reason, in their order; none of a helpful review
    rated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "rater"], name="one_rating_per_review_and_reader"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="rating_verdict_is_known"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.NEEDS_WORK) | Q(reasons=[]), name="helpful_rating_has_no_reasons"
            ),
        ]
