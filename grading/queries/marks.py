"""The marks of a course, each audience's own view of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from courses.models import Course
from grading.models import Mark

Audience = Literal["staff", "student"]


class MarkSeen(NamedTuple):
    """A mark as its audience sees it. `is_released`: students see just these points and this comment."""

    points: Decimal
    comment: str
    is_released: bool
    work: str  # the work's address on the marking page: review-12


@dataclass(slots=True)
class Marks:
    by_review: dict[int, MarkSeen] = field(default_factory=dict)
    by_sign_up: dict[int, MarkSeen] = field(default_factory=dict)
    by_milestone: dict[tuple[int, int], MarkSeen] = field(default_factory=dict)  # (milestone id, team id)
    by_hand: dict[tuple[int, str], MarkSeen] = field(default_factory=dict)  # (enrollment id, component key)


TARGET = ("review_id", "sign_up_id", "milestone_id", "team_id", "enrollment_id", "component")


def marks_of(course: Course, *, audience: Audience) -> Marks:
    """For students, rows that are not released never leave the database."""
    marks = Marks()
    for review, sign_up, milestone, team, enrollment, component, points, comment, is_released in _rows(course, audience):
        if review:
            marks.by_review[review] = MarkSeen(points, comment, is_released, f"review-{review}")
        elif sign_up:
            marks.by_sign_up[sign_up] = MarkSeen(points, comment, is_released, f"presentation-{sign_up}")
        elif team:
            marks.by_milestone[milestone, team] = MarkSeen(points, comment, is_released, f"milestone-{milestone}-{team}")
        else:
            marks.by_hand[enrollment, component] = MarkSeen(points, comment, is_released, f"manual-{component}-{enrollment}")
    return marks


def _rows(course: Course, audience: Audience) -> Iterable[tuple]:
    rows = Mark.objects.filter(course=course).order_by()
    if audience == "student":
        seen = rows.filter(released_at__isnull=False, released_points__isnull=False)
        return ((*row, True) for row in seen.values_list(*TARGET, "released_points", "released_comment"))
    given = rows.filter(points__isnull=False)
    return (
        (*row[:8], row[8] is not None and row[6:8] == row[9:11])
        for row in given.values_list(*TARGET, "points", "comment", "released_at", "released_points", "released_comment")
    )
