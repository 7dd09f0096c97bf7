"""The one way in which what students are asked about papers is written, for one pair or for thousands.

A number of queries that does not depend on how many pairs there are, whatever is written.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from courses.actions import stamp_grade_change
from courses.models import Course, Enrollment, Paper
from reviews.models import Assignment, AssignmentChange, ReviewRules, ReviewVersion, Source

TERMS = ("asks", "due_at", "round_id", "reason", "source")
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to hold for one student and one paper; blank `asks` means the course's rule, without a row."""

    paper: Paper
    reviewer_id: int
    asks: str = ""
    due_at: datetime | None = None
    round_id: int | None = None  # None: the paper's
    reason: str = ""
    source: str = Source.STAFF

    @property
    def pair(self) -> tuple[int, int]:
        return self.paper.pk, self.reviewer_id

    @property
    def terms(self) -> dict:
        return {name: getattr(self, name) for name in TERMS}


@dataclass(frozen=True, slots=True)
class Written:
    """A pair that was changed, and its terms before; None where there was no row."""

    wanted: Wanted
    before: dict | None


def lock_people(course: Course) -> Course:
    """Nobody joins or leaves the course, and no student's assignments, conflicts or preferences change, until the end.

    The course first, then its students by their ids: the order in which every other act takes these locks.
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    students = Enrollment.objects.students().filter(course=course).order_by("pk")
    list(students.select_for_update(no_key=True).values_list("pk", flat=True))
    return course


@transaction.atomic
def write_terms(*, rules: ReviewRules, wanted: Collection[Wanted], by: User | None) -> list[Written]:
    """Bring these pairs to what is wanted, and write down each change; the caller has locked the students.

    Says again which submitted versions were late: it depends on the deadline that now holds. Reads paper.meeting.
    """
    rows = _rows_of(rules.course_id, wanted)
    changed = [Written(each, _terms_of(rows.get(each.pair))) for each in wanted if _differs(each, rows.get(each.pair))]
    if not changed:
        return []
    _store(rules.course_id, changed, rows)
    rounds = rules.rounds.by_id
    AssignmentChange.objects.bulk_create(
        (
            AssignmentChange(
                paper_id=each.paper.pk,
                reviewer_id=each.reviewer_id,
                asks=each.asks,
                due_at=each.due_at,
                round_key=rounds[each.round_id].key if each.round_id else "",
                reason=each.reason,
                changed_by=by,
            )
            for each in (written.wanted for written in changed)
        ),
        batch_size=BATCH,
    )
    _tell_late_anew(rules, [written.wanted for written in changed])
    stamp_grade_change(enrollments={written.wanted.reviewer_id for written in changed}, seen_by_student=True)
    return changed


def _rows_of(course_id: int, wanted: Collection[Wanted]) -> dict[tuple[int, int], Assignment]:
    rows = Assignment.objects.filter(
        course=course_id,
        paper__in={each.paper.pk for each in wanted},
        reviewer__in={each.reviewer_id for each in wanted},
    )
    return {(row.paper_id, row.reviewer_id): row for row in rows.order_by()}


def _terms_of(row: Assignment | None) -> dict | None:
    return row and {name: getattr(row, name) for name in TERMS}


def _differs(wanted: Wanted, row: Assignment | None) -> bool:
    return _terms_of(row) != (wanted.terms if wanted.asks else None)


def _store(course_id: int, changed: list[Written], rows: dict[tuple[int, int], Assignment]) -> None:
    now, new, kept, gone = timezone.now(), [], [], []
    for written in changed:
        wanted, row = written.wanted, rows.get(written.wanted.pair)
        if not wanted.asks:
            gone.append(row.pk)
        elif row is None:
            new.append(
                Assignment(course_id=course_id, paper_id=wanted.paper.pk, reviewer_id=wanted.reviewer_id, **wanted.terms)
            )
        else:
            for name, value in (wanted.terms | {"changed_at": now}).items():
                setattr(row, name, value)
            kept.append(row)
    if gone:
        Assignment.objects.filter(pk__in=gone).delete()
    if kept:
        Assignment.objects.bulk_update(kept, [*TERMS, "changed_at"], batch_size=BATCH)
    if new:
        Assignment.objects.bulk_create(new, batch_size=BATCH)


def _tell_late_anew(rules: ReviewRules, changed: list[Wanted]) -> None:
    rounds = rules.rounds.by_id
    due_at = {
        each.pair: rules.times(each.paper, own_due_at=each.due_at, own_round=rounds.get(each.round_id)).due_at
        for each in changed
    }
    versions = ReviewVersion.objects.filter(
        review__paper__in={paper for paper, _ in due_at}, review__reviewer__in={reviewer for _, reviewer in due_at}
    )
    found = versions.order_by().values_list("pk", "review__paper", "review__reviewer", "submitted_at", "is_late")
    turned = {True: [], False: []}
    for pk, paper, reviewer, submitted_at, is_late in found:
        if (paper, reviewer) in due_at and (submitted_at > due_at[paper, reviewer]) != is_late:
            turned[not is_late].append(pk)
    for is_late, ids in turned.items():
        if ids:
            ReviewVersion.objects.filter(pk__in=ids).update(is_late=is_late)
