"""What students would like to present, when they cannot, and with whom."""

from typing import NamedTuple

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from courses.models import Enrollment, Meeting, Paper

MOST_RANKS = 20  # beyond the twentieth choice nobody means anything


class RankedKind(models.TextChoices):
    """What a course has its students rank; it may be several, in one order."""

    SLOTS = "slots", "presentations"
    PAPERS = "papers", "papers"
    TOPICS = "topics", "topics"


def slots_only() -> list[str]:
    return [RankedKind.SLOTS.value]


class Ranked(NamedTuple):
    """One thing in a student's order: a slot, a paper, or a topic, which is the text at its meetings."""

    slot_id: int | None = None
    paper_id: int | None = None
    topic: str = ""

    @property
    def kind(self) -> RankedKind:
        if self.slot_id:
            return RankedKind.SLOTS
        return RankedKind.PAPERS if self.paper_id else RankedKind.TOPICS


class WishList(models.Model):
    """One for each student who has said something. `revision` counts the times they did.

    Two students who name one another as `partner` are given the same presentation; so is a team in which each names the next.
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
    """A slot, paper or topic that a student ranks, 1 for the first choice; a slot without a rank is one they cannot present.

    Whoever ranks a paper or topic ranks the slots that hold it (`presentations.ranks`).
    """

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="wishes")
    slot = models.ForeignKey("presentations.Slot", on_delete=models.CASCADE, null=True, blank=True, related_name="wishes")
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, null=True, blank=True, related_name="presentation_wishes")
    topic = models.CharField(max_length=200, blank=True)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "slot"], name="one_wish_per_student_and_slot"),
            models.UniqueConstraint(fields=["enrollment", "paper"], name="one_wish_per_student_and_paper"),
            models.UniqueConstraint(
                fields=["enrollment", "topic"], condition=~Q(topic=""), name="one_wish_per_student_and_topic"
            ),
            models.UniqueConstraint(fields=["enrollment", "rank"], name="one_slot_per_student_and_rank"),
            models.CheckConstraint(condition=Q(rank=None) | Q(rank__gte=1, rank__lte=MOST_RANKS), name="rank_is_in_range"),
            models.CheckConstraint(
                condition=Q(slot__isnull=False, paper=None, topic="")
                | Q(slot=None, paper__isnull=False, topic="")
                | (Q(slot=None, paper=None) & ~Q(topic="")),
                name="wish_is_for_one_thing",
            ),
            models.CheckConstraint(condition=Q(rank__isnull=False) | Q(slot__isnull=False), name="only_slots_cannot_be"),
        ]

    @property
    def ranked(self) -> Ranked:
        return Ranked(self.slot_id, self.paper_id, self.topic)


class AwayDate(models.Model):
    """A meeting at which a student cannot present, whatever is presented there."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="away_dates")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="away_students")

    class Meta:
        ordering = ["meeting__date", "pk"]
        constraints = [models.UniqueConstraint(fields=["enrollment", "meeting"], name="one_away_date_per_student_and_meeting")]
