"""Where a student and a column of the sheet meet."""

from collections.abc import Collection
from typing import NamedTuple

from courses.models import Course
from grading import engine
from grading.queries.sheet.columns import Column
from presentations.models import SignUp
from projects.models import Milestone, TeamMember
from reviews.models import Review


class Place(NamedTuple):
    """Where a student and a column meet: the work's address, or why there is nothing to mark."""

    work: str = ""
    item: str = ""
    why_not: str = ""
    title: str = ""


Places = dict[tuple[int, str], Place]


def places_of(course: Course, leaf: engine.Component, columns: list[Column], students: Collection[int]) -> Places:
    """{(student, column key): place}; at most two queries."""
    return PLACES[leaf.source](course, leaf, columns, students)


def _review_places(course: Course, leaf: engine.Component, columns: list[Column], students: Collection[int]) -> Places:
    handed_in = Review.objects.filter(course=course, reviewer__in=students, current__isnull=False).order_by()
    found = {(student, key): pk for student, key, pk in handed_in.values_list("reviewer_id", "paper__key", "pk")}
    return {
        (student, column.key): Place(f"review-{found[student, column.key]}", column.item)
        if (student, column.key) in found
        else Place(item=column.item, why_not="no review is handed in")
        for student in students
        for column in columns
    }


def _presentation_places(course: Course, leaf: engine.Component, columns: list[Column], students: Collection[int]) -> Places:
    sign_ups = SignUp.objects.standing().filter(enrollment__in=students, role__slot__course=course)
    sign_ups = sign_ups.select_related("role__slot__meeting", "role__slot__paper")
    theirs: dict[int, list[SignUp]] = {}
    for sign_up in sign_ups.order_by("role__slot__meeting__date", "role__slot__position", "role__position", "pk"):
        theirs.setdefault(sign_up.enrollment_id, []).append(sign_up)
    places = {(student, column.key): Place(why_not="no slot is taken") for student in students for column in columns}
    for student, taken in theirs.items():
        for number, sign_up in enumerate(taken, start=1):
            title = f"{sign_up.role.slot}, {sign_up.role.title}"
            places[student, str(number)] = Place(f"presentation-{sign_up.pk}", f"sign-up-{sign_up.pk}", title=title)
    return places


def _milestone_places(course: Course, leaf: engine.Component, columns: list[Column], students: Collection[int]) -> Places:
    ids = dict(Milestone.objects.filter(course=course).order_by().values_list("key", "pk"))
    teams = dict(TeamMember.objects.filter(enrollment__in=students).order_by().values_list("enrollment_id", "team_id"))
    return {
        (student, column.key): Place(
            f"milestone-{ids[column.item]}-{f'student-{student}' if column.is_own else teams[student]}",
            column.item,
        )
        if student in teams
        else Place(item=column.item, why_not="in no team")
        for student in students
        for column in columns
    }


def _manual_places(course: Course, leaf: engine.Component, columns: list[Column], students: Collection[int]) -> Places:
    return {(student, leaf.key): Place(f"manual-{leaf.key}-{student}", leaf.key) for student in students}


PLACES = {
    "reviews": _review_places,
    "presentations": _presentation_places,
    "milestones": _milestone_places,
    "manual": _manual_places,
}
