"""The instructor's grid: students × components, as the request asks to filter, sort and page it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.paginator import Page, Paginator

from courses.models import Course, Enrollment
from grading import engine, presenting
from grading.models import Policy
from grading.queries.grade_filter import GradeFilter, chosen, students_by_name
from grading.queries.grades import Grade, grades_of
from grading.queries.policy import policy_findings
from grading.queries.release import ReleaseState, release_states
from grading.queries.statistics import Statistics, statistics
from projects.models import Team

PAGE = 50  # students
# A course of so many can be shown whole.
MOST_AT_ONCE = 100
ALL = "all"


@dataclass(frozen=True, slots=True)
class Cell:
    earned: Decimal | None
    state: str
    missing: int
    is_changed: bool  # since the component was released
    is_set: bool = False  # by hand, whatever the marks say


@dataclass(frozen=True, slots=True)
class Line:
    """`cells` are in the columns' order; None where the student's track has no such component."""

    student: Enrollment
    grade: Grade
    cells: list[Cell | None]

    @property
    def missing(self) -> int:
        return sum(cell.missing for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    title: str
    group: str | None
    weight: Decimal
    release: ReleaseState


@dataclass(frozen=True, slots=True)
class Gradebook:
    """`students` are all of the course, `page` those shown; `statistics` None until they are asked for."""

    row: Policy | None
    policy: engine.Policy
    columns: list[Column]
    lines: list[Line]
    page: Page
    students: int
    sections: list[str]
    teams: list[Team]
    filter: GradeFilter
    statistics: Statistics | None = None
    findings: list[engine.Finding] = field(default_factory=list)

    @property
    def has_letters(self) -> bool:
        return has_letters(self.policy)

    @property
    def offers_all(self) -> bool:
        return self.page.has_other_pages() and self.page.paginator.count <= MOST_AT_ONCE

    @property
    def sorts(self) -> list[tuple[str, str]]:
        """(value, label) of every order that the page offers."""
        sections = [("section", "Section")] if self.sections else []
        by_column = [(f"-{column.key}", f"{column.title}, best first") for column in self.columns]
        totals = [
            ("-total", "Total so far, best first"),
            ("total", "Total so far, lowest first"),
            ("-final", "Final, best first"),
        ]
        return [("", "Name"), *sections, *totals, *by_column]

    @property
    def policy_words(self) -> str:
        total = engine.plain(self.policy.weight_sum)
        way = "scaled to 100" if self.policy.is_scaled else "and the total is out of them"
        weights = "weights add up to 100" if self.policy.weight_sum == 100 else f"weights add up to {total}, {way}"
        return f"{weights} · policy version {self.row.number}" if self.row else "no policy yet"


def has_letters(policy: engine.Policy) -> bool:
    return bool(policy.letter_names) or any(track.policy.letter_names for track in policy.tracks)


def gradebook_of(
    course: Course,
    in_force: tuple[Policy | None, engine.Policy],
    asked: GradeFilter,
    *,
    page: str | None = None,
    with_statistics: bool = False,
) -> Gradebook:
    """Computes no grade but those of the page, unless the filter, the order or the statistics rest on everybody's.

    `in_force` is the policy, as read_in_force gives it; `page` is a number or "all", and what is neither is the first page.
    """
    row, policy = in_force
    students, grades = chosen(course, policy, asked)
    everybody = grades_of(course, audience="staff") if with_statistics else {}
    size = MOST_AT_ONCE if page == ALL and len(students) <= MOST_AT_ONCE else PAGE
    shown = Paginator(students, size).get_page(page)
    grades = grades or everybody or grades_of(course, audience="staff", enrollment_ids=list(shown))
    people = Enrollment.objects.select_related("user").in_bulk(list(shown))
    states = release_states(course, policy)
    sections = list(students_by_name(course).order_by().values_list("section", flat=True))
    return Gradebook(
        row=row,
        policy=policy,
        columns=_columns(policy, states),
        lines=[_line(people[student], grades[student], states) for student in shown if student in grades],
        page=shown,
        students=len(sections),
        sections=sorted({section for section in sections if section}),
        teams=list(Team.objects.filter(course=course).order_by("name", "pk")),
        filter=asked,
        statistics=statistics(policy, everybody.values()) if with_statistics else None,
        findings=policy_findings(course, row) if row else [],
    )


def _line(student: Enrollment, grade: Grade, states: Mapping[str, ReleaseState]) -> Line:
    leaves = {node.key: node for node in grade.explanation.leaves()}
    cells = [_cell(grade.policy, leaves[key], state) if key in leaves else None for key, state in states.items()]
    return Line(student, grade, cells)


def _cell(policy: engine.Policy, node: engine.Node, release: ReleaseState) -> Cell:
    marked = any(item.state is engine.State.MARKED for item in node.items)
    return Cell(
        earned=policy.rounded_part(node.so_far.earned) if node.so_far.share is not None else None,
        state=presenting.state_of(node),
        missing=presenting.missing_count(node),
        is_changed=release.word == "changed" and marked and not presenting.is_released(node),
        is_set=node.so_far.is_set,
    )


def _columns(policy: engine.Policy, states: Mapping[str, ReleaseState]) -> list[Column]:
    titles = {component.key: component.title for component in policy.walk()}
    trees = [policy.components, *(track.policy.components for track in policy.tracks)]
    groups = {leaf.key: group for tree in reversed(trees) for group, leaf in presenting.leaves_with_group(tree)}
    return [
        Column(
            key=leaf.key,
            title=leaf.title,
            group=titles.get(groups[leaf.key]),
            weight=presenting.exact_decimal(leaf.weight),
            release=states[leaf.key],
        )
        for leaf in policy.leaves()
    ]
