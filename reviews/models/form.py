"""Review forms and what they ask."""

import secrets
from collections.abc import Iterable

from django.db import models

from courses.models import Course, key_validator


def new_stamp() -> str:
    """Drawn, not counted: a restored backup would count to the same number again for other fields."""
    return secrets.token_hex(8)


class ReviewForm(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="review_forms")
    key = models.SlugField(max_length=60, validators=[key_validator])
    title = models.CharField(max_length=120, blank=True)
    stamp = models.CharField(max_length=16, default=new_stamp, editable=False)  # another one with every change of a field

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["course", "key"], name="review_form_key_is_unique_in_course")]

    def __str__(self):
        return self.title or self.key


class FieldKind(models.TextChoices):
    TEXT = "text", "Text"
    SCORE = "score", "Score"
    CHOICE = "choice", "Choice"
    CHOICES = "choices", "Several choices"
    CHECKBOX = "checkbox", "Checkbox"


class FieldVisibility(models.TextChoices):
    READERS = "readers", "Everyone who may read the review"
    STAFF = "staff", "Reviewer and staff"
    STAFF_ONLY = "staff_only", "Staff only"  # answered by staff too: no reviewer is asked it or learns of it


class FieldColours(models.TextChoices):
    """How the values of a score are coloured."""

    PLAIN = "plain", "All alike"
    HIGH = "high", "Green is the highest"
    LOW = "low", "Green is the lowest"


class FieldQuerySet(models.QuerySet):
    """Every way to write fields gives their forms a new stamp: what is kept of a form's fields is kept by it."""

    def update(self, **values):
        forms = list(self.order_by().values_list("form", flat=True).distinct())
        changed = super().update(**values)
        _restamp(forms)
        return changed

    def delete(self):
        forms = list(self.order_by().values_list("form", flat=True).distinct())
        deleted = super().delete()
        _restamp(forms)
        return deleted

    def bulk_create(self, objs, *args, **kwargs):
        created = super().bulk_create(objs, *args, **kwargs)
        _restamp({field.form_id for field in created})
        return created


def _restamp(forms: Iterable[int]) -> None:
    for form in forms:
        ReviewForm.objects.filter(pk=form).update(stamp=new_stamp())


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
    # Score: [{"value": 1, "label": "Reject"}, ...] in ascending order; choice(s): [{"value": "yes", "label": "Yes"}, ...].
    options = models.JSONField(default=list, blank=True)
    visible_to = models.CharField(max_length=10, choices=FieldVisibility, default=FieldVisibility.READERS)
    colours = models.CharField(max_length=10, choices=FieldColours, default=FieldColours.PLAIN)  # of a score
    # Asked only while the field with this key has one of these answers (true for a tick); blank: always.
    shown_when = models.SlugField(max_length=60, blank=True, db_index=False)
    shown_when_is = models.JSONField(default=list, blank=True)
    rounds = models.JSONField(default=list, blank=True)  # keys of the rounds that ask it; empty: all reviews do
    # Of a score: {value that was taken off the scale: the value that its answers count as now, or None}; keys are texts.
    moved = models.JSONField(default=dict, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = FieldQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["form", "key"], name="review_field_key_is_unique_in_form"),
            models.CheckConstraint(
                condition=models.Q(min_words=None) | models.Q(max_words=None) | models.Q(min_words__lte=models.F("max_words")),
                name="review_field_word_range_is_ordered",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=FieldKind.values), name="review_field_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(visible_to__in=FieldVisibility.values), name="review_field_readers_are_known"
            ),
            models.CheckConstraint(condition=models.Q(colours__in=FieldColours.values), name="review_field_colours_are_known"),
            models.CheckConstraint(condition=~models.Q(shown_when=models.F("key")), name="review_field_waits_for_another"),
        ]

    def __str__(self):
        return self.label

    @property
    def is_for_staff_only(self) -> bool:
        return self.visible_to == FieldVisibility.STAFF_ONLY

    def is_asked_in(self, round_key: str) -> bool:
        """Whether a review of this round asks it; the key is blank for a review outside all rounds."""
        return not self.rounds or round_key in self.rounds

    def counts_as(self, score: int | None) -> int | None:
        """The score of a submitted version by the scale of now."""
        offered, seen = {option["value"] for option in self.options}, set()
        while score not in offered and str(score) in self.moved and score not in seen:
            seen.add(score)
            score = self.moved[str(score)]
        return score

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        _restamp([self.form_id])

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        _restamp([self.form_id])
        return deleted
