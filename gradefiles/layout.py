"""What the columns of a file are: the student's, the marks', and those that are left alone.

Two shapes are read: our own sheet of marks, and the gradebook CSV of Canvas, told apart by its header. Pure.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from core.errors import DomainError
from gradefiles.reading import Table, letter, plain_text
from gradefiles.sheet import Column

MARKS, CANVAS = "marks", "canvas"
OWN_STUDENT = {"id": "id", "email": "email", "name": "name", "section": "section"}
CANVAS_STUDENT = {
    "Student": "name",
    "LastName": "last_name",
    "FirstName": "first_name",
    "ID": "id",
    "SIS User ID": "sis_user_id",
    "SIS Login ID": "login_id",
    "Integration ID": "",
    "Root Account": "",
    "Section": "section",
}
# As Canvas finds them: anywhere in the heading, so with a group before, "Unposted" between or a period behind.
CANVAS_TOTALS = re.compile("(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
OWN_KEY = re.compile(r"\[([^\[\]]+)\]$")
CANVAS_ID = re.compile(r"^(.*?)\s*\((\d+)\)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in the file, at a place that a person can find."""

    row: int
    column: str  # as a spreadsheet names it: "F"; "" for a whole row
    heading: str
    found: str
    message: str

    def __str__(self):
        where = f"Row {self.row}" + (f", column {self.column}" if self.column else "")
        heading = f" ({self.heading})" if self.heading else ""
        found = f": found “{self.found}”; " if self.found else ": "
        return f"{where}{heading}{found}{self.message}"


def shown(text: str) -> str:
    """A cell fit to be quoted."""
    text = "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(text.split()))
    return text if len(text) <= 80 else f"{text[:79]}…"


@dataclass(slots=True)
class Layout:
    """`student` says at which place a fact about the student stands, `marks` which place holds which column's marks."""

    kind: str
    student: dict[str, int] = field(default_factory=dict)
    marks: dict[int, Column] = field(default_factory=dict)
    canvas_ids: dict[str, tuple[str, str]] = field(default_factory=dict)  # {column key: (id, title) in Canvas}
    left_out: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # the headings of those left out
    faults: list[Fault] = field(default_factory=list)


def is_canvas(header: list[str]) -> bool:
    """The test that Canvas itself makes of a header's first cells."""
    first = [*header, "", "", ""][:3]
    return ("Student" in first[0] and "ID" in first[1]) or (first[:2] == ["LastName", "FirstName"] and "ID" in first[2])


def layout_of(table: Table, columns: list[Column], learned: dict[str, str], named: dict[str, str]) -> Layout:
    """`learned` is {Canvas id: column key}, `named` {heading: column key} as a person said.

    Raises DomainError where there is no header that could be understood.
    """
    if is_canvas(table.header):
        return _canvas(table, columns, learned, named)
    return _own(table, columns)


def _own(table: Table, columns: list[Column]) -> Layout:
    layout = Layout(MARKS)
    by_key = {column.key: column for column in columns}
    by_title = _unique({column.key: column.title for column in columns})
    number = table.rows[0][0]
    for place, cell in enumerate(table.header):
        heading = plain_text(cell)
        if name := OWN_STUDENT.get(heading.lower()):
            _set_student(layout, number, place, heading, name)
            continue
        key = match[1] if (match := OWN_KEY.search(heading)) else heading
        column = by_key.get(key) or by_key.get(by_title.get(heading.casefold(), ""))
        if column is None:
            expected = (
                "expected id, email, name, section or a heading of the sheet of marks; take a fresh one, or delete the column."
            )
            layout.faults.append(Fault(number, letter(place), "", shown(heading), f"unknown column; {expected}"))
        else:
            _set_marks(layout, number, place, heading, column)
    if not layout.student.keys() & {"id", "email", "name"}:
        raise DomainError(
            f"Row {number} is no header: expected a column id, email or name, or the header that Canvas writes.",
            field="file",
            code="unreadable",
        )
    return layout


def _canvas(table: Table, columns: list[Column], learned: dict[str, str], named: dict[str, str]) -> Layout:
    layout = Layout(CANVAS)
    number, header = table.rows[0]
    section = next((place for place, cell in enumerate(header) if cell == "Section"), None)
    if section is None:
        raise DomainError(
            f"Row {number} begins like a gradebook of Canvas and has no column Section.", field="file", code="unreadable"
        )
    for place, heading in enumerate(header[: section + 1]):
        if name := CANVAS_STUDENT.get(heading):
            _set_student(layout, number, place, heading, name)
    read_only = _read_only(table)
    finder = _Finder(columns, learned, named)
    for place, heading in enumerate(header[section + 1 :], start=section + 1):
        if place in read_only or CANVAS_TOTALS.search(heading):
            continue
        title, canvas_id = finder.title_and_id(heading)
        column = finder.find(heading, title, canvas_id)
        if column is None:
            layout.left_out.append(f"column {letter(place)} ({shown(heading)})")
            layout.unknown.append(heading)
            continue
        _set_marks(layout, number, place, heading, column)
        if canvas_id and canvas_id != str(column.own_id):
            layout.canvas_ids[column.key] = canvas_id, title
    return layout


class _Finder:
    """Which column a heading of Canvas means: as a person said, by a learned id, by title, and last by our own number."""

    def __init__(self, columns: list[Column], learned: dict[str, str], named: dict[str, str]):
        self.by_key = {column.key: column for column in columns}
        self.by_title = _unique({column.key: column.title for column in columns})
        self.by_own_id = {} if learned else {str(column.own_id): column.key for column in columns}
        self.learned, self.named = learned, named

    def title_and_id(self, heading: str) -> tuple[str, str]:
        """A piece of work may be called "Report (2)": in a file without ids the number is part of the title."""
        match = CANVAS_ID.match(heading)
        if match is None or plain_text(heading).casefold() in self.by_title:
            return heading, ""
        return match[1], match[2]

    def find(self, heading: str, title: str, canvas_id: str) -> Column | None:
        """None also where id and title name two different pieces of work: an old file of ours has other ids than Canvas."""
        by_id = self.learned.get(canvas_id)
        by_title = self.by_title.get(plain_text(title).casefold()) or self.by_title.get(plain_text(heading).casefold())
        key = self.named.get(heading) or (None if by_id and by_title and by_id != by_title else by_id or by_title)
        if key is None and not by_id and not by_title:
            key = self.by_own_id.get(canvas_id)
        return self.by_key.get(key) if key else None


def _unique(titles: dict[str, str]) -> dict[str, str]:
    """{title without case: key}, without the titles that two columns have."""
    count = Counter(title.casefold() for title in titles.values())
    return {title.casefold(): key for key, title in titles.items() if count[title.casefold()] == 1}


def _set_student(layout: Layout, number: int, place: int, heading: str, name: str) -> None:
    if name in layout.student:
        layout.faults.append(Fault(number, letter(place), "", shown(heading), "this column is there twice."))
    layout.student.setdefault(name, place)


def _set_marks(layout: Layout, number: int, place: int, heading: str, column: Column) -> None:
    if column in layout.marks.values():
        layout.faults.append(Fault(number, letter(place), "", shown(heading), "two columns are for the same piece of work."))
    layout.marks[place] = column


# Rows of Canvas that are no students


def is_points_possible(cells: list[str]) -> bool:
    return "Points Possible" in cells[0]


def is_posting_row(cells: list[str]) -> bool:
    return all(re.fullmatch(r"(Muted|Manual Posting.*)?", cell, re.IGNORECASE) for cell in cells)


def is_test_student(name: str) -> bool:
    """The invented student that Canvas puts at the end of a gradebook."""
    return name in ("Student, Test", "Test Student")


def _read_only(table: Table) -> set[int]:
    rows = (cells for _, cells in table.rows[1:4] if is_points_possible(cells))
    return {place for cells in rows for place, cell in enumerate(cells) if re.search(r"read\s+only", cell)}
