"""The courses of one person, and those that anybody may look at."""

from dataclasses import dataclass

from accounts.models import User
from courses.deadlines import Deadline
from courses.models import Course, Enrollment
from planner.queries import next_owed


@dataclass(frozen=True)
class MyCourse:
    course: Course
    enrollment: Enrollment
    next_deadline: Deadline | None
    is_over: bool


def my_courses(user: User) -> list[MyCourse]:
    """The user's courses, those that still run first."""
    enrollments = list(Enrollment.objects.active().filter(user=user).select_related("course").order_by("-course__starts_on"))
    owed = next_owed(enrollments)
    found = [
        MyCourse(
            course=enrollment.course,
            enrollment=enrollment,
            next_deadline=owed.get(enrollment.pk),
            is_over=enrollment.course.ends_on < enrollment.course.today(),
        )
        for enrollment in enrollments
    ]
    return sorted(found, key=lambda mine: mine.is_over)


def public_courses(*, without: list[MyCourse]) -> list[Course]:
    mine = {each.course.pk for each in without}
    return [course for course in Course.objects.filter(is_public=True) if course.pk not in mine]
