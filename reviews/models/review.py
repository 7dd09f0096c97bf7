"""Reviews, every submitted version, and the scores of the current one."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from courses.models import Course, Enrollment, Paper
from reviews.models.assignment import Assignment
from reviews.models.form import Field
from reviews.models.rules import ReviewRules, Visibility, closed_papers, papers_due_before

NOTHING = Q(pk__in=[])


class ReviewQuerySet(models.QuerySet):
    def submitted(self):
        return self.filter(current__isnull=False)

    def signed(self):
        """Those whose reviewer lets students see the name, where the course leaves it to them."""
        return self.filter(shows_name=True, current__shows_name=True)

    def visible_to(self, enrollment: Enrollment):
        """What this member may read: their own reviews, drafts included, and those that are open to them."""
        if not enrollment.is_active:
            return self.none()
        return self.filter(Q(reviewer=enrollment) | self._opened_to(enrollment), course=enrollment.course_id)

    def open_to(self, enrollment: Enrollment):
        """Submitted reviews of the papers whose reviews the rules have opened to this member."""
        if not enrollment.is_active:
            return self.none()
        return self.filter(self._opened_to(enrollment), course=enrollment.course_id)

    @staticmethod
    def _opened_to(enrollment: Enrollment) -> Q:
        """The set to `policies.may_read_others`; reads enrollment.course."""
        submitted = Q(current__isnull=False)
        rules = ReviewRules.of(enrollment.course)
        if enrollment.is_staff:
            return submitted
        if rules is None or rules.visibility == Visibility.NEVER:
            return NOTHING
        closed = closed_papers(rules, timezone.now())
        if not enrollment.is_student:
            return submitted & closed
        if rules.visibility == Visibility.ALWAYS:
            return submitted
        # Who was given more time reads the others' only when it is over.
        closed &= ~_with_own_time(enrollment, rules, "closes_at", timezone.now())
        if rules.visibility == Visibility.AFTER_DEADLINE:
            return submitted & closed
        own = Review.objects.submitted().filter(paper=OuterRef("paper"), reviewer=enrollment)
        own_is_in = Q(Exists(own))
        # What is owed is the queries' to say, and they are built on this module.
        from reviews.queries.owing import shut_from  # noqa: PLC0415

        if moment := shut_from(enrollment):
            own_is_in &= papers_due_before(rules, moment) & ~_with_own_time(enrollment, rules, "due_at", moment)
        return submitted & (closed | own_is_in)


def _with_own_time(enrollment: Enrollment, rules: ReviewRules, which: str, at: datetime) -> Q:
    """Papers for which a deadline or a round of the student's own is due, or closes (`which` of Times), at `at` or later."""
    own = Assignment.objects.filter(reviewer=enrollment)
    if not rules.rounds:
        least = at - rules.grace if which == "closes_at" else at
        return Q(Exists(own.filter(paper=OuterRef("paper"), due_at__gte=least)))
    rounds = rules.rounds.by_id
    rows = own.filter(Q(due_at__isnull=False) | Q(round__isnull=False)).select_related("paper__meeting").order_by()
    times = {row.paper_id: rules.times(row.paper, own_due_at=row.due_at, own_round=rounds.get(row.round_id)) for row in rows}
    return Q(paper__in=[paper for paper, each in times.items() if getattr(each, which) >= at])


def new_handle() -> str:
    return secrets.token_hex(8)


class Review(models.Model):
    """One reviewer's answers to one paper's form: the draft being typed, and what was last submitted.

    `answers` is {field key: str | int | bool | list[str] | None}. `revision` counts saves; a save must name the
    revision it was typed on. `current` is what everybody else sees; null until the first submission.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="reviews")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="reviews")
    answers = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    words = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)
    current = models.OneToOneField("ReviewVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    has_unsubmitted_changes = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    # What addresses and the API call the review, and its place in a list without names: random, because
    # the primary key would tell in which order people began to write.
    handle = models.CharField(max_length=16, unique=True, default=new_handle, editable=False)
    # Whether the reviewer wants their name shown, where the course leaves it to them. It is shown once a version that says
    # so is submitted, and hidden again as soon as this says no: taking a name back must not wait for a deadline.
    shows_name = models.BooleanField(default=False)
    # What staff answered to the fields that are theirs alone, by field key; the reviewer never sees it.
    staff_answers = models.JSONField(default=dict)
    staff_revision = models.PositiveIntegerField(default=0)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["paper", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "reviewer"], name="one_review_per_paper_and_reviewer"),
            models.CheckConstraint(
                condition=models.Q(current__isnull=False) | models.Q(has_unsubmitted_changes=True),
                name="review_without_submission_is_a_draft",
            ),
        ]

    def __str__(self):
        return f"Review {self.pk}"

    @property
    def is_submitted(self) -> bool:
        return self.current_id is not None


class ReviewVersion(models.Model):
    """What was submitted, kept for good. `html` holds the text answers rendered once: {field key: HTML}."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    answers = models.JSONField()
    html = models.JSONField(default=dict)
    words = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(default=timezone.now)
    is_late = models.BooleanField(default=False)
    shows_name = models.BooleanField(default=False)
    # Where staff brought an earlier version back: which, who and when; `submitted_at` is when that one was submitted.
    restored_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    restored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    restored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="review_version_number_is_unique"),
            models.CheckConstraint(
                condition=models.Q(restored_from=None, restored_at=None)
                | models.Q(restored_from__isnull=False, restored_at__isnull=False),
                name="restored_review_version_has_a_time",
            ),
        ]


class Score(models.Model):
    """One score of a review's current version, kept as a row so that the database can add up a paper's scores."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="scores")
    value = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "field"], name="one_score_per_review_and_field")]
