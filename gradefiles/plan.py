"""What a file would do to the marks, cell by cell, and everything in it that is wrong."""

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection

from core.errors import DomainError
from courses.models import Enrollment
from gradefiles.layout import (
    CANVAS,
    Fault,
    Layout,
    is_points_possible,
    is_posting_row,
    is_test_student,
    layout_of,
    letter,
    shown,
)
from gradefiles.models import CanvasColumn, CanvasStudent
from gradefiles.people import People, named_in, unknown
from gradefiles.reading import BadCell, Table, read_number, read_table
from gradefiles.sheet import NOTHING_GIVEN, Column, Place, Sheet, sheet_of
from grading.engine import plain

# A mark takes some 3 ms, in one transaction. SQLite lets nobody else write meanwhile, and they wait 20 s at most.
MAX_CHANGES = {"sqlite": 5_000, "postgresql": 20_000}
CLEARS = ("-", "–", "—")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Change:
    """One mark from `before` to `after`, "" for none; `by` and `at` say whose mark it replaces."""

    work: str
    who: str
    title: str
    row: int
    column: str
    before: str
    after: str
    revision: int
    by: str
    at: str


@dataclass(slots=True)
class Plan:
    kind: str
    file_digest: str
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # of a Canvas file: what this course does not have
    unknown: list[str] = field(default_factory=list)  # their headings
    free: list[list[str]] = field(default_factory=list)  # [key, title] of what the file has no column for
    unchanged: int = 0  # cells that say what stands
    blank: int = 0  # cells that leave what stands
    absent: int = 0  # students of whom the file has no row
    students: dict[str, list[str]] = field(default_factory=dict)  # {enrollment id: [id, SIS id, login in Canvas]}
    columns: dict[str, list[str]] = field(default_factory=dict)  # {column key: [id, title in Canvas]}

    @property
    def has_effect(self) -> bool:
        return bool(self.changes or self.students or self.columns)

    @property
    def digest(self) -> str:
        """The same for two plans that do the same to the same marks."""
        facts = [self.file_digest, [asdict(change) for change in self.changes], [str(fault) for fault in self.faults]]
        return hashlib.sha256(json.dumps([*facts, self.students, self.columns]).encode()).hexdigest()

    def stored(self) -> dict[str, Any]:
        faults = [asdict(fault) | {"words": str(fault)} for fault in self.faults]
        return asdict(self) | {"faults": faults, "has_effect": self.has_effect}


def digest_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def plan_import(marker: Enrollment, raw: bytes, named: dict[str, str] | None = None) -> Plan:
    """`named` is {heading of Canvas: column key}, as a person said.

    Raises DomainError (code `unreadable`) where the file as a whole cannot be read.
    """
    table = read_table(raw)
    sheet = sheet_of(marker)
    learned_columns = dict(CanvasColumn.objects.filter(course=marker.course_id).values_list("canvas_id", "key"))
    learned_students = list(CanvasStudent.objects.filter(course=marker.course_id))
    layout = layout_of(table, sheet.columns, learned_columns, named or {})
    people = People(sheet.students, learned_students)
    plan = _Planner(table, sheet, layout, people, digest_of(raw)).plan()
    plan.unknown = layout.unknown
    plan.free = [[column.key, column.title] for column in sheet.columns if column not in layout.marks.values()]
    _learn(plan, layout, learned_columns, learned_students)
    most = MAX_CHANGES[connection.vendor]
    if len(plan.changes) > most:
        words = f"The file changes {len(plan.changes):,} marks; at most {most:,} are taken at once. Split it."
        raise DomainError(words, field="file", code="unreadable")
    return plan


class _Planner:
    def __init__(self, table: Table, sheet: Sheet, layout: Layout, people: People, file_digest: str):
        self.table, self.sheet, self.layout, self.people = table, sheet, layout, people
        self.result = Plan(layout.kind, file_digest, faults=list(layout.faults), left_out=list(layout.left_out))
        self.rows_of: dict[int, int] = {}  # {student: row}
        self.wanted: dict[str, list[tuple]] = defaultdict(list)  # {work: [(row, column, student, points)]}

    def plan(self) -> Plan:
        for number, cells in self.table.rows[1:]:
            if self.layout.kind == CANVAS and self._is_no_student(number, cells):
                continue
            self._row(number, cells)
        for work, cells in self.wanted.items():
            self._work(work, cells)
        self.result.absent = len(self.sheet.students) - len(self.rows_of)
        return self.result

    def _is_no_student(self, number: int, cells: list[str]) -> bool:
        if is_posting_row(cells):
            return True
        if is_points_possible(cells):
            for place, column in self.layout.marks.items():
                self._points_possible(number, place, column, cells[place] if place < len(cells) else "")
            return True
        return is_test_student(named_in(self.layout, cells).name)

    def _points_possible(self, number: int, place: int, column: Column, text: str) -> None:
        possible = self._number(text)
        if possible is not None and possible != column.out_of:
            words = (
                f"here the work is out of {plain(column.out_of)}, so the numbers do not mean the same. Change one of the two."
            )
            self._fault(number, place, text, words)

    def _row(self, number: int, cells: list[str]) -> None:
        named = named_in(self.layout, cells)
        student, why = self.people.find(self.layout.kind, named)
        if student and student.pk in self.rows_of:
            student, why = None, f"this student is already on row {self.rows_of[student.pk]}."
        if student is None:
            self.result.faults.append(unknown(number, self.layout, named, why))
            return
        self.rows_of[student.pk] = number
        if len(cells) > len(self.table.header):
            self._fault(number, len(self.table.header), cells[-1], "a cell beyond the last heading.")
        if self.layout.kind == CANVAS and named.id and named.id != str(student.pk):
            self.result.students[str(student.pk)] = [named.id[:40], named.sis_user_id[:120], named.login_id[:254]]
        for place, column in self.layout.marks.items():
            self._cell(number, place, column, student, cells[place] if place < len(cells) else "")

    def _cell(self, number: int, place: int, column: Column, student: Enrollment, text: str) -> None:
        spot = self.sheet.place(student.pk, column.key)
        if not text or text.upper() == "N/A":
            self.result.blank += 1
        elif why := self._why_unreadable(text, column, spot):
            self._fault(number, place, text, why)
        elif (text.upper() == "EX") or (text in CLEARS and not (spot and spot.work)):
            self.result.unchanged += 1
        else:
            points = None if text in CLEARS else self._number(text)
            if why := self._why_refused(points, column, spot):
                self._fault(number, place, text, why)
            else:
                self.wanted[spot.work].append((number, place, student, self._to_cents(points)))

    def _why_unreadable(self, text: str, column: Column, spot: Place | None) -> str:
        if isinstance(text, BadCell):
            return f"{text.why}; expected {self._expected(column)}."
        if text.upper() == "EX":
            excused = spot and spot.is_exempt
            return "" if excused else "a file cannot excuse a student; excuse them where the work is asked for."
        if text in CLEARS or self._number(text) is not None:
            return ""
        formula = "a formula; " if text.startswith("=") else ""
        return f"{formula}expected {self._expected(column)}."

    def _why_refused(self, points: Decimal | None, column: Column, spot: Place | None) -> str:
        if spot is None:
            return "this work is not asked of this student, so there is nothing to mark."
        if spot.is_hidden:
            return spot.why_not
        if not spot.work:
            return "this student is exempt from it." if spot.is_exempt else f"there is nothing to mark: {spot.why_not}."
        if points is None:
            return ""
        if not 0 <= points <= column.out_of:
            return f"points here go from 0 to {plain(column.out_of)}."
        rounded = self._to_cents(points)
        return "" if rounded == round(rounded, 2) else "points have two decimals at most."

    def _to_cents(self, points: Decimal | None) -> Decimal | None:
        """Canvas shows and compares two decimals of numbers that may have more."""
        return points.quantize(CENT, ROUND_HALF_UP) if points is not None and self.layout.kind == CANVAS else points

    def _work(self, work: str, cells: list[tuple]) -> None:
        """A team's mark stands in the row of every member; they must say the same."""
        number, place, _, points = cells[0]
        said = _cell_words(points)
        for other_number, other_place, _, other in cells[1:]:
            if other != points:
                words = f"row {number} says {said} for the same team's mark; give all its members the same."
                self._fault(other_number, other_place, _cell_words(other), words)
                return
        given = self.sheet.given.get(work, NOTHING_GIVEN)
        if points == given.points:
            self.result.unchanged += len(cells)
            return
        is_marked = given.points is not None
        self.result.changes.append(
            Change(
                work=work,
                who=", ".join(member.user.name for _, _, member, _ in cells),
                title=self.layout.marks[place].title,
                row=number,
                column=letter(place),
                before=plain(given.points) if is_marked else "",
                after="" if points is None else plain(points),
                revision=given.revision,
                by=given.by if is_marked else "",
                at=given.at.isoformat() if is_marked else "",
            )
        )

    def _number(self, text: str) -> Decimal | None:
        if self.layout.kind == CANVAS:  # as Canvas reads: the last comma or point is the decimal one
            whole, mark, rest = text.replace(",", ".").rpartition(".")
            text = f"{whole.replace('.', '')}{mark}{rest}"
        return read_number(text, decimal_comma=self.table.decimal_comma)

    def _expected(self, column: Column) -> str:
        return f"a number from 0 to {plain(column.out_of)}, - to clear the mark, or nothing to leave it"

    def _fault(self, number: int, place: int, found: str, message: str) -> None:
        header = self.table.header
        heading = shown(header[place]) if place < len(header) else ""
        self.result.faults.append(Fault(number, letter(place), heading, shown(found), message))


def _cell_words(points: Decimal | None) -> str:
    return "-" if points is None else plain(points)


def _learn(plan: Plan, layout: Layout, columns: dict[str, str], students: list[CanvasStudent]) -> None:
    """Keep of the ids in the file those that are new."""
    known = {str(row.enrollment_id): [row.canvas_id, row.sis_user_id, row.login_id] for row in students}
    plan.students = {student: names for student, names in plan.students.items() if known.get(student) != names}
    plan.columns = {
        key: [canvas_id, title[:400]] for key, (canvas_id, title) in layout.canvas_ids.items() if columns.get(canvas_id) != key
    }
