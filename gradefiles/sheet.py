"""Every single mark as a sheet: students × pieces of work, as one marker may read and set them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from zlib import crc32

from courses.models import Course, Enrollment
from courses.policies import students_marked_by
from grading import engine
from grading.models import Mark
from grading.queries import read_in_force
from grading.queries.entries import ANONYMOUS
from presentations.models import SignUp
from projects.queries import grading_facts as milestone_facts
from reviews.models import ReviewRules
from reviews.queries import grading_facts as review_facts


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is how a file names it (review:attention), `own_id` a number that stays the same, as Canvas wants one."""

    key: str
    title: str
    out_of: Decimal
    own_id: int

    @property
    def heading(self) -> str:
        return f"{self.title} (of {engine.plain(self.out_of)}) [{self.key}]"


class Place(NamedTuple):
    """Where a student and a column meet. `work` is the work's address (review-12), "" where there is nothing to mark.

    `is_hidden`: it is marked without names, and its mark not released; a sheet of names is no place for it.
    """

    work: str
    is_exempt: bool = False
    why_not: str = ""
    is_hidden: bool = False


class Given(NamedTuple):
    """A mark as it stands."""

    points: Decimal | None
    comment: str
    revision: int
    version: int | None
    by: str
    at: datetime | None
    released_at: datetime | None


NOTHING_GIVEN = Given(None, "", 0, None, "", None, None)


@dataclass(slots=True)
class Sheet:
    course: Course
    students: list[Enrollment]
    columns: list[Column] = field(default_factory=list)
    places: dict[tuple[int, str], Place] = field(default_factory=dict)
    given: dict[str, Given] = field(default_factory=dict)

    def place(self, student: int, key: str) -> Place | None:
        """None where the work is not this student's at all."""
        return self.places.get((student, key))

    def mark(self, place: Place) -> Given:
        return self.given.get(place.work, NOTHING_GIVEN)

    def seen(self, place: Place, component: engine.Component | None) -> Place:
        """The place as the marking pages show it to who marks that component."""
        if not place.work or component is None or not component.is_anonymous or self.mark(place).released_at:
            return place
        return Place("", place.is_exempt, ANONYMOUS, is_hidden=True)


def sheet_of(marker: Enrollment) -> Sheet:
    """All columns and marks of the students this person marks; a constant number of queries."""
    course = marker.course
    students = students_marked_by(marker).select_related("user").order_by("user__name", "pk")
    sheet = Sheet(course, list(students), given=_given(course))
    _, policy = read_in_force(course)
    ids = [student.pk for student in sheet.students]
    _add_reviews(sheet, ids, policy)
    _add_presentations(sheet, ids, policy)
    _add_milestones(sheet, ids, policy)
    for leaf in policy.leaves():
        if leaf.source == "manual":
            key = f"component:{leaf.key}"
            sheet.columns.append(Column(key, leaf.title, leaf.max_points, crc32(leaf.key.encode()) * 10 + 4))
            sheet.places |= {(student, key): Place(f"manual-{leaf.key}-{student}") for student in ids}
    return sheet


def _add_reviews(sheet: Sheet, ids: list[int], policy: engine.Policy) -> None:
    rules, component = ReviewRules.of(sheet.course), policy.marked_by("reviews")
    out_of = Decimal(rules.max_points) if rules else Decimal(0)
    columns: dict[str, tuple] = {}
    for student, facts in review_facts(sheet.course, only=ids).items() if rules else ():
        for fact in facts:
            key = f"review:{fact.paper_key}"
            column = Column(key, f"Review: {fact.title}", out_of, fact.paper_id * 10 + 1)
            columns.setdefault(key, ((fact.meeting_date, fact.paper_id), column))
            work = f"review-{fact.review_id}" if fact.is_in else ""
            place = Place(work, fact.is_exempt, "no review of this paper is handed in")
            sheet.places[student, key] = sheet.seen(place, component)
    sheet.columns += [column for _, column in sorted(columns.values(), key=lambda pair: pair[0])]


def _add_presentations(sheet: Sheet, ids: list[int], policy: engine.Policy) -> None:
    leaf = next((leaf for leaf in policy.leaves() if leaf.source == "presentations"), None)
    out_of = leaf.max_points if leaf else Decimal(engine.DEFAULT_MAX_POINTS)
    sign_ups = SignUp.objects.standing().filter(enrollment__in=ids, role__slot__course=sheet.course)
    sign_ups = sign_ups.select_related("role__slot__meeting", "role__slot__paper")
    columns: dict[str, Column] = {}
    for sign_up in sign_ups.order_by("role__slot__meeting__date", "role__slot__position", "role__position", "pk"):
        role, slot = sign_up.role, sign_up.role.slot
        key = f"presentation:{slot.key}/{role.key}"
        columns.setdefault(key, Column(key, f"Presentation: {slot}, {role.title}", out_of, role.pk * 10 + 2))
        sheet.places[sign_up.enrollment_id, key] = Place(f"presentation-{sign_up.pk}")
    sheet.columns += columns.values()


def _add_milestones(sheet: Sheet, ids: list[int], policy: engine.Policy) -> None:
    columns: dict[str, Column] = {}
    for student, facts in milestone_facts(sheet.course, only=ids).items():
        for fact in facts:
            key = f"milestone:{fact.key}"
            columns.setdefault(key, Column(key, fact.title, fact.max_points, fact.milestone_id * 10 + 3))
            place = Place(_milestone_work(sheet, student, fact), why_not="this student is in no team")
            sheet.places[student, key] = sheet.seen(place, policy.marked_by("milestones", fact.key))
    sheet.columns += columns.values()


def _milestone_work(sheet: Sheet, student: int, fact) -> str:
    """The mark that counts for this student: their own where they have one, else the team's."""
    if not fact.team_id:
        return ""
    own = f"milestone-{fact.milestone_id}-student-{student}"
    return own if sheet.given.get(own, NOTHING_GIVEN).points is not None else f"milestone-{fact.milestone_id}-{fact.team_id}"


def _given(course: Course) -> dict[str, Given]:
    rows = Mark.objects.filter(course=course).order_by().values_list(
        "review_id", "sign_up_id", "milestone_id", "team_id", "enrollment_id", "component",
        "points", "comment", "revision", "review_version", "marked_by__name", "changed_at", "released_at",
    )  # fmt: skip
    return {_address(*row[:6]): Given(*row[6:]) for row in rows}


def _address(review, sign_up, milestone, team, enrollment, component) -> str:
    if review:
        return f"review-{review}"
    if sign_up:
        return f"presentation-{sign_up}"
    if milestone:
        return f"milestone-{milestone}-{team}" if team else f"milestone-{milestone}-student-{enrollment}"
    return f"manual-{component}-{enrollment}"
