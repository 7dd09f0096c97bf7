"""The instructor's gradebook and the release of marks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from courses.policies import require_instructor
from grading import actions
from grading.queries.gradebook import gradebook_of


@login_required
@require_safe
def gradebook(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    book = gradebook_of(enrollment.course, request.GET)
    context = {"course": enrollment.course, "enrollment": enrollment, "book": book}
    return render(request, "grading/gradebook.html", context)


@login_required
@require_POST
def component_release(request, course_slug, component_key):
    enrollment = require_instructor(request.user, course_slug)
    try:
        count = actions.release_component(course=enrollment.course, component_key=component_key, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _words(count, "now visible to students", "Students see these marks as they stand already."))
    return redirect("grading:gradebook", course_slug=course_slug)


@login_required
@require_POST
def component_hide(request, course_slug, component_key):
    enrollment = require_instructor(request.user, course_slug)
    try:
        count = actions.hide_component(course=enrollment.course, component_key=component_key, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _words(count, "hidden from students again", "No mark of this component was visible."))
    return redirect("grading:gradebook", course_slug=course_slug)


def _words(count: int, done: str, nothing: str) -> str:
    if not count:
        return nothing
    return f"1 mark is {done}." if count == 1 else f"{count} marks are {done}."
