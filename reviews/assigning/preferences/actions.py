"""Every write to a student's preferences, and until when students are asked for them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from django.db import transaction

from core.errors import DomainError
from courses.models import Course, Enrollment, Paper
from reviews.assigning.preferences.ordering import NoRoom, moved, placed
from reviews.models import Preference, PreferenceCall
from reviews.models.matching import STRONGEST
from reviews.queries import reviewable_papers

BATCH = 2000


@transaction.atomic
def call_for_preferences(*, course: Course, closes_at: datetime | None) -> None:
    """Ask the students until this moment; None asks no more. What they have said is kept either way."""
    if closes_at is None:
        PreferenceCall.objects.filter(course=course).delete()
        return
    PreferenceCall.objects.update_or_create(course=course, defaults={"closes_at": closes_at})


@transaction.atomic
def set_preferences(*, reviewer: Enrollment, values: Mapping[int, int | None]) -> None:
    """Keep what the student says: {paper id: -20 to 20}, None or 0 for no preference. All of it or nothing."""
    reviewer = locked_student(reviewer)
    _require_open(reviewer)
    for value in values.values():
        _check(value)
    known = set(reviewable_papers(reviewer.course).filter(pk__in=values).values_list("pk", flat=True))
    if unknown := set(values) - known:
        raise DomainError(f"{len(unknown)} of these papers are not on the course's list.", code="unknown_paper")
    _write(reviewer, values)


@transaction.atomic
def move_preference(*, reviewer: Enrollment, paper: Paper, up: bool) -> None:
    """Put the paper one place up or down in the student's order; at the end of the list nothing changes."""
    _reorder(reviewer, partial(moved, paper=paper.pk, up=up))


@transaction.atomic
def place_preference(*, reviewer: Enrollment, paper: Paper, beside: Paper, below: bool) -> None:
    """Put the paper directly below another in the student's order, or above it."""
    if beside.pk != paper.pk:
        _reorder(reviewer, partial(placed, paper=paper.pk, beside=beside.pk, below=below))


def _reorder(reviewer: Enrollment, order: Callable[[list[int], dict[int, int]], dict[int, int]]) -> None:
    """Keep what changes by `order(papers, values)`."""
    reviewer = locked_student(reviewer)
    _require_open(reviewer)
    papers = list(reviewable_papers(reviewer.course).values_list("pk", flat=True))
    values = dict(Preference.objects.filter(reviewer=reviewer).values_list("paper", "value"))
    try:
        changes = order(papers, values)
    except NoRoom:
        raise DomainError(
            f"The numbers from -{STRONGEST} to {STRONGEST} are all taken on one side; set some of them closer to 0 first.",
            code="no_room",
        ) from None
    _write(reviewer, changes)


def locked_student(reviewer: Enrollment) -> Enrollment:
    """The student as they now stand, locked, with the course at hand; DomainError for anybody else."""
    rows = Enrollment.objects.select_for_update(no_key=True).active().students()
    found = rows.filter(pk=reviewer.pk).first()
    if found is None:
        raise DomainError("Only students who are in the course review papers.", code="not_a_student")
    found.course = reviewer.course
    return found


def _check(value: int | None) -> None:
    if value is not None and not -STRONGEST <= value <= STRONGEST:
        raise DomainError(
            f"A preference is a whole number from -{STRONGEST} to {STRONGEST}; {value} is not.",
            field="value",
            code="out_of_range",
        )


def _require_open(reviewer: Enrollment) -> None:
    """Asked anew: the call at hand may have been read before the instructor closed it."""
    call = PreferenceCall.objects.filter(course=reviewer.course_id).first()
    if call is None or not call.is_open():
        raise DomainError("Preferences are closed; nothing was changed.", code="closed")


def _write(reviewer: Enrollment, values: Mapping[int, int | None]) -> None:
    """{paper id: value}; the caller has locked the student."""
    kept = {paper: value for paper, value in values.items() if value}
    Preference.objects.filter(reviewer=reviewer, paper__in=values.keys() - kept.keys()).delete()
    Preference.objects.bulk_create(
        (
            Preference(course_id=reviewer.course_id, paper_id=paper, reviewer_id=reviewer.pk, value=value)
            for paper, value in kept.items()
        ),
        update_conflicts=True,
        unique_fields=["reviewer", "paper"],
        update_fields=["value"],
        batch_size=BATCH,
    )
