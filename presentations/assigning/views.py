"""Dealing presentations: what is asked, how far it is, what would come of it; applying it, and undoing that."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from core.run_pages import act_on, show_progress
from courses.policies import require_instructor
from presentations.assigning import actions, queries
from presentations.assigning.forms import RunForm
from presentations.assigning.reading import read_world
from presentations.assigning.usual import usual_parameters
from presentations.assigning.world import Parameters
from presentations.models import PresentationRules, PresentationRun, SignUp, WishList

ANEW = Parameters(least=1, most=1)  # as a deal reads the course that deals anew what was dealt


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def run_list(request, course_slug):
    """POST has the portal work one out."""
    by = require_instructor(request.user, course_slug)
    rules = PresentationRules.of(by.course)
    world = read_world(by.course, ANEW)
    usual = usual_parameters(world, rules).stored()
    form = RunForm(request.POST if request.method == "POST" else None, initial=usual)
    if form.is_bound and form.is_valid() and (run := _planned(request, by, form)):
        return redirect("presentations:run_detail", course_slug, run.pk)
    context = {
        "course": by.course,
        "enrollment": by,
        "form": form,
        "rules": rules,
        "held": sum(len(each.held) for each in world.students),
        "open": sum(slot.open for slot in world.slots),
        "answered": WishList.objects.filter(enrollment__course=by.course, enrollment__is_active=True).count(),
        "students": by.course.enrollments.active().students().count(),
        "runs": queries.runs_of(by.course),
    }
    return render(request, "presentations/run_list.html", context, status=422 if form.errors else 200)


def _planned(request, by, form: RunForm) -> PresentationRun | None:
    try:
        return actions.plan_run(course=by.course, parameters=form.parameters, by=request.user)
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None


@login_required
@require_safe
def run_detail(request, course_slug, pk):
    by, run = _run(request, course_slug, pk)
    result = run.result or {}
    context = {
        "course": by.course,
        "enrollment": by,
        "run": run,
        "is_stalled": run.is_stalled(),
        "result": result,
        "chart": queries.chart_of(result) if result else [],
        "lines": queries.lines_of(run),
        "told": queries.told_by(run),
        "kept": queries.kept_lines(run) if run.kept else [],
        "parameters": run.parameters,
    }
    return render(request, "presentations/run_detail.html", context)


@login_required
@require_safe
def run_progress(request, course_slug, pk):
    _, run = _run(request, course_slug, pk)
    return show_progress(request, run, "presentations/_run_progress.html", _address(run))


@login_required
@require_POST
def run_apply(request, course_slug, pk):
    _, run = _run(request, course_slug, pk)
    return act_on(request, run, actions.apply_run, "Applied. Whoever got a place has a mail.", _address(run))


@login_required
@require_POST
def run_undo(request, course_slug, pk):
    _, run = _run(request, course_slug, pk)
    return act_on(request, run, actions.undo_run, "Undone.", _address(run))


def _address(run) -> str:
    return reverse("presentations:run_detail", args=[run.course.slug, run.pk])


def _run(request, course_slug, pk):
    by = require_instructor(request.user, course_slug)
    run = get_object_or_404(PresentationRun.objects.select_related("created_by"), course=by.course, pk=pk)
    run.course = by.course
    return by, run


@login_required
@require_POST
def place_pin(request, course_slug, pk):
    """Pin the place, or with `pinned` empty take the pin off."""
    by = require_instructor(request.user, course_slug)
    places = SignUp.objects.standing().select_related("role__slot")
    sign_up = get_object_or_404(places, role__slot__course=by.course, pk=pk)
    actions.pin_place(sign_up=sign_up, is_pinned=bool(request.POST.get("pinned")))
    messages.success(request, "Pinned: dealing again leaves it." if sign_up.is_pinned else "The pin is off.")
    return redirect("presentations:board", course_slug)
