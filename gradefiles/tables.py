"""The tables that people take out: the gradebook, every single mark, and the gradebook as Canvas writes it.

Cells are text, Decimals or None; how they become a file is gradefiles.writing's. Every grade is rounded by
the functions that the page uses.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from courses.models import Course, Enrollment
from gradefiles.models import CanvasColumn, CanvasStudent
from gradefiles.sheet import Column, Place, Sheet, sheet_of
from grading.engine import Outcome, Policy
from grading.presenting import set_by_hand, summarise
from grading.queries import Grade, grades_of, read_in_force
from grading.queries.gradebook import has_letters

Row = list[Any]
CENTS = Decimal("0.01")
READ_ONLY = "(read only)"
SCORES = ("Current Score", "Unposted Current Score", "Final Score", "Unposted Final Score")
LETTERS = ("Current Grade", "Unposted Current Grade", "Final Grade", "Unposted Final Grade")


def gradebook_table(marker: Enrollment) -> Iterator[Row]:
    """Per student: each component's points of what they are out of, both totals, both letters, and what of it a person set;
    with unreleased marks.
    """
    course = marker.course
    _, policy = read_in_force(course)
    grades = grades_of(course, audience="staff")
    leaves = list(policy.leaves())
    heads = [cell for leaf in leaves for cell in (f"{leaf.title} [{leaf.key}]", f"{leaf.title}, of [{leaf.key}]")]
    totals = ["total so far", "total final", "out of", "letter so far", "letter final", "set by hand"]
    yield ["id", "email", "name", "section", *heads, *totals]
    for student in _students(course, grades):
        line = summarise(grades[student.pk])
        parts = {part["key"]: part for part in line["components"]}  # a track need not have every component
        cells = [parts.get(leaf.key, {}).get(name) for leaf in leaves for name in ("earned", "out_of")]
        totals = [line[name] for name in ("total_so_far", "total_final", "out_of", "letter", "letter_final")]
        by_hand = ", ".join(set_by_hand(grades[student.pk])) or None
        yield [student.pk, student.user.email, student.user.name, student.section, *cells, *totals, by_hand]


def marks_table(marker: Enrollment) -> Iterator[Row]:
    """Every single mark of the students that this person marks; to be edited and brought back."""
    sheet = sheet_of(marker)
    yield ["id", "email", "name", "section", *(column.heading for column in sheet.columns)]
    for student in sheet.students:
        places = (sheet.place(student.pk, column.key) for column in sheet.columns)
        yield [student.pk, student.user.email, student.user.name, student.section, *(_mark(sheet, place) for place in places)]


def _mark(sheet: Sheet, place: Place | None) -> Decimal | str | None:
    """As Canvas has it: the points, EX for excused, N/A for work that is not this student's, empty for no mark."""
    if place is None:
        return "N/A"
    points = sheet.mark(place).points if place.work else None
    if points is None and place.is_exempt:
        return "EX"
    return points


def _students(course: Course, grades: dict[int, Grade]) -> list[Enrollment]:
    return list(Enrollment.objects.filter(pk__in=grades).select_related("user").order_by("user__name", "pk"))


# Canvas


def canvas_table(marker: Enrollment, *, ids: str = "") -> Iterator[Row]:
    """As Canvas's exporter writes it. `Unposted ...` counts every mark, the other scores released ones only.

    Ids are those learned from a file of Canvas; what Canvas is not known to have has none, so that its importer goes on to
    login and title. Before any file was read they are our own, or with `ids` "none" left out.
    """
    course = marker.course
    sheet, names = sheet_of(marker), _Names(course, ids)
    _, policy = read_in_force(course)
    full, released = grades_of(course, audience="staff"), grades_of(course, audience="student")
    groups = _groups(policy)
    totals = [f"{group} {score}" for group in groups.values() for score in SCORES]
    totals += [*SCORES, *(LETTERS if has_letters(policy) else ())]
    student_heads = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    yield [*student_heads, *(names.heading(column) for column in sheet.columns), *totals]
    if sheet.columns:
        yield [None] * len(student_heads) + ["Manual Posting"] * len(sheet.columns) + [None] * len(totals)
    possible = [_cents(column.out_of) for column in sheet.columns]
    yield ["    Points Possible", None, None, None, None, *possible, *[READ_ONLY] * len(totals)]
    for student in sheet.students:
        places = (sheet.place(student.pk, column.key) for column in sheet.columns)
        marks = (_cents(_mark(sheet, place)) for place in places)
        yield [*names.student(student), *marks, *_canvas_totals(policy, list(groups), full[student.pk], released[student.pk])]


class _Names:
    """What Canvas calls a student and a column."""

    def __init__(self, course: Course, ids: str):
        self.students = {row.enrollment_id: row for row in CanvasStudent.objects.filter(course=course)}
        self.columns = {row.key: row for row in CanvasColumn.objects.filter(course=course)}
        self.use_own = ids != "none" and not self.students and not self.columns

    def heading(self, column: Column) -> str:
        if known := self.columns.get(column.key):
            return f"{known.title} ({known.canvas_id})"
        return f"{column.title} ({column.own_id})" if self.use_own else column.title

    def student(self, student: Enrollment) -> Row:
        user = student.user
        if known := self.students.get(student.pk):
            return [user.name, known.canvas_id, known.sis_user_id, known.login_id or user.email, student.section]
        return [user.name, student.pk if self.use_own else None, None, user.email, student.section]


def _groups(policy: Policy) -> dict[str, str]:
    """{key: title} of the components at the top, those that only a track has last."""
    found: dict[str, str] = {}
    for each in (policy, *(track.policy for track in policy.tracks)):
        for component in each.components:
            found.setdefault(component.key, component.title)
    return found


def _canvas_totals(policy: Policy, groups: list[str], full: Grade, released: Grade) -> Iterator[Decimal | str | None]:
    seen, every = ({node.key: node for node in grade.components} for grade in (released, full))
    for group in groups:
        for reading in ("so_far", "final"):
            for nodes in (seen, every):
                yield _cents(_percentage(policy, getattr(nodes[group], reading))) if group in nodes else None
    for reading in ("so_far", "final"):
        for grade in (released, full):
            yield _cents(policy.rounded(getattr(grade.explanation, reading).percentage))
    if has_letters(policy):
        for reading in ("so_far", "final"):
            for grade in (released, full):
                yield getattr(grade.explanation, reading).letter


def _percentage(policy: Policy, outcome: Outcome) -> Decimal | None:
    return policy.rounded_part(100 * outcome.share) if outcome.share is not None else None


def _cents(cell: Any) -> Any:
    """Two decimals at least, as Canvas writes its numbers; none that the policy shows are cut off."""
    return cell.quantize(CENTS) if isinstance(cell, Decimal) and cell.as_tuple().exponent > -2 else cell
