"""Review forms, the rules they are asked under, reviews and every submitted version."""

import secrets
from datetime import UTC, date, datetime, time, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from courses.models import Course, Enrollment, Paper, key_validator


class ReviewForm(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="review_forms")
    key = models.SlugField(max_length=60, validators=[key_validator])
    title = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["course", "key"], name="review_form_key_is_unique_in_course")]

    def __str__(self):
        return self.title or self.key


class FieldKind(models.TextChoices):
    TEXT = "text", "Text"
    SCORE = "score", "Score"
    CHOICE = "choice", "Choice"
    CHECKBOX = "checkbox", "Checkbox"


class FieldVisibility(models.TextChoices):
    READERS = "readers", "Everyone who may read the review"
    STAFF = "staff", "Reviewer and staff"


class Field(models.Model):
    """One thing the form asks. A field with answers is retired, never deleted."""

    form = models.ForeignKey(ReviewForm, on_delete=models.CASCADE, related_name="fields")
    key = models.SlugField(max_length=60, validators=[key_validator])
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=FieldKind, default=FieldKind.TEXT)
    description = models.TextField(blank=True)
    is_required = models.BooleanField(default=True)
    min_words = models.PositiveIntegerField(null=True, blank=True)
    max_words = models.PositiveIntegerField(null=True, blank=True)
    # Score: [{"value": 1, "label": "Reject"}, ...] in ascending order; choice: [{"value": "yes", "label": "Yes"}, ...].
    options = models.JSONField(default=list, blank=True)
    visible_to = models.CharField(max_length=10, choices=FieldVisibility, default=FieldVisibility.READERS)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["form", "key"], name="review_field_key_is_unique_in_form"),
            models.CheckConstraint(
                condition=models.Q(min_words=None) | models.Q(max_words=None) | models.Q(min_words__lte=models.F("max_words")),
                name="review_field_word_range_is_ordered",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=FieldKind.values), name="review_field_kind_is_known"),
        ]

    def __str__(self):
        return self.label


class Visibility(models.TextChoices):
    """When a student may read the others' reviews of a paper."""

    AFTER_OWN = "after_own", "Once their own is submitted or its deadline has passed"
    AFTER_DEADLINE = "after_deadline", "After the deadline"
    ALWAYS = "always", "Always"
    NEVER = "never", "Never"


class Names(models.TextChoices):
    """Whether students see who wrote another student's review."""

    SHOWN = "shown", "Names are shown"
    HIDDEN = "hidden", "Names are hidden from students"


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

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(max_points__gt=0), name="review_max_points_is_positive"),
            models.CheckConstraint(condition=models.Q(visibility__in=Visibility.values), name="review_visibility_is_known"),
            models.CheckConstraint(condition=models.Q(names__in=Names.values), name="review_names_is_known"),
        ]

    @staticmethod
    def of(course: Course) -> "ReviewRules | None":
        """The rules of a course, None when it asks for no reviews; asked for once per course object."""
        return getattr(course, "review_rules", None)

    @property
    def grace(self) -> timedelta:
        return timedelta(minutes=self.grace_minutes)

    def due_at(self, paper: Paper) -> datetime:
        """When the paper's review is due; reads paper.meeting."""
        return paper.review_due_at or self._due_on(paper.meeting.date)

    def closes_at(self, paper: Paper) -> datetime:
        """The end of the grace: a review is taken up to and at this moment."""
        return self.due_at(paper) + self.grace

    def _due_on(self, meeting_date: date) -> datetime:
        # In UTC, or adding the grace would be clock arithmetic, wrong in the night the clocks change.
        return self.course.at(meeting_date - timedelta(days=self.due_days_before), self.due_time).astimezone(UTC)

    def last_closed_date(self, now: datetime) -> date:
        """The latest meeting date whose reviews had closed by `now`, so that the database can compare dates."""
        limit = now - self.grace
        day = self.course.local(limit).date() + timedelta(days=self.due_days_before + 1)
        while self._due_on(day) >= limit:
            day -= timedelta(days=1)
        return day


def closed_papers(rules: ReviewRules, now: datetime) -> Q:
    """Reviews of papers whose deadline and grace are over; says the same as `rules.closes_at(paper) < now`."""
    own_deadline = Q(paper__review_due_at__lt=now - rules.grace)
    by_rule = Q(paper__review_due_at=None, paper__meeting__date__lte=rules.last_closed_date(now))
    return own_deadline | by_rule


NOTHING = Q(pk__in=[])


class ReviewQuerySet(models.QuerySet):
    def submitted(self):
        return self.filter(current__isnull=False)

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
        if not enrollment.is_student or rules.visibility == Visibility.AFTER_DEADLINE:
            return submitted & closed
        if rules.visibility == Visibility.ALWAYS:
            return submitted
        own = Review.objects.submitted().filter(paper=OuterRef("paper"), reviewer=enrollment)
        return submitted & (closed | Exists(own))


def new_handle() -> str:
    return secrets.token_hex(8)


class Review(models.Model):
    """One reviewer's answers to one paper's form: the draft being typed, and what was last submitted.

    `answers` is {field key: str | int | bool | None}. `revision` counts saves; a save must name the
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

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["review", "number"], name="review_version_number_is_unique")]


class Score(models.Model):
    """One score of a review's current version, kept as a row so that the database can add up a paper's scores."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="scores")
    value = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "field"], name="one_score_per_review_and_field")]
