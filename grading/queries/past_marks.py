"""Marks as they stood at an earlier moment, rebuilt from what the append-only history says of each."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from courses.models import Course
from grading.models import ChangeKind, MarkChange
from grading.queries.marks import TARGET, Audience, Marks, by_work, of_students
from grading.queries.release import Counted


class Content(NamedTuple):
    points: Decimal | None = None
    comment: str = ""
    levels: list = []  # noqa: RUF012 - never changed: a row's own value takes its place

    @property
    def is_blank(self) -> bool:
        """A release of this withdraws what students saw."""
        return self.points is None and not self.comment


@dataclass(slots=True)
class PastMark:
    """`target` is in TARGET's order; `milestone` the key of the milestone, if it is of one."""

    target: tuple
    milestone: str | None
    given: Content = field(default_factory=Content)
    shown: Content = field(default_factory=Content)
    released_at: datetime | None = None

    def take(self, kind: str, after: Content, at: datetime) -> None:
        if kind == ChangeKind.MARKED:
            self.given = after
        else:
            self.shown = after
            self.released_at = at if kind == ChangeKind.RELEASED and not after.is_blank else None

    @property
    def counted(self) -> Counted:
        """As one row of what grading.queries.release counts."""
        review, sign_up, *_, component = self.target
        kind = (review is not None, sign_up is not None, self.milestone, component)
        return *kind, int(self.given.points is not None), int(self.released_at is not None), int(self.given != self.shown)


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
            mark = marks[pk] = PastMark(tuple(target), milestone)
        mark.take(kind, Content(points, comment, levels), changed_at)
    return list(marks.values())


def marks_at(
    course: Course, at: datetime, *, audience: Audience, only: Collection[int] | None = None, with_levels: bool = False
) -> Marks:
    """As `marks_of`, at an earlier moment."""
    return by_work(_rows(past_marks(course, at, only=only), audience, with_levels))


def _rows(marks: Iterable[PastMark], audience: Audience, with_levels: bool) -> Iterable[tuple[tuple, Sequence]]:
    for mark in marks:
        seen = mark.given if audience == "staff" else mark.shown
        is_released = mark.released_at is not None and seen == mark.shown
        if seen.points is not None and (audience == "staff" or is_released):
            row = (*mark.target, seen.points, seen.comment, is_released)
            yield row, seen.levels if with_levels else ()
