"""What students would like to present, when they cannot, and with whom."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from courses.models import Enrollment, Meeting

MOST_RANKS = 20  # beyond the twentieth choice nobody means anything


class WishList(models.Model):
    """One for each student who has said something. `revision` counts the times they did.

    Two students who name one another as `partner` are given the same presentation.
    """

    enrollment = models.OneToOneField(Enrollment, on_delete=models.CASCADE, related_name="wish_list")
    partner = models.ForeignKey(Enrollment, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(partner=None) | ~Q(partner=F("enrollment")), name="wish_partner_is_another")
        ]


class Wish(models.Model):
    """A slot that a student ranks, 1 for the first choice; without a rank it is one they cannot present."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="wishes")
    slot = models.ForeignKey("presentations.Slot", on_delete=models.CASCADE, related_name="wishes")
    rank = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "slot"], name="one_wish_per_student_and_slot"),
            models.UniqueConstraint(fields=["enrollment", "rank"], name="one_slot_per_student_and_rank"),
            models.CheckConstraint(condition=Q(rank=None) | Q(rank__gte=1, rank__lte=MOST_RANKS), name="rank_is_in_range"),
        ]


class AwayDate(models.Model):
    """A meeting at which a student cannot present, whatever is presented there."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="away_dates")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="away_students")

    class Meta:
        ordering = ["meeting__date", "pk"]
        constraints = [models.UniqueConstraint(fields=["enrollment", "meeting"], name="one_away_date_per_student_and_meeting")]
