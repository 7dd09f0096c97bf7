"""The rows of a sheet: the marks of the students who are shown, each with its state in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, F, When

from courses.models import Course, Enrollment
from grading import engine
from grading.engine import State
from grading.models import Mark, StaffNote
from grading.queries.entries import ANONYMOUS, Refusal
from grading.queries.excuses import EXCUSED, is_excused
from grading.queries.grades import Grade, grades_of
from grading.queries.marks import IS_RELEASED_AS_IT_STANDS, of_students, work_address
from grading.queries.notes import notes_of
from grading.queries.sheet.columns import Column
from grading.queries.sheet.places import Place, places_of


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` is the mark as it would be typed, `typed` what somebody typed that was not taken."""

    student: int
    column: Column
    place: Place
    value: str = ""
    points: Decimal | None = None
    revision: int = 0
    signs: tuple[str, ...] = ()
    note: str = ""
    typed: str | None = None
    refusal: Refusal | None = None

    @property
    def is_open(self) -> bool:
        """Whether a mark can be entered here."""
        return bool(self.place.work) and not self.place.why_not

    @property
    def key(self) -> str:
        return f"{self.student}:{self.place.work}"

    @property
    def shown(self) -> str:
        return self.value if self.typed is None else self.typed


@dataclass(frozen=True, slots=True)
class Row:
    student: Enrollment
    cells: list[Cell]
    earned: Decimal | None = None  # of the component so far
    out_of: Decimal | None = None  # None where the student's track has no such component
    note: StaffNote | None = None
    team: str = ""


def rows_of(
    course: Course,
    policy: engine.Policy,
    leaf: engine.Component,
    columns: list[Column],
    students: list[Enrollment],
    *,
    tells_counted: bool,
) -> list[Row]:
    """A constant number of queries; computes the grades of these students only.

    `tells_counted` says whether a cell tells that a rule leaves its mark out, for which all marks of the student are looked at.
    """
    ids = [student.pk for student in students]
    filler = _Filler(
        policy=policy,
        leaf=leaf,
        columns=columns,
        places=places_of(course, leaf, columns, ids),
        marks=_marks(course, leaf, ids),
        grades=grades_of(course, audience="staff", enrollment_ids=ids),
        notes=notes_of(ids),
        tells_counted=tells_counted,
    )
    return [filler.row(student) for student in students]


# What a cell says beside its mark, and what that means.
MISSING, LATE, EXCUSED_SIGN, EXEMPT = "missing", "late", "excused", "exempt"
NOT_DUE, NOT_ASKED, ANEW = "not due", "not asked", "handed in anew"
NOT_RELEASED, CHANGED, NOT_COUNTED, WITHOUT_NAMES = "not released", "changed", "does not count", "without names"
SIGNS = {
    MISSING: "its time is over and nothing came",
    LATE: "handed in after the deadline",
    EXCUSED_SIGN: "an instructor has let the student off it",
    EXEMPT: "the policy lets the student off it",
    NOT_DUE: "can still be handed in",
    NOT_ASKED: "not asked of this student",
    ANEW: "a newer version came in after this mark",
    NOT_RELEASED: "the student does not see this mark yet",
    CHANGED: "the student still sees the mark before this one",
    NOT_COUNTED: "a rule of the policy leaves it out, or a member's own mark stands in its place",
    WITHOUT_NAMES: "stands below the students' rows under a random name, until its mark is released",
}


def _signs(mark: Mark | None, item: engine.Item | None, *, counts: bool) -> Iterator[str]:
    if item is not None:
        yield from _item_signs(item)
    elif mark is None or mark.points is None:
        yield NOT_ASKED
    if mark is None:
        return
    is_marked = mark.points is not None
    if is_marked and mark.current_version and mark.review_version and mark.review_version < mark.current_version:
        yield ANEW
    if mark.released_at is None and is_marked:
        yield NOT_RELEASED
    elif mark.released_at is not None and not mark.is_as_released:
        yield CHANGED
    if is_marked and not counts:
        yield NOT_COUNTED


def _item_signs(item: engine.Item) -> Iterator[str]:
    if item.state is State.MISSING or item.never_came:
        yield MISSING
    elif item.state is State.EXEMPT:
        yield EXCUSED_SIGN if is_excused(item) else EXEMPT
    elif item.state is State.OPEN:
        yield NOT_DUE
    if item.late is not None and item.state is not State.OPEN:
        yield LATE


OF_SOURCE = {
    "reviews": {"review__isnull": False},
    "presentations": {"sign_up__isnull": False},
    "milestones": {"milestone__isnull": False},
    "manual": {"component__gt": ""},
}


def _marks(course: Course, leaf: engine.Component, students: list[int]) -> dict[str, Mark]:
    marks = Mark.objects.filter(of_students(students), course=course, **OF_SOURCE[leaf.source])
    number = F("review__current__number")
    as_released = Case(When(IS_RELEASED_AS_IT_STANDS, then=True), default=False)
    marks = marks.annotate(current_version=number, is_as_released=as_released).defer("comment", "released_comment")
    return {work_address(mark): mark for mark in marks}


@dataclass
class _Filler:
    policy: engine.Policy
    leaf: engine.Component
    columns: list[Column]
    places: Mapping[tuple[int, str], Place]
    marks: Mapping[str, Mark]
    grades: Mapping[int, Grade]
    notes: Mapping[int, StaffNote]
    tells_counted: bool

    def row(self, student: Enrollment) -> Row:
        grade = self.grades[student.pk]
        node = next((node for node in grade.explanation.leaves() if node.key == self.leaf.key), None)
        items = {item.key: item for item in grade.facts.sources.get(self.leaf.source, ())}
        has_result = node is not None and node.so_far.share is not None
        team = getattr(student, "team_member", None)
        return Row(
            student=student,
            cells=[self._cell(student, column, items, node) for column in self.columns],
            earned=grade.policy.rounded_part(node.so_far.earned) if has_result else None,
            out_of=grade.policy.rounded_part(node.weight) if node else None,
            note=self.notes.get(student.pk),
            team=team.team.name if team else "",
        )

    def _cell(self, student: Enrollment, column: Column, items: Mapping[str, engine.Item], node: engine.Node | None) -> Cell:
        place = self.places[student.pk, column.key]
        mark, item = self.marks.get(place.work), items.get(place.item)
        if self.leaf.is_anonymous and self.leaf.source in ("reviews", "milestones") and not (mark and mark.released_at):
            return Cell(student.pk, column, place._replace(work="", why_not=place.why_not or ANONYMOUS), signs=(WITHOUT_NAMES,))
        if mark is None and column.is_own:
            return Cell(student.pk, column, place)  # what is to be said stands in the team's column
        points = mark.points if mark else None
        return Cell(
            student=student.pk,
            column=column,
            place=place,
            value=engine.as_typed(column.entry, column.out_of, points, mark.levels) if mark else "",
            points=points,
            revision=mark.revision if mark else 0,
            signs=tuple(_signs(mark, item, counts=not self.tells_counted or _counts(node, item, place))),
            note=item.note.removeprefix(EXCUSED) if item and is_excused(item) else "",
        )


def _counts(node: engine.Node | None, item: engine.Item | None, place: Place) -> bool:
    """Whether the mark is part of the result: no rule leaves it out, and no member's own stands in its place."""
    if node is None or item is None or item.state is not State.MARKED:
        return True
    return item.key in node.so_far.counted and item.ref.work == place.work
