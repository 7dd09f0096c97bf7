"""Reviews that were written elsewhere, as an import brings them in: drafts stay drafts, times of submission are kept."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from courses.actions import stamp_grade_change
from courses.models import Enrollment, Paper
from reviews.actions import keep_version, locked_review, rewrite_scores
from reviews.answers import words_of
from reviews.models import Field, Review, ReviewRules
from reviews.queries.terms import terms_of, times_of


@transaction.atomic
def bring_in_review(
    *,
    paper: Paper,
    reviewer: Enrollment,
    rules: ReviewRules,
    fields: list[Field],
    answers: dict,
    submitted_at: datetime | None,
    handle: str,
) -> Review:
    """The review as it was elsewhere; a draft where `submitted_at` is None. `fields` may be retired ones.

    What is here already is never written over: DomainError with the code "exists". What the form asks for and deadlines do
    not refuse what another system has taken; late is recorded as late.
    """
    review = locked_review(paper, reviewer)
    if review.revision:
        raise DomainError("This review exists here. It was left as it is.", code="exists")
    review.answers, review.revision, review.handle = answers, 1, handle
    review.words, review.saved_at = words_of(fields, answers), submitted_at or timezone.now()
    if submitted_at is not None:
        late = submitted_at > times_of(rules, paper, terms_of(reviewer, paper)).due_at
        review.current = keep_version(review, fields, submitted_at=submitted_at, is_late=late)
        review.has_unsubmitted_changes = False
    review.save()
    if review.current:
        rewrite_scores(review, fields)
        stamp_grade_change(enrollments=[reviewer.pk], seen_by_student=True)
    return review
