"""Every write to a review: saving the draft that is being typed, and submitting it."""

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError, StaleVersion
from courses.actions import stamp_grade_change
from courses.models import Enrollment, Paper
from reviews.answers import IncompleteReview, clean_answers, problems_of, rendered, words_of
from reviews.models import Field, FieldKind, Review, ReviewRules, ReviewVersion, Score

STALE = "This review was saved somewhere else since you opened it. Nothing was overwritten."


@transaction.atomic
def save_draft(*, paper: Paper, reviewer: Enrollment, answers: dict, revision: int | None) -> Review:
    """Keep the answers as the draft; allowed after the deadline too, so that nothing typed is ever lost.

    `revision` is the one the answers were typed on, 0 or None for the first. Raises StaleVersion when
    another save came between, unless it saved the same answers.
    """
    rules = _require_may_write(paper, reviewer)
    fields = active_fields(rules)
    cleaned = clean_answers(fields, answers)
    review = _locked(paper, reviewer)
    # What fields that are now retired once held stays in the draft.
    cleaned = {**{key: value for key, value in review.answers.items() if key not in cleaned}, **cleaned}
    if review.revision and review.answers == cleaned:
        return review
    if (revision or 0) != review.revision:
        raise StaleVersion(STALE, current=review)
    review.answers = cleaned
    review.revision += 1
    review.words = words_of(fields, cleaned)
    review.saved_at = timezone.now()
    review.has_unsubmitted_changes = review.current is None or review.current.answers != cleaned
    review.save(update_fields=["answers", "revision", "words", "saved_at", "has_unsubmitted_changes"])
    return review


def active_fields(rules: ReviewRules) -> list[Field]:
    """What the course's form asks now, in order."""
    return list(Field.objects.filter(form=rules.form_id, retired_at=None))


def _require_may_write(paper: Paper, reviewer: Enrollment) -> ReviewRules:
    """The course's rules; DomainError when this person may not review this paper."""
    if paper.course_id != reviewer.course_id:
        raise DomainError("This paper belongs to another course.", code="other_course")
    # Asked anew: the enrollment at hand may have been read before a withdrawal.
    if not Enrollment.objects.active().students().filter(pk=reviewer.pk).exists():
        raise DomainError("Only students who are in the course write reviews.", code="not_a_student")
    rules = ReviewRules.of(reviewer.course)
    if rules is None:
        raise DomainError("This course asks for no reviews.", code="no_reviews")
    if paper.meeting.is_holiday:
        raise DomainError("This paper's meeting does not take place, so it takes no reviews.", code="no_meeting")
    return rules


def _locked(paper: Paper, reviewer: Enrollment) -> Review:
    """The reviewer's row for the paper, made if need be (revision 0), locked until the transaction ends."""
    # Without joins: PostgreSQL would give the joined rows as they were before it waited for the lock.
    rows = Review.objects.select_for_update().filter(paper=paper, reviewer=reviewer)
    review = rows.first()
    if review is None:
        # Two first saves at once meet at the unique constraint; the loser waits and then finds the row.
        Review.objects.get_or_create(paper=paper, reviewer=reviewer, defaults={"course_id": paper.course_id})
        review = rows.get()
    review.paper, review.reviewer = paper, reviewer
    return review


@transaction.atomic
def submit_review(*, review: Review, revision: int | None) -> Review:
    """Hand in the draft as it stands at `revision`, as a new version that others may read.

    Submitting what is already in changes nothing. Raises StaleVersion, IncompleteReview, or DomainError
    (code "closed") once the grace is over; the draft is kept in every case.
    """
    review = _locked(review.paper, review.reviewer)
    rules = _require_may_write(review.paper, review.reviewer)
    if revision != review.revision:
        raise StaleVersion(STALE, current=review)
    if not review.has_unsubmitted_changes:
        return review
    now = timezone.now()
    _require_open(review, rules, now)
    fields = active_fields(rules)
    problems = problems_of(fields, review.answers)
    if problems:
        raise IncompleteReview(problems, {field.key: field.label for field in fields})
    review.current = _keep_version(review, fields, submitted_at=now, is_late=now > rules.due_at(review.paper))
    review.has_unsubmitted_changes = False
    review.save(update_fields=["current", "has_unsubmitted_changes"])
    _rewrite_scores(review, fields)
    stamp_grade_change(enrollments=[review.reviewer_id], seen_by_student=True)
    return review


def _require_open(review: Review, rules: ReviewRules, now) -> None:
    closes_at = rules.closes_at(review.paper)
    if now <= closes_at:
        return
    there = rules.course.local(closes_at)
    kept = "The version you submitted before stands." if review.is_submitted else "Your draft is kept."
    raise DomainError(
        f"Reviews of this paper closed on {there:%A} {there.day} {there:%B %Y} at {there:%H:%M} "
        f"({rules.course.time_zone}). {kept}",
        code="closed",
    )


def _keep_version(review: Review, fields: list[Field], *, submitted_at, is_late: bool) -> ReviewVersion:
    return ReviewVersion.objects.create(
        review=review,
        number=review.current.number + 1 if review.current else 1,
        answers=review.answers,
        html=rendered(fields, review.answers),
        words=review.words,
        submitted_at=submitted_at,
        is_late=is_late,
    )


def _rewrite_scores(review: Review, fields: list[Field]) -> None:
    review.scores.all().delete()
    Score.objects.bulk_create(
        Score(review=review, field=field, value=review.answers[field.key])
        for field in fields
        if field.kind == FieldKind.SCORE and review.answers.get(field.key) is not None
    )
