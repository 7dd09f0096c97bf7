"""A block that somebody pastes from a spreadsheet -> what each of its cells is to say, and everything that is wrong with it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.errors import DomainError
from courses.models import Enrollment
from courses.policies import students_marked_by
from grading.people import Named
from grading.queries.entries import MAX_ENTRIES, Planned, Wanted, plan_entries
from grading.queries.sheet.columns import Column, columns_of, find_component
from grading.queries.sheet.places import places_of

MAX_TEXT = 500_000  # characters
MOST_FAULTS = 200  # shown; a block of 500,000 characters may have as many cells
HEADS = ("student", "name", "email", "e-mail", "login")


class Spot(NamedTuple):
    """Where a value stands in the block, both from 1, and what it says."""

    row: int
    place: int
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    spot: Spot
    who: str
    column: str
    message: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.who, self.column) if part)
        found = self.spot.text if len(self.spot.text) <= 40 else f"{self.spot.text[:39]}…"
        return f"Row {self.spot.row}, column {self.spot.place}{f' ({where})' if where else ''}: found {found}; {self.message}"


class Proposed(NamedTuple):
    spot: Spot
    column: Column
    planned: Planned


@dataclass(slots=True)
class Proposal:
    """What the block would do. `changes` are only what would change; nothing is written."""

    changes: list[Proposed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unchanged: int = 0
    blank: int = 0

    @property
    def first_faults(self) -> list[Fault]:
        return self.faults[:MOST_FAULTS]

    @property
    def more_faults(self) -> int:
        return len(self.faults) - len(self.first_faults)

    def entries(self) -> list[dict]:
        """What applies it: every change with the revision that it was shown against."""
        return [proposed.planned.wanted._replace(revision=proposed.planned.revision)._asdict() for proposed in self.changes]


@dataclass(frozen=True, slots=True)
class Pasted:
    """`students` and `columns` are those of the sheet from the cell on at which the block was pasted, in their order.

    Without students every row begins with a name or an email; with them it may.
    """

    text: str
    columns: Sequence[str]
    students: Sequence[int] = ()


def propose(marker: Enrollment, key: str, pasted: Pasted) -> Proposal:
    """Raises DomainError where the block as a whole cannot be read."""
    policy, leaf = find_component(marker.course, key)
    columns = {column.key: column for column in columns_of(marker, policy, leaf)}
    rows = _block(pasted.text)
    people = Named(students_marked_by(marker).select_related("user"))
    reader = _Reader(people, [columns[key] for key in pasted.columns if key in columns], list(columns.values()))
    by_name = not pasted.students or _names_people(people, rows)
    reader.read_named(rows) if by_name else reader.read_at(rows, pasted.students)
    if len(reader.values) > MAX_ENTRIES:
        raise DomainError(
            f"The block has {len(reader.values):,} marks; at most {MAX_ENTRIES:,} are taken at once.", field="text"
        )
    places = places_of(marker.course, leaf, list(columns.values()), {student for _, _, student in reader.values})
    return _proposal(marker, reader, places)


def _block(text: str) -> list[tuple[int, list[str]]]:
    """(number, cells) of the rows that say anything."""
    if len(text) > MAX_TEXT:
        raise DomainError(f"The block has {len(text):,} characters; at most {MAX_TEXT:,} are taken.", field="text")
    if "\x00" in text:
        raise DomainError("The block contains a NUL character (U+0000). Remove it and paste again.", field="text")
    # No commas: in half of the world 8,5 is one mark, and "Lovelace, Ada" one name.
    delimiter = "\t" if "\t" in text else ";"
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise DomainError(f"The block cannot be read as a table: {error}.", field="text") from None
    there = [(number, [" ".join(cell.split()) for cell in cells]) for number, cells in enumerate(rows, start=1)]
    there = [(number, cells) for number, cells in there if any(cells)]
    if not there:
        raise DomainError("Paste a block of cells: a name or an email, then the marks.", field="text")
    return there


def _names_people(people: Named, rows: list[tuple[int, list[str]]]) -> bool:
    """Whether the first column is names, not marks: there is another, and somebody is called so."""
    return len(rows[0][1]) > 1 and any(people.find(cells[0])[0] for _, cells in rows)


class _Reader:
    """Which student and which column each value of the block is for."""

    def __init__(self, people: Named, columns: list[Column], all_columns: list[Column]):
        self.people, self.columns, self.all_columns = people, columns, all_columns
        self.values: list[tuple[Spot, Column, int]] = []
        self.faults: list[Fault] = []
        self.blank = 0

    def read_at(self, rows: list[tuple[int, list[str]]], students: Sequence[int]) -> None:
        """From one cell of the sheet on."""
        for number, cells in rows:
            if number > len(students):
                self._fault(Spot(number, 1, cells[0]), "", "", "the sheet shows no more students below; paste the rest there.")
            elif students[number - 1] not in self.people.students:
                self._fault(Spot(number, 1, cells[0]), "", "", "no student of the course whose work you mark.")
            else:
                self._values(number, list(enumerate(cells, start=1)), students[number - 1], self.columns)

    def read_named(self, rows: list[tuple[int, list[str]]]) -> None:
        """Every row begins with a name or an email; a first row may name the columns."""
        columns: list[Column | None] = list(self.columns)
        if rows[0][1][0].casefold() in HEADS:
            columns, rows = self._headings(*rows[0]), rows[1:]
        seen: dict[int, int] = {}
        for number, cells in rows:
            student, why = self.people.find(cells[0])
            if student and student.pk in seen:
                student, why = None, f"this student is already on row {seen[student.pk]}."
            if student is None:
                self._fault(Spot(number, 1, cells[0]), "", "", why)
                continue
            seen[student.pk] = number
            self._values(number, list(enumerate(cells, start=1))[1:], student.pk, columns)

    def _headings(self, number: int, cells: list[str]) -> list[Column | None]:
        named = {name.casefold(): column for column in self.all_columns for name in (column.title, column.key)}
        columns = [named.get(cell.casefold()) for cell in cells[1:]]
        for place, (cell, column) in enumerate(zip(cells[1:], columns, strict=True), start=2):
            if column is None and cell:
                self._fault(Spot(number, place, cell), "", "", "no column of this sheet is called so.")
            elif column and column in columns[: place - 2]:
                self._fault(Spot(number, place, cell), "", "", "this column stands twice.")
        return columns

    def _values(self, number: int, cells: list[tuple[int, str]], student: int, columns: Sequence[Column | None]) -> None:
        for at, (place, text) in enumerate(cells):
            who = self.people.students[student].user.name
            if not text:
                self.blank += 1
            elif at >= len(columns):
                self._fault(Spot(number, place, text), who, "", "the sheet has no more columns to the right.")
            elif columns[at] is not None:
                self.values.append((Spot(number, place, text), columns[at], student))

    def _fault(self, spot: Spot, who: str, column: str, message: str) -> None:
        self.faults.append(Fault(spot, who, column, message))


def _proposal(marker: Enrollment, reader: _Reader, places: dict) -> Proposal:
    proposal = Proposal(faults=list(reader.faults), blank=reader.blank)
    asked = []
    for spot, column, student in reader.values:
        place = places[student, column.key]
        if place.work:
            asked.append((spot, column, Wanted(student, place.work, spot.text)))
        else:
            name = reader.people.students[student].user.name
            proposal.faults.append(Fault(spot, name, column.title, f"there is nothing to mark: {place.why_not}."))
    for (spot, column, _), planned in zip(asked, plan_entries(marker, [wanted for *_, wanted in asked]), strict=True):
        if planned.refusal:
            proposal.faults.append(Fault(spot, planned.who, column.title, planned.refusal.words))
        elif planned.is_change:
            proposal.changes.append(Proposed(spot, column, planned))
        else:
            proposal.unchanged += 1
    proposal.faults.sort(key=lambda fault: (fault.spot.row, fault.spot.place))
    return proposal
