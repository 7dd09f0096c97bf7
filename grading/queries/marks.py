"""The marks of a course, each audience's own view of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import repeat
from typing import Literal, NamedTuple

from django.db.models import Case, F, Q, QuerySet, Value, When

from courses.models import Course, Enrollment
from courses.policies import students_marked_by
from grading.models import Mark
from projects.models import TeamMember

Audience = Literal["staff", "student"]


class MarkSeen(NamedTuple):
    """A mark as its audience sees it. `is_released`: students see just these points and this comment."""

    points: Decimal
    comment: str
    is_released: bool
    work: str  # the work's address on the marking page: review-12
    levels: Sequence[dict] = ()  # of the rubric, as Mark.levels


@dataclass(slots=True)
class Marks:
    by_review: dict[int, MarkSeen] = field(default_factory=dict)
    by_sign_up: dict[int, MarkSeen] = field(default_factory=dict)
    by_milestone: dict[tuple[int, int], MarkSeen] = field(default_factory=dict)  # (milestone id, team id)
    by_member: dict[tuple[int, int], MarkSeen] = field(default_factory=dict)  # (milestone id, enrollment id)
    by_hand: dict[tuple[int, str], MarkSeen] = field(default_factory=dict)  # (enrollment id, component key)


TARGET = ("review_id", "sign_up_id", "milestone_id", "team_id", "enrollment_id", "component")


def marks_of(course: Course, *, audience: Audience, only: Collection[int] | None = None, with_levels: bool = False) -> Marks:
    """All marks, or those of the work of the enrollments in `only`; the levels of rubrics where `with_levels` asks for them.

    For students, rows that are not released never leave the database.
    """
    return by_work(_rows(course, audience, only, with_levels))


def by_work(rows: Iterable[tuple[tuple, Sequence]]) -> Marks:
    """`rows` are (TARGET with what MarkSeen has in front of the work's address, the levels)."""
    marks = Marks()
    for row, levels in rows:
        review, sign_up, milestone, team, enrollment, component, points, comment, is_released = row
        if review:
            marks.by_review[review] = MarkSeen(points, comment, is_released, f"review-{review}", levels)
        elif sign_up:
            marks.by_sign_up[sign_up] = MarkSeen(points, comment, is_released, f"presentation-{sign_up}", levels)
        elif team:
            work = f"milestone-{milestone}-{team}"
            marks.by_milestone[milestone, team] = MarkSeen(points, comment, is_released, work, levels)
        elif milestone:
            work = f"milestone-{milestone}-student-{enrollment}"
            marks.by_member[milestone, enrollment] = MarkSeen(points, comment, is_released, work, levels)
        else:
            work = f"manual-{component}-{enrollment}"
            marks.by_hand[enrollment, component] = MarkSeen(points, comment, is_released, work, levels)
    return marks


# Decided by the database: thousands of times and texts are not fetched just to be compared.
IS_RELEASED_AS_IT_STANDS = Q(
    released_at__isnull=False, released_points=F("points"), released_comment=F("comment"), released_levels=F("levels")
)


def _rows(
    course: Course, audience: Audience, only: Collection[int] | None, with_levels: bool
) -> Iterable[tuple[tuple, Sequence]]:
    """(the mark's target, points, comment and whether it is released; its levels)."""
    rows = Mark.objects.filter(course=course).order_by()
    if only is not None:
        rows = rows.filter(of_students(only))
    if audience == "student":
        seen = rows.filter(released_at__isnull=False, released_points__isnull=False).annotate(is_released=Value(True))
        return _listed(seen, ("released_points", "released_comment", "is_released"), with_levels and "released_levels")
    given = rows.filter(points__isnull=False).annotate(
        is_released=Case(When(IS_RELEASED_AS_IT_STANDS, then=True), default=False)
    )
    return _listed(given, ("points", "comment", "is_released"), with_levels and "levels")


def _listed(rows: QuerySet[Mark], fields: tuple[str, ...], levels: str | Literal[False]) -> Iterable[tuple[tuple, Sequence]]:
    if levels:
        return ((row[:-1], row[-1]) for row in rows.values_list(*TARGET, *fields, levels))
    return zip(rows.values_list(*TARGET, *fields), repeat(()))


def work_address(mark: Mark) -> str:
    """The address, on the marking page and in the API, of the work that a mark is for."""
    if mark.review_id:
        return f"review-{mark.review_id}"
    if mark.sign_up_id:
        return f"presentation-{mark.sign_up_id}"
    if mark.team_id:
        return f"milestone-{mark.milestone_id}-{mark.team_id}"
    if mark.milestone_id:
        return f"milestone-{mark.milestone_id}-student-{mark.enrollment_id}"
    return f"manual-{mark.component}-{mark.enrollment_id}"


def marks_visible_to(reader: Enrollment) -> QuerySet[Mark]:
    """For staff, the marks of work they mark; for a student, the released ones of their own work."""
    marks = Mark.objects.filter(course=reader.course_id).select_related("marked_by").order_by("pk")
    if reader.is_staff:
        return marks.filter(of_students(students_marked_by(reader)))
    if not reader.is_student:
        return marks.none()
    return marks.filter(of_students([reader.pk]), released_at__isnull=False, released_points__isnull=False)


def of_students(students, mark: str = "") -> Q:
    """The marks of these students' work; `mark` is the path to it, such as mark__."""
    teams = TeamMember.objects.filter(enrollment__in=students).values("team")
    return (
        Q(**{f"{mark}review__reviewer__in": students})
        | Q(**{f"{mark}sign_up__enrollment__in": students})
        | Q(**{f"{mark}enrollment__in": students})
        | Q(**{f"{mark}team__in": teams})
    )
