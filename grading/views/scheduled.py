"""Releasing marks at a moment to come."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from courses.models import Enrollment
from courses.policies import require_instructor
from grading import actions
from grading.dated_forms import ScheduleForm
from grading.models import ScheduledRelease
from grading.queries import read_in_force
from grading.queries.scheduled import scheduled_of, settled_of


@login_required
@require_safe
def release_list(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    policy = read_in_force(enrollment.course)[1]
    return _page(request, enrollment, policy, ScheduleForm(course=enrollment.course, policy=policy, initial=_initial(request)))


def _initial(request) -> dict:
    return {"what": request.GET["what"]} if "what" in request.GET else {}


@login_required
@require_POST
def release_schedule(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    policy = read_in_force(enrollment.course)[1]
    form = ScheduleForm(request.POST, course=enrollment.course, policy=policy)
    if form.is_valid():
        try:
            release = actions.schedule_release(course=enrollment.course, by=request.user, **form.given())
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else "what", refusal.message)
        else:
            when = f"{enrollment.course.local(release.due_at):%Y-%m-%d %H:%M}"
            messages.success(request, f"Students see these marks from {when} on, as they then stand.")
            return redirect("grading:release_list", course_slug=course_slug)
    return _page(request, enrollment, policy, form, status=422)


def _page(request, enrollment: Enrollment, policy, form: ScheduleForm, *, status: int = 200):
    course = enrollment.course
    context = {
        "course": course,
        "enrollment": enrollment,
        "form": form,
        "scheduled": scheduled_of(course, policy),
        "settled": settled_of(course, policy),
    }
    return render(request, "grading/release_list.html", context, status=status)


@login_required
@require_POST
def release_cancel(request, course_slug, pk):
    enrollment = require_instructor(request.user, course_slug)
    release = get_object_or_404(ScheduledRelease, course=enrollment.course, pk=pk)
    try:
        actions.cancel_release(release=release, by=request.user, reason=request.POST.get("reason", ""))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "Cancelled: nothing is released then.")
    return redirect("grading:release_list", course_slug=course_slug)
