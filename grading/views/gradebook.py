"""The instructor's gradebook and the release of marks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from courses.policies import require_instructor
from grading import actions
from grading.filter_forms import GradeFilterForm
from grading.policies import find_student
from grading.queries import read_in_force
from grading.queries.gradebook import gradebook_of, has_letters
from grading.queries.scheduled import scheduled_of
from grading.queries.statistics import statistics_of


@login_required
@require_safe
def gradebook(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    course = enrollment.course
    in_force = read_in_force(course)
    form = GradeFilterForm(request.GET, policy=in_force[1])
    book = gradebook_of(
        course, in_force, form.kept(), page=request.GET.get("page"), with_statistics="statistics" in request.GET
    )
    context = {"course": course, "enrollment": enrollment, "book": book, "form": form}
    context |= {"scheduled": scheduled_of(course, in_force[1]), "open_release": "release" in request.GET}
    return render(request, "grading/gradebook.html", context)


@login_required
@require_safe
def gradebook_statistics(request, course_slug):
    """How all results lie, for htmx to fetch once the page is there; without script it is the page with `statistics`."""
    course = require_instructor(request.user, course_slug).course
    if not request.htmx:
        return redirect(f"{reverse('grading:gradebook', args=[course.slug])}?statistics=1")
    _, policy = read_in_force(course)
    context = {"course": course, "statistics": statistics_of(course, policy), "has_letters": has_letters(policy)}
    return render(request, "grading/_statistics.html", context)


@login_required
@require_POST
def component_release(request, course_slug, component_key):
    enrollment = require_instructor(request.user, course_slug)
    try:
        count = actions.release_component(course=enrollment.course, component_key=component_key, **_said(request))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _words(count, "now visible to students", "Students see these marks as they stand already."))
    return _to_releases(course_slug)


@login_required
@require_POST
def component_hide(request, course_slug, component_key):
    enrollment = require_instructor(request.user, course_slug)
    try:
        count = actions.hide_component(course=enrollment.course, component_key=component_key, **_said(request))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _words(count, "hidden from students again", "No mark of this component was visible."))
    return _to_releases(course_slug)


def _said(request) -> dict:
    return {"by": request.user, "reason": request.POST.get("reason", "")}


def _to_releases(course_slug: str):
    """The gradebook with its table of releases open: several components are often released one after the other."""
    return redirect(f"{reverse('grading:gradebook', args=[course_slug])}?release=1")


@login_required
@require_POST
def student_release(request, course_slug, enrollment_id):
    return _act_on_student(request, course_slug, enrollment_id, actions.release_student, "now visible to the student")


@login_required
@require_POST
def student_hide(request, course_slug, enrollment_id):
    return _act_on_student(request, course_slug, enrollment_id, actions.hide_student, "hidden from the student again")


def _act_on_student(request, course_slug, enrollment_id, act, done: str):
    enrollment = require_instructor(request.user, course_slug)
    student = find_student(enrollment, enrollment_id)
    try:
        count = act(student=student, **_said(request))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _words(count, done, "Nothing had to change."))
    return redirect("grading:student_grade", course_slug=course_slug, enrollment_id=student.pk)


def _words(count: int, done: str, nothing: str) -> str:
    if not count:
        return nothing
    return f"1 mark is {done}." if count == 1 else f"{count} marks are {done}."
