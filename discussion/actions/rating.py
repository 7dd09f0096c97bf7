"""Rating somebody else's review, and taking that back."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from core.locking import lock_row
from courses.actions import stamp_grade_change
from courses.models import Enrollment
from discussion import policies
from discussion.actions.speaking import locked_speaker
from discussion.models import Rating, Reason, Verdict
from discussion.ratings import is_rated_bad
from reviews.models import Review


@transaction.atomic
def rate_review(*, review: Review, by: Enrollment, verdict: str, reasons: Iterable[str] = ()) -> Rating:
    """Say that the review is helpful, or that it needs work and why; in place of what the same reader said before."""
    by = locked_speaker(by)
    review = _readable(review, by)
    if not policies.may_rate(by, review):
        raise DomainError("Nobody rates a review of their own.", code="own_review")
    values = {"verdict": _verdict(verdict), "reasons": _reasons(verdict, set(reasons)), "rated_at": timezone.now()}
    with _grade_told(review):
        rating, _ = Rating.objects.update_or_create(review=review, rater=by, defaults=values)
    return rating


@transaction.atomic
def take_back_rating(*, review: Review, by: Enrollment) -> None:
    """Rate it no more; taking it back again changes nothing."""
    by = locked_speaker(by)
    review = _readable(review, by)
    with _grade_told(review):
        Rating.objects.filter(review=review, rater=by).delete()


@contextmanager
def _grade_told(review: Review) -> Iterator[None]:
    """A grade may rest on how many reviews are rated bad, so it is told when that changes, and not of each rating: the
    moment of one that is not shown would give it away."""
    # Of two raters at once, each would otherwise miss that both together change it.
    lock_row(Review.objects.select_for_update(no_key=True), review.pk)
    before = is_rated_bad(review)
    yield
    if is_rated_bad(review) != before:
        stamp_grade_change(enrollments=[review.reviewer_id], seen_by_student=True)


def _readable(review: Review, by: Enrollment) -> Review:
    found = Review.objects.visible_to(by).submitted().filter(pk=review.pk).first()
    if found is None:
        raise DomainError("This review is not open to you.", code="not_open")
    return found


def _verdict(verdict: str) -> str:
    if verdict not in Verdict.values:
        raise DomainError("Say whether the review is helpful or needs work.", field="verdict", code="bad_shape")
    return verdict


def _reasons(verdict: str, reasons: set[str]) -> list[str]:
    if reasons - set(Reason.values):
        raise DomainError(f"The reasons are {', '.join(Reason.values)}.", field="reasons", code="bad_shape")
    if verdict == Verdict.HELPFUL:
        return []
    if not reasons:
        raise DomainError("Choose at least one reason why it needs work.", field="reasons", code="no_reason")
    return [reason for reason in Reason.values if reason in reasons]
