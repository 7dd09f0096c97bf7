"""The instructor's grid: students × components, as the request asks to filter and sort it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from courses.models import Course, Enrollment
from grading import engine, presenting
from grading.models import Policy
from grading.queries.grades import Grade, grades_of
from grading.queries.policy import policy_findings, read_in_force
from grading.queries.release import ReleaseState, release_states

BANDS = ("0 to 20 %", "20 to 40 %", "40 to 60 %", "60 to 80 %", "80 to 100 %")


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
    leaves: dict[str, engine.Node]
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
    counts: list[tuple[str, int]]
    mean: Decimal | None


@dataclass(frozen=True, slots=True)
class Filter:
    name: str = ""
    section: str = ""
    only_missing: bool = False
    sort: str = ""

    @property
    def is_on(self) -> bool:
        return bool(self.name or self.section or self.only_missing)


@dataclass(frozen=True, slots=True)
class Gradebook:
    row: Policy | None
    policy: engine.Policy
    columns: list[Column]
    lines: list[Line]
    students: int
    sections: list[str]
    filter: Filter
    findings: list[engine.Finding] = field(default_factory=list)

    @property
    def has_letters(self) -> bool:
        return any(line.grade.letter or line.grade.letter_final for line in self.lines)

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


def gradebook_of(course: Course, asked: Mapping[str, str]) -> Gradebook:
    """`asked` may name `name`, `section`, `missing` (any value) and `sort`.

    Sorts are name, section, total, final and the keys of components; a "-" before it turns the order round.
    """
    row, policy = read_in_force(course)
    grades = grades_of(course, audience="staff")
    students = Enrollment.objects.filter(pk__in=grades).select_related("user").order_by("user__name", "pk")
    states = release_states(course, policy)
    lines = [_line(student, grades[student.pk], states) for student in students]
    chosen = Filter(
        name=asked.get("name", "").strip(),
        section=asked.get("section", ""),
        only_missing=bool(asked.get("missing")),
        sort=asked.get("sort", ""),
    )
    return Gradebook(
        row=row,
        policy=policy,
        columns=_columns(policy, lines, states),
        lines=_sorted(policy, [line for line in lines if _matches(line, chosen)], chosen.sort),
        students=len(lines),
        sections=sorted({line.student.section for line in lines if line.student.section}),
        filter=chosen,
        findings=policy_findings(course, row) if row else [],
    )


def _line(student: Enrollment, grade: Grade, states: dict[str, ReleaseState]) -> Line:
    leaves = {node.key: node for node in grade.explanation.leaves()}
    cells = [_cell(grade.policy, leaves[key], state) if key in leaves else None for key, state in states.items()]
    return Line(student, grade, leaves, cells)


def _cell(policy: engine.Policy, node: engine.Node, release: ReleaseState) -> Cell:
    marked = any(item.state is engine.State.MARKED for item in node.items)
    return Cell(
        earned=policy.rounded_part(node.so_far.earned) if node.so_far.share is not None else None,
        state=presenting.state_of(node),
        missing=presenting.missing_count(node),
        is_changed=release.word == "changed" and marked and not presenting.is_released(node),
        is_set=node.so_far.is_set,
    )


def _columns(policy: engine.Policy, lines: list[Line], states: dict[str, ReleaseState]) -> list[Column]:
    titles = {component.key: component.title for component in policy.walk()}
    trees = [policy.components, *(track.policy.components for track in policy.tracks)]
    groups = {leaf.key: group for tree in reversed(trees) for group, leaf in presenting.leaves_with_group(tree)}
    columns = []
    for leaf in policy.leaves():
        group = groups[leaf.key]
        outcomes = [line.leaves[leaf.key].so_far for line in lines if leaf.key in line.leaves]
        shares = [outcome.share for outcome in outcomes if outcome.share is not None]
        columns.append(
            Column(
                key=leaf.key,
                title=leaf.title,
                group=titles.get(group),
                weight=presenting.exact_decimal(leaf.weight),
                release=states[leaf.key],
                counts=_histogram(shares),
                mean=policy.rounded_part(sum(shares) / len(shares) * leaf.weight) if shares else None,
            )
        )
    return columns


def _histogram(shares: list) -> list[tuple[str, int]]:
    counts = [0] * len(BANDS)
    for share in shares:
        counts[min(int(share * len(BANDS)), len(BANDS) - 1)] += 1
    return list(zip(BANDS, counts, strict=True))


def _matches(line: Line, chosen: Filter) -> bool:
    if chosen.name and chosen.name.casefold() not in f"{line.student.user.name} {line.student.user.email}".casefold():
        return False
    if chosen.section and line.student.section != chosen.section:
        return False
    return not chosen.only_missing or line.missing > 0


def _sorted(policy: engine.Policy, lines: list[Line], sort: str) -> list[Line]:
    """Stable over the order by name; what has no value yet comes last either way."""
    key = sort.removeprefix("-")
    keys = {leaf.key for leaf in policy.leaves()}

    def value(line: Line) -> Any:
        if key == "section":
            return line.student.section or None
        if key == "total":
            return line.grade.explanation.so_far.value
        if key == "final":
            return line.grade.explanation.final.value
        return line.leaves[key].so_far.share if key in line.leaves else None

    if key == "name":
        return lines[::-1] if sort.startswith("-") else lines
    if key not in keys and key not in ("section", "total", "final"):
        return lines
    there = [line for line in lines if value(line) is not None]
    rest = [line for line in lines if value(line) is None]
    return sorted(there, key=value, reverse=sort.startswith("-")) + rest
