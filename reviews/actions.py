"""Every write to a review: saving the draft that is being typed, and submitting it."""

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError, StaleVersion
from core.locking import lock_row
from courses.actions import lock_enrollments, stamp_grade_change
from courses.models import Enrollment, Paper
from reviews.answers import (
    IncompleteReview,
    as_submitted,
    clean_answers,
    is_blank,
    problems_of,
    rendered,
    shown_fields,
    words_of,
)
from reviews.models import Field, FieldKind, FieldVisibility, Review, ReviewRules, ReviewVersion, Score, Times, Who
from reviews.policies import asks_for_names
from reviews.queries.fields import asked_fields, fields_for, staff_fields
from reviews.queries.terms import round_of, terms_of, times_of

STALE = "This review was saved somewhere else since you opened it. Nothing was overwritten."


@transaction.atomic
def save_draft(
    *, paper: Paper, reviewer: Enrollment, answers: dict, revision: int | None, shows_name: bool | None = None
) -> Review:
    """Keep the answers as the draft; allowed after the deadline too, so that nothing typed is ever lost.

    `shows_name` is the reviewer's choice where the course leaves it to them, None to leave it as it is.

    `revision` is the one the answers were typed on, 0 or None for the first. Raises StaleVersion when
    another save came between, unless it saved the same answers.
    """
    rules = _require_may_write(paper, reviewer)
    if shows_name is not None and not asks_for_names(rules):
        raise DomainError("This course does not leave it to reviewers.", field="shows_name", code="bad_shape")
    fields = fields_for(reviewer, paper, rules)
    cleaned = clean_answers(fields, answers)
    review = locked_review(paper, reviewer)
    # What fields that are now retired once held stays in the draft.
    cleaned = {**{key: value for key, value in review.answers.items() if key not in cleaned}, **cleaned}
    shows_name = review.shows_name if shows_name is None else shows_name
    if review.revision and review.answers == cleaned and review.shows_name == shows_name:
        return review
    if (revision or 0) != review.revision:
        raise StaleVersion(STALE, current=review)
    review.answers, review.shows_name = cleaned, shows_name
    review.revision += 1
    review.words = words_of(fields, cleaned)
    review.saved_at = timezone.now()
    review.has_unsubmitted_changes = _differs_from_current(review, fields)
    review.save(update_fields=["answers", "shows_name", "revision", "words", "saved_at", "has_unsubmitted_changes"])
    return review


def _differs_from_current(review: Review, fields: list[Field]) -> bool:
    current = review.current
    if current is None or current.answers != as_submitted(fields, review.answers):
        return True
    return current.shows_name != review.shows_name


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
    if rules.who != Who.EVERYBODY and not _is_asked(paper, reviewer):
        raise DomainError("You are not asked to review this paper.", code="not_asked")
    return rules


def _is_asked(paper: Paper, reviewer: Enrollment) -> bool:
    """What was begun may be finished, also when the paper has been taken from the student since."""
    if terms_of(reviewer, paper).asks is not None:
        return True
    return Review.objects.filter(paper=paper, reviewer=reviewer, revision__gt=0).exists()


def locked_review(paper: Paper, reviewer: Enrollment) -> Review:
    """The reviewer's row for the paper, made if need be (revision 0), locked until the transaction ends."""
    # Without joins, and so not in the usual order, which goes by the meeting: PostgreSQL would give the joined rows as they
    # were before it waited for the lock, and lock them too.
    rows = Review.objects.order_by("pk").select_for_update().filter(paper=paper, reviewer=reviewer)
    review = rows.first()
    if review is None:
        # Held until the review is in, or the removal of the paper at this moment would fail it only when it commits.
        if not Paper.objects.select_for_update(no_key=True).filter(pk=paper.pk).exists():
            raise DomainError("This paper has just been taken off the reading list, so it takes no reviews.", code="no_paper")
        # Two first saves at once meet at the unique constraint; the loser waits and then finds the row.
        Review.objects.get_or_create(paper=paper, reviewer=reviewer, defaults={"course_id": paper.course_id})
        review = rows.get()
    review.paper, review.reviewer = paper, reviewer
    return review


@transaction.atomic
def submit_review(*, review: Review, revision: int | None) -> Review:
    """Hand in the draft as it stands at `revision`, as a new version that others may read.

    Submitting what is already in changes nothing. Raises StaleVersion, IncompleteReview, or DomainError
    (codes "not_open", and "closed" once the grace is over); the draft is kept in every case.
    """
    review = locked_review(review.paper, review.reviewer)
    rules = _require_may_write(review.paper, review.reviewer)
    if revision != review.revision:
        raise StaleVersion(STALE, current=review)
    if not review.has_unsubmitted_changes:
        return review
    # Whoever gives more time holds the student and says anew what was late: before this version is there, or after.
    lock_enrollments([review.reviewer_id])
    terms, now = terms_of(review.reviewer, review.paper), timezone.now()
    times = times_of(rules, review.paper, terms)
    _require_open(review, rules, times, now)
    fields = asked_fields(rules, round_of(rules, review.paper, terms))
    problems = problems_of(fields, review.answers)
    if problems:
        raise IncompleteReview(problems, {field.key: field.label for field in fields})
    review.current = keep_version(review, fields, submitted_at=now, is_late=now > times.due_at)
    review.has_unsubmitted_changes = False
    review.save(update_fields=["current", "has_unsubmitted_changes"])
    rewrite_scores(review, fields)
    stamp_grade_change(enrollments=[review.reviewer_id], seen_by_student=True)
    return review


def _require_open(review: Review, rules: ReviewRules, times: Times, now) -> None:
    kept = "The version you submitted before stands." if review.is_submitted else "Your draft is kept."
    if times.opens_at and now < times.opens_at:
        raise DomainError(f"Reviews of this paper open on {_there(rules, times.opens_at)}. {kept}", code="not_open")
    if now > times.closes_at:
        raise DomainError(f"Reviews of this paper closed on {_there(rules, times.closes_at)}. {kept}", code="closed")


def _there(rules: ReviewRules, moment) -> str:
    there = rules.course.local(moment)
    return f"{there:%A} {there.day} {there:%B %Y} at {there:%H:%M} ({rules.course.time_zone})"


def keep_version(review: Review, fields: list[Field], *, submitted_at, is_late: bool) -> ReviewVersion:
    shown = shown_fields(fields, review.answers)
    return ReviewVersion.objects.create(
        review=review,
        number=review.current.number + 1 if review.current else 1,
        answers=as_submitted(fields, review.answers),
        html=rendered(shown, review.answers),
        words=words_of(shown, review.answers),
        submitted_at=submitted_at,
        is_late=is_late,
        shows_name=review.shows_name,
    )


def rewrite_scores(review: Review, fields: list[Field]) -> None:
    review.scores.exclude(field__visible_to=FieldVisibility.STAFF_ONLY).delete()
    given = review.current.answers
    Score.objects.bulk_create(
        Score(review=review, field=field, value=given[field.key])
        for field in fields
        if field.kind == FieldKind.SCORE and given.get(field.key) is not None
    )


@transaction.atomic
def save_staff_answers(*, review: Review, answers: dict, revision: int) -> Review:
    """Keep what staff answer about a submitted review; `revision` is that of the staff answers they were typed on.

    They need not be complete. Raises StaleVersion when somebody else saved in between, unless it was the same.
    """
    review = lock_row(Review.objects.select_for_update(), review.pk)
    if not review.is_submitted:
        raise DomainError("This review is not submitted yet.", code="not_submitted")
    fields = staff_fields(ReviewRules.objects.get(course=review.course_id))
    cleaned = {**review.staff_answers, **clean_answers(fields, answers)}
    if review.staff_revision and review.staff_answers == cleaned:
        return review
    if revision != review.staff_revision:
        raise StaleVersion("Somebody saved these fields since you opened them. Nothing was overwritten.", current=review)
    _refuse_what_is_not_offered(fields, cleaned)
    review.staff_answers = cleaned
    review.staff_revision += 1
    review.save(update_fields=["staff_answers", "staff_revision"])
    scores = [field for field in fields if field.kind == FieldKind.SCORE]
    review.scores.filter(field__in=scores).delete()
    given = ((field, cleaned.get(field.key)) for field in scores)
    Score.objects.bulk_create(Score(review=review, field=field, value=value) for field, value in given if value is not None)
    return review


def _refuse_what_is_not_offered(fields: list[Field], answers: dict) -> None:
    for field in fields:
        if not is_blank(answers.get(field.key)) and (said := problems_of([field], answers).get(field.key)):
            raise DomainError(f"{field.label}: {' '.join(said)}", field=field.key, code="bad_answer")
