"""The pages of one course that gather from all rooms."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import Http404
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from courses.models import Course, Enrollment, Role
from courses.policies import get_visible_course, require_member
from home.lines import cells_of, line_of, settled_of
from home.queries import course_page as queries
from home.queries.agenda import agenda_of
from home.queries.staff import staff_home
from home.queries.student import grade_so_far, student_home


@require_safe
def course_page(request, course_slug):
    try:
        course, enrollment = get_visible_course(request.user, course_slug)
    except Http404:
        if request.user.is_authenticated:
            raise
        # The same answer whether the course exists or not, so that nobody can find out by trying.
        return redirect_to_login(request.get_full_path())
    return render(request, "home/course_page.html", _course_page(course, enrollment))


def _course_page(course: Course, enrollment: Enrollment | None) -> dict:
    agenda = agenda_of(course, enrollment)
    return {
        "course": course,
        "enrollment": enrollment,
        "agenda": agenda,
        "next": next((meeting for meeting in agenda if meeting.is_next), None),
        "today": next((meeting for meeting in agenda if meeting.is_today), None),
        "grading": queries.grading_of(course),
        "instructors": queries.instructors_of(course),
        "review_rules": queries.review_rules_of(course),
        "pages": queries.pages_of(course),
        "guideline": queries.guideline_of(agenda),
    }


# What every room asks of a course, with the course: three queries fewer.
RULES = ("course__review_rules__form", "course__participation_rules", "course__project_rules", "course__presentation_rules")


@login_required
@require_safe
def today(request, course_slug):
    enrollment = require_member(request.user, course_slug, *RULES)
    context = {"course": enrollment.course, "enrollment": enrollment, "now": timezone.now()}
    if enrollment.role == Role.OBSERVER:
        return redirect("home:course_page", course_slug=course_slug)
    if enrollment.is_student:
        return render(request, "home/today_student.html", context | _student_page(enrollment))
    return render(request, "home/today_staff.html", context | {"home": staff_home(enrollment)})


GRADE_KEPT_FOR = 60  # seconds; a deadline that passes changes the grade without any write


def _student_page(enrollment: Enrollment) -> dict:
    home, course = student_home(enrollment), enrollment.course
    lines = {part: [line_of(item, course) for item in getattr(home, part)] for part in ("owed", "later", "optional")}
    lines["settled"] = [settled_of(item, course) for item in home.settled]
    return {"home": home, "lines": lines, "term": cells_of(home.term), "grade": _grade_so_far(enrollment)}


def _grade_so_far(enrollment: Enrollment) -> str:
    """The rendered summary. The benchmark's home spent two fifths of its time on it, so it is kept while the stamps,
    which every write that may change a grade sets, stay the same. The page of grades itself is always computed.
    """
    stamps = f"{enrollment.released_changed_at.timestamp()}-{enrollment.course.grades_changed_at.timestamp()}"

    def rendered() -> str:
        grade = grade_so_far(enrollment)
        return render_to_string("home/_grade.html", {"grade": grade, "course": enrollment.course}) if grade else ""

    kept = cache.get_or_set(f"grade-so-far-{enrollment.pk}-{stamps}", rendered, GRADE_KEPT_FOR)
    return mark_safe(kept)  # noqa: S308 - a template's own escaped output
