"""Automatic assignment: its limits, how far it is, what would come of it; applying it, and undoing that."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from core.run_pages import act_on, show_progress
from courses.models import Paper
from courses.policies import require_instructor
from reviews import policies
from reviews.assigning.runs import actions, queries
from reviews.assigning.runs.forms import RunForm
from reviews.models import AssignmentRun, PreferenceCall, Who

ON_A_PAGE = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def run_list(request, course_slug):
    """POST has the portal work one out."""
    viewer = require_instructor(request.user, course_slug)
    rules = policies.require_rules(viewer)
    call = PreferenceCall.of(viewer.course)
    form = RunForm(viewer, request.POST if request.method == "POST" else None, initial=_usual(rules))
    if form.is_bound and form.is_valid() and (run := _planned(request, viewer, form)):
        return redirect("reviews:run_detail", course_slug, run.pk)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "form": form,
        "asks_everybody": rules.who == Who.EVERYBODY,
        "open_until": call.closes_at if call and call.is_open() else None,
        "runs": queries.runs_of(viewer.course),
    }
    return render(request, "reviews/run_list.html", context, status=422 if form.errors else 200)


def _usual(rules) -> dict:
    return {"paper_least": 1, "paper_most": 3, "student_least": 0, "student_most": rules.required_count or 3}


def _planned(request, viewer, form: RunForm) -> AssignmentRun | None:
    try:
        return actions.plan_run(course=viewer.course, parameters=form.parameters, by=request.user)
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None


@login_required
@require_safe
def run_detail(request, course_slug, pk):
    viewer, run = _run(request, course_slug, pk)
    result = run.result or {}
    page = Paginator(result.get("pairs", []), ON_A_PAGE).get_page(request.GET.get("page"))
    parameters = run.parameters
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "run": run,
        "is_stalled": run.is_stalled(),
        "result": result,
        "page": page,
        "lines": queries.lines_of(page.object_list),
        "kept": queries.kept_lines(run) if run.kept else [],
        "paper_count": Paper.objects.filter(pk__in=parameters["papers"]).count() if parameters["papers"] else None,
        "parameters": parameters,
    }
    return render(request, "reviews/run_detail.html", context)


@login_required
@require_safe
def run_progress(request, course_slug, pk):
    _, run = _run(request, course_slug, pk)
    return show_progress(request, run, "reviews/_run_progress.html", _address(run))


@login_required
@require_POST
def run_apply(request, course_slug, pk):
    _, run = _run(request, course_slug, pk)
    return act_on(request, run, actions.apply_run, "Applied: the students now see what they are to review.", _address(run))


@login_required
@require_POST
def run_undo(request, course_slug, pk):
    _, run = _run(request, course_slug, pk)
    return act_on(request, run, actions.undo_run, "Undone.", _address(run))


def _address(run) -> str:
    return reverse("reviews:run_detail", args=[run.course.slug, run.pk])


def _run(request, course_slug, pk):
    viewer = require_instructor(request.user, course_slug)
    policies.require_rules(viewer)
    run = get_object_or_404(AssignmentRun.objects.select_related("created_by"), course=viewer.course, pk=pk)
    run.course = viewer.course
    return viewer, run
