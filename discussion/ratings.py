"""What the ratings of reviews add up to, and what of it one reader is shown."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from courses.models import Course, Enrollment
from discussion.models import Rating, Reason, Verdict
from reviews.models import Review
from reviews.policies import RATERS_TO_SHOW, sees_ratings


@dataclass(frozen=True, slots=True)
class RatingSum:
    """All ratings of one review together; never who gave which."""

    helpful: int
    needs_work: int
    reasons: tuple[tuple[str, int], ...]  # (value of Reason, how many named it), those that were named

    @property
    def raters(self) -> int:
        return self.helpful + self.needs_work

    @property
    def reasons_in_words(self) -> list[tuple[str, int]]:
        return [(Reason(value).label, count) for value, count in self.reasons]


@dataclass(frozen=True, slots=True)
class OwnRating:
    verdict: str
    reasons: tuple[str, ...]

    @property
    def words(self) -> str:
        why = ", ".join(Reason(value).label.lower() for value in self.reasons)
        return f"{Verdict(self.verdict).label}{': ' + why if why else ''}"


@dataclass(frozen=True, slots=True)
class ShownRatings:
    """`total` is None where it is not shown: that also hides whether there is a rating at all."""

    total: RatingSum | None
    own: OwnRating | None


def ratings_of(viewer: Enrollment, review_ids: Iterable[int]) -> dict[int, ShownRatings]:
    """{review id: what the viewer is shown}, of reviews that the viewer may read; one query."""
    given: dict[int, list[tuple[int, str, list]]] = defaultdict(list)
    rows = Rating.objects.filter(review__in=list(review_ids)).values_list("review_id", "rater_id", "verdict", "reasons")
    for review, *rating in rows:
        given[review].append(tuple(rating))
    return {review: _shown(viewer, given[review]) for review in review_ids}


def _shown(viewer: Enrollment, given: list[tuple[int, str, list]]) -> ShownRatings:
    own = next((OwnRating(verdict, tuple(reasons)) for rater, verdict, reasons in given if rater == viewer.pk), None)
    if not sees_ratings(viewer, raters=len(given)):
        return ShownRatings(None, own)
    named = Counter(reason for _, _, reasons in given for reason in reasons)
    helpful = sum(verdict == Verdict.HELPFUL for _, verdict, _ in given)
    reasons = tuple((reason.value, named[reason.value]) for reason in Reason if named[reason.value])
    return ShownRatings(RatingSum(helpful, len(given) - helpful, reasons), own)


def bad_review_counts(course: Course, *, only: Iterable[int] | None = None, at: datetime | None = None) -> dict[int, int]:
    """{enrollment id: how many of their reviews are rated bad}, zeros left out; one query."""
    return {reviewer: len(papers) for reviewer, papers in papers_reviewed_badly(course, only=only, at=at).items()}


def papers_reviewed_badly(
    course: Course, *, only: Iterable[int] | None = None, at: datetime | None = None
) -> dict[int, list[str]]:
    """{enrollment id: the keys of the papers of their reviews that are rated bad}; one query.

    Bad is what more than half of at least RATERS_TO_SHOW raters say needs work. So the count tells nothing of
    ratings that the author would not be shown. `at` leaves out what was rated later; who changed their mind did so later.
    """
    verdicts: dict[tuple[int, str], list[str]] = defaultdict(list)
    rows = Rating.objects.filter(review__course=course)
    if only is not None:
        rows = rows.filter(review__reviewer__in=only)
    if at is not None:
        rows = rows.filter(rated_at__lte=at)
    for reviewer, paper, verdict in rows.values_list("review__reviewer_id", "review__paper__key", "verdict"):
        verdicts[reviewer, paper].append(verdict)
    papers: dict[int, list[str]] = defaultdict(list)
    for (reviewer, paper), given in verdicts.items():
        if _is_bad(given):
            papers[reviewer].append(paper)
    return dict(papers)


def is_rated_bad(review: Review) -> bool:
    return _is_bad(list(Rating.objects.filter(review=review).values_list("verdict", flat=True)))


def _is_bad(given: list[str]) -> bool:
    return len(given) >= RATERS_TO_SHOW and 2 * given.count(Verdict.NEEDS_WORK) > len(given)
