"""The gradebook as it was at a moment, computed by the same engine from what was on record then."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet

from courses.models import Course, Enrollment
from grading import engine
from grading.models import Policy
from grading.presenting import exact_decimal, summarise
from grading.queries.grades import Grade, grades_of
from grading.queries.marks import Audience
from grading.queries.past_marks import past_marks
from grading.queries.policy import read_in_force
from grading.queries.release import ReleaseState, states_from

# What is exact, and what the portal keeps no history of; said wherever the past is shown.
KNOWN = (
    "Marks, their release, grades set by hand, excuses and the policy are as they stood: every change of them is kept.",
    "Reviews, what teams handed in, participation, comments, ratings and places to present count by their times, and"
    " deadlines as seen from that moment.",
)
UNKNOWN = (
    "The calendar, the reading list, deadlines, who is asked for which review, milestones and the points of participation:"
    " as they are today.",
    "Sections and names: as they are today. Who left and came back counts as if they had stayed.",
    "Teams: as they are today, each student from when they joined theirs; the team before that is not known.",
    "A comment or place that was withdrawn and brought back counts as if it had stood all the time; a rating that was changed"
    " counts from its change.",
)


@dataclass(frozen=True, slots=True)
class PastLine:
    """`cells` are the lines of `summarise` in the columns' order; None where the student's track had no such component."""

    student: Enrollment
    grade: Grade
    cells: list[dict[str, Any] | None]


class PastColumn(NamedTuple):
    key: str
    title: str
    weight: Decimal
    release: ReleaseState


@dataclass(frozen=True, slots=True)
class PastBook:
    at: datetime
    row: Policy | None
    policy: engine.Policy
    columns: list[PastColumn]
    lines: list[PastLine]

    @property
    def has_letters(self) -> bool:
        return any(line.grade.letter or line.grade.letter_final for line in self.lines)


def students_at(course: Course, at: datetime) -> QuerySet[Enrollment]:
    """Who was an active student of the course at that moment, as far as that is known, by name."""
    return Enrollment.objects.graded(at).filter(course=course).select_related("user").order_by("user__name", "pk")


def gradebook_at(course: Course, at: datetime, *, audience: Audience) -> PastBook:
    """Everybody's grades as they stood; constant queries."""
    row, policy = read_in_force(course, at)
    grades = grades_of(course, audience=audience, at=at)
    states = states_from(policy, [mark.counted for mark in past_marks(course, at)])
    leaves = list(policy.leaves())
    lines = []
    for student in students_at(course, at):
        grade = grades[student.pk]
        cells = {line["key"]: line for line in summarise(grade)["components"]}
        lines.append(PastLine(student, grade, [cells.get(leaf.key) for leaf in leaves]))
    columns = [PastColumn(leaf.key, leaf.title, exact_decimal(leaf.weight), states[leaf.key]) for leaf in leaves]
    return PastBook(at, row, policy, columns, lines)


def grade_at(student: Enrollment, at: datetime, *, audience: Audience) -> Grade | None:
    """One student's grade as it stood; None for who was no student then."""
    return grades_of(student.course, audience=audience, enrollment_ids=[student.pk], at=at).get(student.pk)
