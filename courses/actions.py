"""Every write to a course, its people and its links."""

from collections.abc import Iterable

from django.utils import timezone

from courses.models import Course, Enrollment


def stamp_grade_change(*, enrollments: Iterable[Enrollment | int], seen_by_student: bool) -> None:
    """Note that something these students' grades rest on has changed; call it in the writing transaction.

    `seen_by_student` is False for what is not released: the student's own stamp then stays as it is.
    """
    now = timezone.now()
    stamps = {"grade_changed_at": now} | ({"released_changed_at": now} if seen_by_student else {})
    ids = [getattr(enrollment, "pk", enrollment) for enrollment in enrollments]
    Enrollment.objects.filter(pk__in=ids).update(**stamps)


def stamp_course_change(*, course: Course) -> None:
    """Note that something has changed that everybody's grade may rest on: calendar, rules, policy."""
    Course.objects.filter(pk=course.pk).update(grades_changed_at=timezone.now())
