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
    rules = ("course__review_rules__form", "course__participation_rules", "course__project_rules", "course__presentation_rules")
    enrollments = Enrollment.objects.active().filter(user=user).select_related("course", *rules)
    enrollments = list(enrollments.order_by("-course__starts_on", "course__code"))
    over = {enrollment.pk for enrollment in enrollments if enrollment.course.ends_on < enrollment.course.today()}
    owed = next_owed([enrollment for enrollment in enrollments if enrollment.pk not in over])
    found = [
        MyCourse(enrollment.course, enrollment, owed.get(enrollment.pk), enrollment.pk in over) for enrollment in enrollments
    ]
    return sorted(found, key=lambda mine: mine.is_over)


def public_courses(*, without: list[MyCourse]) -> list[Course]:
    mine = {each.course.pk for each in without}
    return [course for course in Course.objects.filter(is_public=True) if course.pk not in mine]
