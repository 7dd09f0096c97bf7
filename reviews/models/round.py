"""Rounds: papers, or single assignments, whose reviews have deadlines and questions of their own."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import models
from django.db.models import Q

from core.kept import Kept
from courses.models import Course, Paper, key_validator

MOMENTS = ("opens", "due", "hard")


def before_meeting(course: Course, meeting_date: date, days: int, clock: time) -> datetime:
    """The moment so many days before the meeting's day, by the clock of the course's zone."""
    # In UTC, or adding the grace would be clock arithmetic, wrong in the night the clocks change.
    return course.at(meeting_date - timedelta(days=days), clock).astimezone(UTC)


def _moment_is_said_once(name: str) -> models.CheckConstraint:
    relative = {f"{name}_days_before": None, f"{name}_time": None}
    is_relative = {f"{name}_days_before__isnull": False, f"{name}_time__isnull": False, f"{name}_at": None}
    return models.CheckConstraint(condition=Q(**relative) | Q(**is_relative), name=f"round_{name}_is_said_once")


class Round(models.Model):
    """A round takes reviews from `opens` on; they are late after `due` and taken until `hard` and the grace are over.

    Each moment is absolute (`due_at`), or so many days before the paper's meeting by the clock of the course's zone
    (`due_days_before`, `due_time`), or neither: then a round is open from the start, due by the course's rule, and
    its soft deadline is the hard one as well. Without grace_minutes it has the course's grace.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="review_rounds")
    key = models.SlugField(max_length=60, validators=[key_validator])
    title = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    opens_at = models.DateTimeField(null=True, blank=True)
    opens_days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    opens_time = models.TimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    due_days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    due_time = models.TimeField(null=True, blank=True)
    hard_at = models.DateTimeField(null=True, blank=True)
    hard_days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    hard_time = models.TimeField(null=True, blank=True)
    grace_minutes = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="review_round_key_is_unique_in_course"),
            *map(_moment_is_said_once, MOMENTS),
        ]

    def __str__(self):
        return self.title or self.key

    def moment(self, name: str, course: Course, meeting_date: date) -> datetime | None:
        """When the round opens, is due or closes for a paper met on that day; None where it does not say."""
        days = getattr(self, f"{name}_days_before")
        if days is None:
            return getattr(self, f"{name}_at")
        return before_meeting(course, meeting_date, days, getattr(self, f"{name}_time"))


class PaperRound(models.Model):
    """The round in which a paper is reviewed by whoever is not assigned in another."""

    paper = models.OneToOneField(Paper, on_delete=models.CASCADE, primary_key=True, related_name="review_round")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="papers")


@dataclass(frozen=True, slots=True)
class Rounds:
    """A course's rounds, and which papers are in which."""

    by_id: dict[int, Round]
    of_papers: dict[int, int]

    def __bool__(self) -> bool:
        return bool(self.by_id)

    def of(self, paper_id: int, round_id: int | None = None) -> Round | None:
        """The round of an assignment that names one, and else the paper's."""
        return self.by_id.get(round_id or self.of_papers.get(paper_id))

    def by_key(self) -> dict[str, Round]:
        return {each.key: each for each in self.by_id.values()}


NO_ROUNDS = Rounds({}, {})
_kept = Kept(300)  # courses


def rounds_of(course_id: int, stamp: str) -> Rounds:
    """Kept by the stamp that the rules carry, so that a page asks the database once in a term; a blank one means none."""
    if not stamp:
        return NO_ROUNDS

    def load(_):
        rounds = {each.pk: each for each in Round.objects.filter(course=course_id)}
        papers = PaperRound.objects.filter(round__course=course_id).values_list("paper", "round")
        return {(course_id, stamp): Rounds(rounds, dict(papers))}

    return _kept.get_many([(course_id, stamp)], load)[course_id, stamp]
