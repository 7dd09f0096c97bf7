"""Staff bring back an earlier version of a review: a new version with its answers, and nothing is lost."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError, StaleVersion
from courses.actions import lock_enrollments, stamp_grade_change
from reviews.answers import words_of
from reviews.models import Field, FieldKind, FieldVisibility, Review, ReviewRules, ReviewVersion, Score
from reviews.queries.fields import fields_for

STALE = "Another version has become the current one since you opened this page. Nothing was restored."


@transaction.atomic
def restore_version(*, version: ReviewVersion, by: User, current: int | None) -> ReviewVersion:
    """Make a new current version with the answers of an earlier one; `current` is the number of the one it replaces.

    When it was submitted and whether it was late is taken over, so that restoring makes no review late; the reviewer's
    word on their name is left as it is. A draft that differs from what was submitted stays, or text would be lost.
    Raises StaleVersion when another version came between.
    """
    review = Review.objects.order_by("pk").select_for_update().get(pk=version.review_id)
    if review.current is None or review.current.number != current:
        raise StaleVersion(STALE, current=review)
    if version.number == current:
        raise DomainError(f"Version {current} is the current one already.", code="is_current")
    rules = ReviewRules.objects.filter(course=review.course_id).first()
    if rules is None:
        raise DomainError("This course asks for no reviews.", code="no_reviews")
    fields = fields_for(review.reviewer, review.paper, rules)
    # Whether it was late is taken over as it now stands: whoever gives more time holds the student and says it anew.
    lock_enrollments([review.reviewer_id])
    restored = _copy(ReviewVersion.objects.get(pk=version.pk), review, by)
    review.current = restored
    if review.has_unsubmitted_changes:
        review.save(update_fields=["current"])
    else:
        _take_into_draft(review, restored, fields)
    _rewrite_scores(review, restored)
    stamp_grade_change(enrollments=[review.reviewer_id], seen_by_student=True)
    return restored


def _copy(version: ReviewVersion, review: Review, by: User) -> ReviewVersion:
    return ReviewVersion.objects.create(
        review=review,
        number=review.current.number + 1,
        answers=version.answers,
        html=version.html,
        words=version.words,
        submitted_at=version.submitted_at,
        is_late=version.is_late,
        shows_name=review.current.shows_name,
        restored_from=version,
        restored_by=by,
        restored_at=timezone.now(),
    )


def _take_into_draft(review: Review, restored: ReviewVersion, fields: list[Field]) -> None:
    """An editor that is open keeps its text, and is told of this one when it saves."""
    review.answers = review.answers | restored.answers
    review.words = words_of(fields, review.answers)
    review.revision += 1
    review.saved_at = restored.restored_at
    review.save(update_fields=["current", "answers", "words", "revision", "saved_at"])


def _rewrite_scores(review: Review, restored: ReviewVersion) -> None:
    """By the scale of now, in which a score of then may count as another or as none."""
    review.scores.exclude(field__visible_to=FieldVisibility.STAFF_ONLY).delete()
    fields = Field.objects.filter(form__course=review.course_id, kind=FieldKind.SCORE)
    fields = fields.exclude(visible_to=FieldVisibility.STAFF_ONLY)
    given = ((field, field.counts_as(restored.answers.get(field.key))) for field in fields)
    Score.objects.bulk_create(Score(review=review, field=field, value=value) for field, value in given if value is not None)
