"""Marks as they stood at an earlier moment, rebuilt from what the append-only history says of each."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from courses.models import Course
from grading.models import ChangeKind, MarkChange
from grading.queries.marks import TARGET, Audience, Marks, by_work, of_students


class Content(NamedTuple):
    points: Decimal | None = None
    comment: str = ""
    levels: list = []  # noqa: RUF012 - never changed: a row's own value takes its place

    @property
    def is_blank(self) -> bool:
        """A release of this withdraws what students saw."""
        return self.points is None and not self.comment


class Milestone(NamedTuple):
    key: str


@dataclass(slots=True)
class PastMark:
    """Has what is read of a Mark to say what of it is released; `target` is in TARGET's order."""

    target: tuple
    milestone: Milestone
    given: Content = field(default_factory=Content)
    shown: Content = field(default_factory=Content)
    released_at: datetime | None = None

    def take(self, kind: str, after: Content, at: datetime) -> None:
        if kind == ChangeKind.MARKED:
            self.given = after
        else:
            self.shown = after
            self.released_at = at if kind == ChangeKind.RELEASED and not after.is_blank else None

    review_id = property(lambda self: self.target[0])
    sign_up_id = property(lambda self: self.target[1])
    milestone_id = property(lambda self: self.target[2])
    component = property(lambda self: self.target[5])
    points = property(lambda self: self.given.points)
    comment = property(lambda self: self.given.comment)
    released_points = property(lambda self: self.shown.points)
    released_comment = property(lambda self: self.shown.comment)
    has_other_levels = property(lambda self: self.given.levels != self.shown.levels)


FIELDS = ("mark_id", "kind", "points_after", "comment_after", "levels_after", "changed_at", "mark__milestone__key")


def past_marks(course: Course, at: datetime, *, only: Collection[int] | None = None) -> list[PastMark]:
    """Every mark that there was by that moment; one query. The changes of one mark are in their order by key."""
    changes = MarkChange.objects.filter(mark__course=course, changed_at__lte=at).order_by("pk")
    if only is not None:
        changes = changes.filter(of_students(only, "mark__"))
    marks: dict[int, PastMark] = {}
    rows = changes.values_list(*FIELDS, *(f"mark__{name}" for name in TARGET))
    for pk, kind, points, comment, levels, changed_at, milestone, *target in rows:
        mark = marks.get(pk)
        if mark is None:
            mark = marks[pk] = PastMark(tuple(target), Milestone(milestone))
        mark.take(kind, Content(points, comment, levels), changed_at)
    return list(marks.values())


def marks_at(
    course: Course, at: datetime, *, audience: Audience, only: Collection[int] | None = None, with_levels: bool = False
) -> Marks:
    """As `marks_of`, at an earlier moment."""
    return by_work(_rows(past_marks(course, at, only=only), audience, with_levels))


def _rows(marks: Iterable[PastMark], audience: Audience, with_levels: bool) -> Iterable[tuple]:
    for mark in marks:
        seen = mark.given if audience == "staff" else mark.shown
        is_released = mark.released_at is not None and seen == mark.shown
        if seen.points is not None and (audience == "staff" or is_released):
            yield (*mark.target, seen.points, seen.comment, is_released, seen.levels if with_levels else ())
