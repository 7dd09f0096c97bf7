"""What of a sheet is marked without names: below the students' rows, under the names and in the order that the queue gives it.

Never narrowed by a student's name or section: what is left then would tell whose it is. Each piece of work is a row of one
cell, for two beside one another would be of one student.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from courses.models import Enrollment
from grading import engine
from grading.models import Mark
from grading.queries.blind import blind_entries
from grading.queries.entries import at_works
from grading.queries.marking import Entry
from grading.queries.marks import work_address
from grading.queries.sheet.columns import Column
from grading.queries.sheet.places import Place
from grading.queries.sheet.rows import ANEW, Cell

LISTED = 1_000  # pieces of work; of more, the page only counts
NOBODY = 0  # whose row it is


class BlindRow(NamedTuple):
    entry: Entry
    cell: Cell


@dataclass(frozen=True, slots=True)
class BlindColumn:
    column: Column
    rows: list[BlindRow]

    @property
    def marked(self) -> int:
        return sum(1 for row in self.rows if row.entry.is_marked)


def without_names(
    marker: Enrollment, policy: engine.Policy, leaf: engine.Component, columns: list[Column]
) -> list[BlindColumn]:
    """Of each column the work whose marks are not released; empty where the component's work is marked with names."""
    if not leaf.is_anonymous:
        return []
    hidden = blind_entries(marker, policy, leaf.source)
    marks = Mark.objects.filter(at_works([entry.target for entry in hidden]), course=marker.course_id)
    return list(_of_each(columns, hidden, {work_address(mark): mark for mark in marks}))


def _of_each(columns: list[Column], hidden: list[Entry], marks: Mapping[str, Mark]) -> Iterator[BlindColumn]:
    for column in columns:
        rows = [BlindRow(entry, _cell(entry, column, marks.get(entry.target))) for entry in hidden if entry.group == column.key]
        if rows:
            yield BlindColumn(column, rows)


def _cell(entry: Entry, column: Column, mark: Mark | None) -> Cell:
    return Cell(
        student=NOBODY,
        column=column,
        place=Place(entry.work),
        value=engine.as_typed(column.entry, column.out_of, mark.points, mark.levels) if mark else "",
        points=entry.points,
        revision=mark.revision if mark else 0,
        signs=tuple(filter(None, (ANEW if entry.is_changed else "", entry.note))),
    )
