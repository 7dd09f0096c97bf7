"""Who is mentioned in a text, an @ and the full name of somebody in the course; and who is offered while one is typed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from courses.models import Course, Enrollment, Paper
from reviews.models import Review
from reviews.policies import sees_names, sees_signed_names
from reviews.queries.readers import readers_of


@dataclass(frozen=True, slots=True)
class Mentionable:
    name: str
    is_staff: bool


def mentionable(viewer: Enrollment, paper: Paper, *, review: Review | None, is_staff_only: bool) -> list[Mentionable]:
    """Whom a thread on the paper, or on the review, offers to the viewer, by name.

    To staff just those who may read it. A student must not learn from it who has submitted or was given more time, which is
    what reading a review hangs on: they are offered staff, on the paper the students if names are shown, and on a review
    whoever they see named at a review of this paper. Reads paper.meeting.
    """
    members = list(Enrollment.objects.active().filter(course=viewer.course_id).select_related("user"))
    for member in members:
        member.course = viewer.course
    if is_staff_only or not viewer.is_staff:
        offered = [member for member in members if member.is_staff]
        offered += [] if is_staff_only else _named_students(viewer, paper, review, members)
    else:
        offered = readers_of(review, paper, members) if review else members
    return _by_name(member for member in offered if member.pk != viewer.pk)


def _named_students(viewer: Enrollment, paper: Paper, review: Review | None, members: list[Enrollment]) -> list[Enrollment]:
    students = [member for member in members if member.is_student]
    if review is None and sees_names(viewer):
        return students
    if not sees_signed_names(viewer):
        return []
    named = Review.objects.visible_to(viewer).submitted().filter(paper=paper).order_by()
    named = set((named if sees_names(viewer) else named.signed()).values_list("reviewer", flat=True))
    return [student for student in students if student.pk in named]


def _by_name(members: Iterable[Enrollment]) -> list[Mentionable]:
    """Two of one name are one: a mention is by name, and means both."""
    staff: dict[str, bool] = {}
    for member in members:
        if member.user.name:
            staff[member.user.name] = staff.get(member.user.name, False) or member.is_staff
    return [Mentionable(name, staff[name]) for name in sorted(staff, key=str.casefold)]


def mentioned_in(text: str, course: Course) -> list[Enrollment]:
    """The active members whose names stand behind an @, in the order of the text; one query, none without an @.

    Of names that begin alike the longest that fits is meant. Two people of one name are both mentioned.
    """
    if "@" not in text:
        return []
    members = list(Enrollment.objects.active().filter(course=course).select_related("user"))
    return found_in(text, members)


def found_in(text: str, members: Iterable[Enrollment]) -> list[Enrollment]:
    by_name: dict[str, list[Enrollment]] = {}
    for member in members:
        if name := _plain(member.user.name):
            by_name.setdefault(name, []).append(member)
    longest_first = sorted(by_name, key=len, reverse=True)
    found: dict[int, Enrollment] = {}
    for sign in re.finditer(r"(?<!\w)@", text):
        # No name is longer than a user's may be, so a long text is not copied at every sign.
        after = _plain(text[sign.end() : sign.end() + 400])
        name = next((name for name in longest_first if _begins_with(after, name)), None)
        found |= {member.pk: member for member in by_name.get(name, ())}
    return list(found.values())


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _begins_with(text: str, name: str) -> bool:
    return text.startswith(name) and not re.match(r"\w", text[len(name) :])
