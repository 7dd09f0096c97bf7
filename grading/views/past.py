"""The gradebook, or one student's grade, as it was at a moment; for instructors."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from courses.policies import require_instructor
from grading.dated_forms import AtForm
from grading.presenting import bar_of, present
from grading.queries.past import KNOWN, UNKNOWN, grade_at, gradebook_at, students_at


@login_required
@require_safe
def history_at(request, course_slug):
    """Without `at`, the form alone."""
    enrollment = require_instructor(request.user, course_slug)
    course = enrollment.course
    form = AtForm(request.GET if "at" in request.GET else None, course=course)
    context = {"course": course, "enrollment": enrollment, "form": form, "known": KNOWN, "unknown": UNKNOWN}
    if not form.is_valid():
        return render(request, "grading/history_at.html", context, status=422 if form.is_bound else 200)
    asked = form.cleaned_data
    context |= {"at": asked["at"], "audience": form.audience}
    if asked["student"] is None:
        context["book"] = gradebook_at(course, asked["at"], audience=form.audience)
    else:
        context |= _of_student(course, form)
    return render(request, "grading/history_at.html", context)


def _of_student(course, form: AtForm) -> dict:
    at = form.cleaned_data["at"]
    student = get_object_or_404(students_at(course, at), pk=form.cleaned_data["student"])
    grade = grade_at(student, at, audience=form.audience)
    if grade is None:
        raise Http404("No such student.")
    return {"student": student, "grade": present(grade), "bar": bar_of(grade)}
