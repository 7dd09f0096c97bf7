"""One component as a sheet: students × single pieces of work, a page at a time, as one marker may read and mark them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet

from courses.models import Course, Enrollment
from courses.policies import students_marked_by
from grading import engine
from grading.queries.entries import Refusal
from grading.queries.sheet.blind import LISTED, BlindColumn, without_names
from grading.queries.sheet.columns import Column, columns_of, find_component
from grading.queries.sheet.rows import SIGNS, Cell, Row, rows_of

ROWS_A_PAGE = (50, 25, 100)  # the first where nothing is asked for
MAX_CELLS = 3_900  # on a page, beside LISTED without names; DATA_UPLOAD_MAX_NUMBER_FIELDS is 5,000


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the sheet is asked for."""

    name: str = ""
    section: str = ""
    page: int = 1
    rows: int = ROWS_A_PAGE[0]

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        rows, page = query.get("rows", ""), query.get("page", "")
        return cls(
            name=_plain(query.get("name", "")).strip()[:150],
            section=_plain(query.get("section", ""))[:60],
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
            rows=int(rows) if rows in map(str, ROWS_A_PAGE) else ROWS_A_PAGE[0],
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.name or self.section)


def _plain(text: str) -> str:
    """A form may send a character that no name has and PostgreSQL does not take."""
    return text.replace("\x00", "")


@dataclass(slots=True)
class Sheet:
    course: Course
    leaf: engine.Component
    asked: Asked
    columns: list[Column]
    shows_results: bool
    page: Page
    rows: list[Row] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    blind: list[BlindColumn] = field(default_factory=list)

    @property
    def lists_blind(self) -> bool:
        return sum(len(part.rows) for part in self.blind) <= LISTED

    def cells(self) -> Iterator[Cell]:
        yield from (cell for row in self.rows for cell in row.cells)
        if self.lists_blind:
            yield from (row.cell for part in self.blind for row in part.rows)

    @property
    def expected(self) -> str:
        """What may be typed, where that is the same in every column."""
        said = {column.expected for column in self.columns}
        return said.pop() if len(said) == 1 else "out of what its column says"

    @property
    def legend(self) -> list[tuple[str, str]]:
        """(sign, what it means), of all: an entry may bring another one onto the page."""
        return list(SIGNS.items())


def sheet_of(marker: Enrollment, key: str, asked: Asked, *, only: Collection[int] | None = None) -> Sheet:
    """The page of the sheet that is asked for, of all or of the students in `only`; a constant number of queries.

    Only the grades of the students who are shown are computed. Results are for instructors, who see grades; while some of the
    work has no name they are left out, for one that moved would tell whose mark has just been entered.
    """
    policy, leaf = find_component(marker.course, key)
    columns = columns_of(marker, policy, leaf)
    students = _students(marker, leaf, asked)
    if only is not None:
        students = students.filter(pk__in=only)
    page = Paginator(students, _rows_a_page(asked, columns)).get_page(asked.page)
    blind = without_names(marker, policy, leaf, columns)
    rows = rows_of(marker.course, policy, leaf, columns, list(page.object_list), tells_counted=not blind)
    sections = students_marked_by(marker).exclude(section="").order_by("section").values_list("section", flat=True).distinct()
    return Sheet(
        course=marker.course,
        leaf=leaf,
        asked=asked,
        columns=columns,
        shows_results=marker.is_instructor and not blind,
        page=page,
        rows=rows,
        sections=list(sections),
        blind=blind,
    )


def _rows_a_page(asked: Asked, columns: list[Column]) -> int:
    """Fewer where a page of so many columns would be a form of more cells than one request may send."""
    return min(asked.rows, max(1, MAX_CELLS // max(1, len(columns))))


def _students(marker: Enrollment, leaf: engine.Component, asked: Asked) -> QuerySet[Enrollment]:
    """By name; where teams are marked, team by team."""
    students = students_marked_by(marker).select_related("user", "team_member__team")
    if asked.name:
        students = students.filter(Q(user__name__icontains=asked.name) | Q(user__email__icontains=asked.name))
    if asked.section:
        students = students.filter(section=asked.section)
    teams = [F("team_member__team__name").asc(nulls_last=True), "team_member__team"] if leaf.source == "milestones" else []
    return students.order_by(*teams, "user__name", "pk")


def with_typed(sheet: Sheet, typed: Mapping[str, tuple[str, Refusal | None]]) -> Sheet:
    """The sheet with what somebody typed and what is wrong with it, {cell key: (text, refusal)}, in its cells."""
    for row in sheet.rows:
        for place, cell in enumerate(row.cells):
            if cell.key in typed:
                text, refusal = typed[cell.key]
                row.cells[place] = replace(cell, typed=text, refusal=refusal)
    for part in sheet.blind:
        for place, row in enumerate(part.rows):
            if row.cell.key in typed:
                text, refusal = typed[row.cell.key]
                part.rows[place] = row._replace(cell=replace(row.cell, typed=text, refusal=refusal))
    return sheet
