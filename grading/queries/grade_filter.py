"""Which students of a course a list of grades is about, and in which order: for the gradebook and the API alike."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Case, QuerySet, When

from courses.models import Course, Enrollment
from grading import engine, presenting
from grading.queries.grades import Grade, grades_of

SO_FAR, FINAL = "so_far", "final"


@dataclass(frozen=True, slots=True)
class GradeFilter:
    """`below` is in percent, of the component whose key is `of`, of the total when that is empty, in one of both readings.

    Who has nothing that counts yet is not below anything.
    """

    name: str = ""
    section: str = ""
    team: int | None = None
    only_missing: bool = False
    below: Decimal | None = None
    of: str = ""
    reading: str = SO_FAR
    sort: str = ""

    @property
    def is_on(self) -> bool:
        return bool(self.name or self.has_more)

    @property
    def has_more(self) -> bool:
        """Than the name: what the page keeps folded while nobody asks for it."""
        return bool(self.section or self.team or self.needs_grades)

    @property
    def needs_grades(self) -> bool:
        return self.only_missing or self.below is not None

    def narrow(self, students: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
        """By what the database knows."""
        if self.section:
            students = students.filter(section=self.section)
        if self.team:
            students = students.filter(team_member__team=self.team)
        return students

    def names(self, name: str, email: str) -> bool:
        """Whether the text asked for is in either, in any language's capitals or not."""
        return self.name.casefold() in f"{name} {email}".casefold()

    def takes(self, grade: Grade) -> bool:
        """By what has to be computed."""
        if self.only_missing and not any(presenting.missing_count(node) for node in grade.explanation.leaves()):
            return False
        if self.below is None:
            return True
        percent = _percent(grade, self.of, self.reading)
        return percent is not None and percent < Fraction(self.below)


NO_FILTER = GradeFilter()


def _percent(grade: Grade, key: str, reading: str) -> Fraction | None:
    if not key:
        total = getattr(grade.explanation, reading)
        return None if total.value is None or not grade.explanation.out_of else 100 * total.value / grade.explanation.out_of
    share = next((getattr(node, reading).share for node in grade.explanation.leaves() if node.key == key), None)
    return None if share is None else 100 * share


def students_by_name(course: Course) -> QuerySet[Enrollment]:
    return Enrollment.objects.active().students().filter(course=course).order_by("user__name", "pk")


def in_order(students: QuerySet[Enrollment], sort: str) -> QuerySet[Enrollment]:
    """Ordered by name or section; whoever has no section comes last either way."""
    turn = "-" if sort.startswith("-") else ""
    if sort.removeprefix("-") == "section":
        without = Case(When(section="", then=1), default=0)
        return students.order_by(without, f"{turn}section", "user__name", "pk")
    return students.reverse() if sort == "-name" else students


def value_of(policy: engine.Policy, sort: str) -> Callable[[Grade], Any] | None:
    """What to compare grades by; None where the order is not one of grades."""
    key = sort.removeprefix("-")
    if key == "total":
        return lambda grade: grade.explanation.so_far.value
    if key == "final":
        return lambda grade: grade.explanation.final.value
    if key in {leaf.key for leaf in policy.leaves()}:
        return lambda grade: next((node.so_far.share for node in grade.explanation.leaves() if node.key == key), None)
    return None


def chosen(course: Course, policy: engine.Policy, asked: GradeFilter) -> tuple[list[int], dict[int, Grade]]:
    """The ids of the students asked for, in order, and the grades that had to be computed to tell, if any.

    Whoever has no value yet comes last either way; those of the same value stand by name.
    """
    rows = in_order(asked.narrow(students_by_name(course)), asked.sort).values_list("pk", "user__name", "user__email")
    students = [student for student, name, email in rows if asked.names(name, email)]
    value = value_of(policy, asked.sort)
    if not asked.needs_grades and value is None:
        return students, {}
    grades = grades_of(course, audience="staff", enrollment_ids=_only(asked, students))
    students = [student for student in students if student in grades and asked.takes(grades[student])]
    if value:
        values = {student: value(grades[student]) for student in students}
        there = [student for student in students if values[student] is not None]
        rest = [student for student in students if values[student] is None]
        students = sorted(there, key=values.__getitem__, reverse=asked.sort.startswith("-")) + rest
    return students, grades


def _only(asked: GradeFilter, students: list[int]) -> list[int] | None:
    """None for everybody: then nothing has to be narrowed."""
    return students if asked.name or asked.section or asked.team else None
