"""Every write about shared passages: comparing a paper's reviews, and what people decide about a pair."""

import logging
from functools import partial

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.errors import DomainError, StaleVersion
from core.text import text_problem, tidy
from courses.models import Course, Enrollment, Paper
from reviews.models import Review
from similarity import policies, tasks
from similarity.compare import Overlap, overlaps
from similarity.models import MAX_NOTE, Comparison, Pair, Request
from similarity.queries import Frame, compared_papers, fingerprint, frame_of, progress_of
from similarity.shingles import document_of

logger = logging.getLogger(__name__)
MOST_PAIRS = 500  # of one paper, those that share most; a person reads no more
DECIDED = "Somebody else decided about this pair since you opened the page. Nothing was changed; what they wrote is shown."


@transaction.atomic
def compare_paper(*, paper: Paper, even_if_unchanged: bool = False) -> bool:
    """Bring the paper's pairs to its current versions; however often this runs, the same. Whether it compared anything."""
    Comparison.objects.get_or_create(paper=paper)
    comparison = Comparison.objects.select_for_update(no_key=True).get(pk=paper.pk)
    reviews = list(Review.objects.submitted().filter(paper=paper).select_related("current").order_by("pk"))
    versions = [review.current_id for review in reviews]
    now = fingerprint(len(versions), max(versions, default=0), sum(versions), paper.abstract)
    if comparison.fingerprint == now and not even_if_unchanged:
        return False
    _rewrite_pairs(comparison, reviews, frame_of(paper))
    comparison.fingerprint, comparison.compared_at = now, timezone.now()
    comparison.save(update_fields=["fingerprint", "compared_at"])
    return True


def _rewrite_pairs(comparison: Comparison, reviews: list[Review], frame: Frame) -> None:
    found = {(first, second): overlap for first, second, overlap in _found(reviews, frame)[:MOST_PAIRS]}
    # Locked: what somebody decides about a pair meanwhile waits, or it would be written over by what was read before.
    pairs = comparison.pairs.select_for_update(no_key=True).order_by("pk")
    existing = {(pair.first_id, pair.second_id): pair for pair in pairs}
    current = {review.pk: review.current_id for review in reviews}
    comparison.pairs.filter(pk__in=[pair.pk for key, pair in existing.items() if key not in found]).delete()
    kept, new = [], []
    for key, overlap in found.items():
        pair = existing.get(key) or Pair(comparison=comparison, first_id=key[0], second_id=key[1])
        _bring_up_to_date(pair, overlap, current)
        (kept if pair.pk else new).append(pair)
    Pair.objects.bulk_create(new)
    Pair.objects.bulk_update(kept, ["first_version", "second_version", "words", "share", "set_aside_at"], batch_size=100)


def _found(reviews: list[Review], frame: Frame) -> list[tuple[int, int | None, Overlap]]:
    """[(review id, review id or None for the paper's own text, what they share)], most shared first."""
    between = frame.between_reviews
    documents = [frame.document(review.current.answers, between) for review in reviews]
    found = [(reviews[each.first].pk, reviews[each.second].pk, each) for each in overlaps(documents)]
    if frame.abstract:
        beside = [*(frame.document(review.current.answers) for review in reviews), document_of({"abstract": frame.abstract})]
        with_paper = (each for each in overlaps(beside) if each.second == len(reviews))
        found += [(reviews[each.first].pk, None, each) for each in with_paper]
    return sorted(found, key=lambda each: (-each[2].share, -each[2].words))


def _bring_up_to_date(pair: Pair, overlap: Overlap, current: dict[int, int]) -> None:
    pair.first_version_id = current[pair.first_id]
    pair.second_version_id = current[pair.second_id] if pair.second_id else None
    pair.words, pair.share = overlap.words, overlap.share
    if pair.set_aside_at and pair.words > (pair.set_aside_words or 0):
        pair.set_aside_at = None  # there is more to look at than when somebody looked; their note stays


@transaction.atomic
def set_pair_aside(*, pair: Pair, by: Enrollment, note: str, revision: int | None) -> Pair:
    """Say that a person has looked and there is nothing to it. StaleVersion when another decided meanwhile."""
    pair = _locked(pair, by, revision)
    note = tidy(note).strip()
    if problem := text_problem(note, limit=MAX_NOTE):
        raise DomainError(problem, field="note", code="bad_text")
    pair.note, pair.set_aside_at, pair.set_aside_by_id, pair.set_aside_words = note, timezone.now(), by.user_id, pair.words
    return _decided(pair)


@transaction.atomic
def take_pair_up(*, pair: Pair, by: Enrollment, revision: int | None) -> Pair:
    """Undo setting it aside; the note stays."""
    pair = _locked(pair, by, revision)
    pair.set_aside_at = pair.set_aside_by_id = pair.set_aside_words = None
    return _decided(pair)


def _locked(pair: Pair, by: Enrollment, revision: int | None) -> Pair:
    # Without joins: PostgreSQL would give the joined rows as they were before it waited for the lock.
    locked = Pair.objects.select_for_update(no_key=True).filter(pk=pair.pk).first()
    if locked is None:
        raise DomainError("These two share nothing any more: a review was handed in anew.", code="gone")
    if not policies.may_see(Enrollment.objects.get(pk=by.pk), locked):
        raise DomainError("This pair is not yours to decide about.", code="not_for_you")
    if revision != locked.revision:
        raise StaleVersion(DECIDED, current=locked)
    return locked


def _decided(pair: Pair) -> Pair:
    pair.revision += 1
    pair.save(update_fields=["note", "set_aside_at", "set_aside_by", "set_aside_words", "revision"])
    return pair


@transaction.atomic
def request_comparison(*, course: Course, by: Enrollment) -> Request:
    """Have every paper of the course compared now, a task for each."""
    Request.objects.get_or_create(course=course, defaults={"asked_at": timezone.now()})
    request = Request.objects.select_for_update(no_key=True).get(pk=course.pk)
    if progress_of(course).is_running:
        raise DomainError("A comparison is running.", code="running")
    request.asked_at, request.asked_by_id = timezone.now(), by.user_id
    request.save(update_fields=["asked_at", "asked_by"])
    transaction.on_commit(partial(_queue, request, compared_papers(course)))
    return request


def _queue(request: Request, papers: list[int]) -> None:
    """A task for each paper. With the broker away nothing runs, and the page must not wait for it."""
    try:
        for paper in papers:
            tasks.compare.delay(paper, even_if_unchanged=True)
    except OperationalError as error:
        logger.error("The broker took no comparisons of course %s: %s", request.pk, error)
        Request.objects.filter(pk=request.pk).update(asked_by=None)
        raise DomainError(
            "The reviews cannot be compared right now. What is handed in is compared later.", code="away"
        ) from error
