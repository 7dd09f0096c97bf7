"""Who may do what in a course: the only place that mentions roles.

The `require_...` functions answer for pages and API alike: a course the person is not in is 404, a role
that may not do the thing is 403.
"""

from functools import cache

from django.core.exceptions import PermissionDenied
from django.http import Http404

from core.prepared import Given, Prepared
from courses.models import Course, Enrollment, Role


def require_member(user, course_slug: str, *related: str) -> Enrollment:
    """The user's enrollment with its course, in one query. Raises Http404 for anybody else.

    `related` names what a room keeps one of for each course, to come in the same query ("course__review_rules").
    """
    reach = getattr(user, "reach", None)  # a visitor who has not signed in has none
    if reach and course_slug not in reach.courses:
        raise Http404("No such course.")
    if reach and reach.as_instructor:
        return _stand_in(user, course_slug, *related)
    found = _members(related)(user=user.pk, slug=course_slug)
    if not found:
        raise Http404("No such course.")
    enrollment = found[0]
    enrollment.user = user
    return enrollment


@cache
def _members(related: tuple[str, ...]) -> Prepared:
    """The one enrollment of a user in a course; every page asks."""
    members = Enrollment.objects.active().select_related("course", *related).order_by()
    return Prepared(lambda: members.filter(user=Given("user"), course__slug=Given("slug")))


def _stand_in(user, course_slug: str, *related: str) -> Enrollment:
    """An instructor's enrollment for a machine, which is nobody: no row, so that no list of people and no mail knows it."""
    course = (
        Course.objects.select_related(*(name.removeprefix("course__") for name in related)).filter(slug=course_slug).first()
    )
    if course is None:
        raise Http404("No such course.")
    return Enrollment(course=course, user=user, role=Role.INSTRUCTOR)


def courses_of_machine(user):
    """Every course of which this user, a machine's stand-in, has an instructor's view; none for people."""
    reach = getattr(user, "reach", None)
    return Course.objects.within(reach).order_by("pk") if reach and reach.as_instructor else Course.objects.none()


def require_role(user, course_slug: str, *roles: str, related: tuple[str, ...] = ()) -> Enrollment:
    enrollment = require_member(user, course_slug, *related)
    if enrollment.role not in roles:
        raise PermissionDenied(f"This page is for: {', '.join(Role(role).label.lower() for role in roles)}.")
    return enrollment


def require_student(user, course_slug: str, *related: str) -> Enrollment:
    return require_role(user, course_slug, Role.STUDENT, related=related)


def require_staff(user, course_slug: str) -> Enrollment:
    return require_role(user, course_slug, Role.ASSISTANT, Role.INSTRUCTOR)


def require_instructor(user, course_slug: str) -> Enrollment:
    return require_role(user, course_slug, Role.INSTRUCTOR)


def require_people(user, course_slug: str) -> Enrollment:
    """The enrollment of somebody who may see and change who is in the course, emails included."""
    return require_instructor(user, course_slug)


def get_visible_course(user, course_slug: str) -> tuple[Course, Enrollment | None]:
    """A course that the user may look at, and their enrollment if they have one; Http404 otherwise."""
    course = Course.objects.visible_to(user).filter(slug=course_slug).first()
    if course is None:
        raise Http404("No such course.")
    if not user.is_authenticated:
        return course, None
    enrollment = Enrollment.objects.active().filter(user=user, course=course).first()
    if enrollment:
        enrollment.user, enrollment.course = user, course
    return course, enrollment


def may_mark_work_of(marker: Enrollment, student: Enrollment) -> bool:
    """Staff mark in their own course; an assistant who has a section marks that section only."""
    if marker.course_id != student.course_id or not (marker.is_staff and marker.is_active):
        return False
    if not (student.is_student and student.is_active):
        return False
    return marker.is_instructor or not marker.section or marker.section == student.section


def students_marked_by(marker: Enrollment):
    """The students whose work this person marks: the set to `may_mark_work_of`."""
    students = Enrollment.objects.active().students().filter(course=marker.course_id)
    if not (marker.is_staff and marker.is_active):
        return students.none()
    if marker.is_instructor or not marker.section:
        return students
    return students.filter(section=marker.section)
