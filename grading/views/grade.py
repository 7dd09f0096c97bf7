"""One student's grade with every number explained."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from courses.models import Enrollment
from courses.policies import require_instructor
from grading.policies import require_graded
from grading.presenting import bar_of, present
from grading.queries import grades_of


@login_required
@require_safe
def grade_home(request, course_slug):
    enrollment = require_graded(request.user, course_slug)
    if enrollment.is_instructor:
        return redirect("grading:gradebook", course_slug=course_slug)
    return _page(request, enrollment, student=enrollment, audience="student")


@login_required
@require_safe
def student_grade(request, course_slug, enrollment_id):
    enrollment = require_instructor(request.user, course_slug)
    students = Enrollment.objects.active().students().filter(course=enrollment.course).select_related("user")
    student = get_object_or_404(students, pk=enrollment_id)
    return _page(request, enrollment, student=student, audience="staff")


def _page(request, enrollment: Enrollment, *, student: Enrollment, audience: str):
    grade = grades_of(enrollment.course, audience=audience, enrollment_ids=[student.pk]).get(student.pk)
    if grade is None:
        raise Http404("No such student.")
    context = {
        "course": enrollment.course,
        "enrollment": enrollment,
        "student": student,
        "is_own": student.pk == enrollment.pk,
        "grade": present(grade),
        "bar": bar_of(grade),
    }
    return render(request, "grading/student_grade.html", context)
