"""How a course asks for reviews: which form, by when, how many, who reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course, Paper
from reviews.models.form import ReviewForm, new_stamp
from reviews.models.round import Round, Rounds, before_meeting, rounds_of


class Visibility(models.TextChoices):
    """When a student may read the others' reviews of a paper."""

    AFTER_OWN = "after_own", "Once their own is submitted or its deadline has passed"
    AFTER_DEADLINE = "after_deadline", "After the deadline"
    AFTER_MINE = "after_mine", "Once all that they owe by its deadline is submitted, or it has passed"
    ALWAYS = "always", "Always"
    NEVER = "never", "Never"


class Names(models.TextChoices):
    """Whether students see who wrote another student's review; staff always do."""

    SHOWN = "shown", "Names are shown"
    DATED = "dated", "Names are hidden from students until a date"
    HIDDEN = "hidden", "Names are hidden from students"
    CHOICE = "choice", "Each reviewer says whether theirs is shown"


class Who(models.TextChoices):
    """Whom the course asks for a review of a paper."""

    EVERYBODY = "everybody", "Every student reviews every paper"
    CHOSEN = "chosen", "Students choose what they review"
    ASSIGNED = "assigned", "Staff or the portal assign the reviews"


@dataclass(frozen=True, slots=True)
class Times:
    """When a review is taken: from `opens_at` (None: from the start), late after `due_at`, up to and at `closes_at`."""

    opens_at: datetime | None
    due_at: datetime
    closes_at: datetime


class WithForm(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("form")


class ReviewRules(models.Model):
    """How a course asks for reviews: which form, by when, how many, who reads them."""

    course = models.OneToOneField(Course, on_delete=models.CASCADE, primary_key=True, related_name="review_rules")
    form = models.ForeignKey(ReviewForm, on_delete=models.PROTECT, related_name="+")
    due_days_before = models.PositiveSmallIntegerField(default=1)  # days before the meeting
    due_time = models.TimeField(default=time(23, 59))  # in the course's zone
    grace_minutes = models.PositiveIntegerField(default=0)
    required_count = models.PositiveSmallIntegerField(null=True, blank=True)  # null: every paper
    max_points = models.DecimalField(max_digits=6, decimal_places=2, default=10)  # a mark's upper end
    visibility = models.CharField(max_length=16, choices=Visibility, default=Visibility.AFTER_OWN)
    names = models.CharField(max_length=8, choices=Names, default=Names.HIDDEN)
    names_from = models.DateTimeField(null=True, blank=True)  # when dated names are shown
    who = models.CharField(max_length=10, choices=Who, default=Who.EVERYBODY)
    presenters_are_exempt = models.BooleanField(default=False)  # from reviewing the paper they present
    # Another one with every change of the course's rounds and of what is in them; blank: there are none.
    rounds_stamp = models.CharField(max_length=16, blank=True, editable=False)

    objects = models.Manager()
    with_form = WithForm()

    class Meta:
        base_manager_name = "with_form"  # `course.review_rules` brings the form along
        constraints = [
            models.CheckConstraint(condition=models.Q(who__in=Who.values), name="review_who_is_known"),
            models.CheckConstraint(condition=models.Q(max_points__gt=0), name="review_max_points_is_positive"),
            models.CheckConstraint(condition=models.Q(visibility__in=Visibility.values), name="review_visibility_is_known"),
            models.CheckConstraint(condition=models.Q(names__in=Names.values), name="review_names_is_known"),
            models.CheckConstraint(
                condition=models.Q(names=Names.DATED, names_from__isnull=False)
                | (~models.Q(names=Names.DATED) & models.Q(names_from=None)),
                name="review_names_have_a_date_if_dated",
            ),
        ]

    @staticmethod
    def of(course: Course) -> "ReviewRules | None":
        """The rules of a course, None when it asks for no reviews; asked for once per course object."""
        return getattr(course, "review_rules", None)

    @property
    def grace(self) -> timedelta:
        return timedelta(minutes=self.grace_minutes)

    @property
    def rounds(self) -> Rounds:
        return rounds_of(self.course_id, self.rounds_stamp)

    def round_of(self, paper: Paper, round_id: int | None = None) -> Round | None:
        """The round in which the paper is reviewed; `round_id` is that of an assignment, which comes first."""
        return self.rounds.of(paper.pk, round_id)

    def times(
        self, paper: Paper, *, in_round: Round | None = None, own_round: Round | None = None, own_due_at: datetime | None = None
    ) -> Times:
        """When the paper's reviews are taken; reads paper.meeting.

        `in_round` is the paper's round, where it is at hand; a student's own round and a deadline of their own come first.
        """
        its_own = None if own_round else paper.review_due_at
        round = own_round or in_round or self.round_of(paper)
        opens_at, due_at, hard_at = (
            round.moment(name, self.course, paper.meeting.date) if round else None for name in ("opens", "due", "hard")
        )
        due_at = own_due_at or its_own or due_at or self._due_on(paper.meeting.date)
        return Times(opens_at, due_at, max(due_at, hard_at or due_at) + self._grace_of(round))

    def shows_every_name(self, now: datetime | None = None) -> bool:
        """Whether students see who wrote a review, whoever it was."""
        if self.names == Names.DATED:
            return self.names_from <= (now or timezone.now())
        return self.names == Names.SHOWN

    def due_at(self, paper: Paper) -> datetime:
        """When the paper's review is due; reads paper.meeting."""
        return self.times(paper).due_at

    def closes_at(self, paper: Paper) -> datetime:
        """The end of the grace: a review is taken up to and at this moment."""
        return self.times(paper).closes_at

    def _grace_of(self, round: Round | None) -> timedelta:
        if round is None or round.grace_minutes is None:
            return self.grace
        return timedelta(minutes=round.grace_minutes)

    def _due_on(self, meeting_date: date) -> datetime:
        return before_meeting(self.course, meeting_date, self.due_days_before, self.due_time)

    def last_closed_date(self, now: datetime) -> date:
        """The latest meeting date whose reviews had closed by `now`, so that the database can compare dates."""
        limit = now - self.grace
        day = self.course.local(limit).date() + timedelta(days=self.due_days_before + 1)
        while self._due_on(day) >= limit:
            day -= timedelta(days=1)
        return day


def closed_papers(rules: ReviewRules, now: datetime) -> Q:
    """Reviews of papers whose deadline and grace are over; says the same as `rules.closes_at(paper) < now`."""
    return _papers_by_time(rules, now, lambda paper: rules.closes_at(paper) < now)


def papers_due_before(rules: ReviewRules, moment: datetime) -> Q:
    """Reviews of papers that are due before the moment; says the same as `rules.due_at(paper) < moment`."""
    return _papers_by_time(rules, moment + rules.grace, lambda paper: rules.due_at(paper) < moment)


def _papers_by_time(rules: ReviewRules, now: datetime, is_over: Callable[[Paper], bool]) -> Q:
    """Of papers outside all rounds those that close before `now`, compared in the database; in rounds, those that `is_over`.

    A query for the papers of the rounds, where a course has any.
    """
    own_deadline = Q(paper__review_due_at__lt=now - rules.grace)
    by_rule = Q(paper__review_due_at=None, paper__meeting__date__lte=rules.last_closed_date(now))
    in_rounds = rules.rounds.of_papers
    if not in_rounds:
        return own_deadline | by_rule
    papers = Paper.objects.filter(pk__in=in_rounds).select_related("meeting").order_by()
    over = [paper.pk for paper in papers if is_over(paper)]
    return (~Q(paper__in=in_rounds) & (own_deadline | by_rule)) | Q(paper__in=over)


def restamp_rounds(course: Course) -> None:
    """To be called after every write to the course's rounds."""
    stamp = new_stamp() if Round.objects.filter(course=course).exists() else ""
    ReviewRules.objects.filter(course=course).update(rounds_stamp=stamp)
