"""What the student's home shows, as plain values: lines that look the same are rendered once (see `{% fragment %}`)."""

from datetime import datetime
from typing import NamedTuple

from core.templatetags.portal import local, relative
from courses.models import Course
from home.queries.student import Item, TermDay


class Line(NamedTuple):
    """One line of the to-do list, owed or settled."""

    title: str
    url: str
    kind: str
    detail: str
    state: str
    words: str
    action: str
    due_at: datetime
    due_words: str
    distance: str
    tone: str
    is_urgent: bool
    taken_until: str  # only when the deadline is over and the grace is not


def line_of(item: Item, course: Course) -> Line:
    deadline = item.deadline
    return Line(
        title=deadline.title,
        url=deadline.url,
        kind=item.kind,
        detail=deadline.detail,
        state=deadline.state.value,
        words=item.words,
        action=item.action,
        due_at=course.local(deadline.due_at),
        due_words=local(deadline.due_at, course),
        distance=relative(deadline.due_at),
        tone="late" if item.is_overdue else "soon" if item.is_due_within_a_day else "",
        is_urgent=item.is_urgent,
        taken_until=local(deadline.closes_at, course) if item.is_overdue else "",
    )


class Settled(NamedTuple):
    """A line of what is done and closed; without the distance, so that it stays the same from day to day."""

    title: str
    url: str
    detail: str
    state: str
    words: str
    due_at: datetime
    due_words: str


def settled_of(item: Item, course: Course) -> Settled:
    deadline = item.deadline
    due_at = course.local(deadline.due_at)
    return Settled(
        deadline.title, deadline.url, deadline.detail, deadline.state.value, item.words, due_at, local(deadline.due_at, course)
    )


class Cell(NamedTuple):
    """One day of the term strip; `month` only where a month begins."""

    url: str
    classes: str
    glyph: str
    day: str
    short_day: str
    title: str
    words: str
    month: str


def cells_of(term: list[TermDay]) -> list[Cell]:
    cells, month = [], None
    for day in term:
        when = day.meeting.date
        classes = " ".join(name for name in (day.state, day.is_mine and "mine", day.is_next and "now") if name)
        begins = f"{when:%b}" if when.month != month else ""
        month = when.month
        spelled, short = f"{when.day} {when:%B}", f"{when:%a} {when.day} {when:%b}"
        cells.append(Cell(day.url, classes, day.glyph, spelled, short, day.title, day.words, begins))
    return cells
