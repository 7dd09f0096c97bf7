"""Grades as files: taking them out, bringing marks in, what was brought before."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from core.errors import DomainError
from gradefiles import actions, policies, queries, work
from gradefiles.forms import ImportForm
from gradefiles.models import CanvasColumn, CanvasStudent
from gradefiles.writing import DELIMITERS, EXPORTS, File, export

ON_A_PAGE = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def files_home(request, course_slug):
    """POST has a file read; the preview is the import's own page."""
    marker = policies.require_importer(request.user, course_slug)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid() and (run := _started(marker, form)):
        return redirect("gradefiles:import_detail", course_slug, run.pk)
    context = {
        "course": marker.course,
        "enrollment": marker,
        "form": form,
        "page": Paginator(queries.history_of(marker), 20).get_page(request.GET.get("page")),
        "canvas_students": CanvasStudent.objects.filter(course=marker.course_id).count() if marker.is_instructor else 0,
        "canvas_columns": CanvasColumn.objects.filter(course=marker.course_id).count() if marker.is_instructor else 0,
    }
    return render(request, "gradefiles/files_home.html", context, status=422 if form.errors else 200)


def _started(marker, form: ImportForm):
    try:
        return actions.start_import(marker=marker, raw=form.raw, file_name=form.file_name)
    except DomainError as refusal:
        form.add_error("file", refusal.message)
        return None


@login_required
@require_safe
def export_download(request, course_slug, kind):
    marker = policies.require_exporter(request.user, course_slug, kind)
    if kind not in EXPORTS:
        raise Http404("No such file.")
    delimiter = DELIMITERS.get(request.GET.get("delimiter", "comma"), ",")
    return as_download(export(marker, kind, delimiter=delimiter, ids=request.GET.get("ids", "")))


def as_download(file: File) -> HttpResponse:
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_safe
def import_detail(request, course_slug, pk):
    marker, run = _import(request, course_slug, pk)
    plan = run.plan or {}
    page = Paginator(plan.get("changes", []), ON_A_PAGE).get_page(request.GET.get("page"))
    for change in page:
        change["moment"] = datetime.fromisoformat(change["at"]) if change["at"] else None
    run.fault_count = len(plan.get("faults", []))
    context = {
        "course": marker.course,
        "enrollment": marker,
        "run": run,
        "plan": plan,
        "page": page,
        "faults": plan.get("faults", [])[:ON_A_PAGE],
        "share": work.share_of(run) if run.is_under_way else None,
        "is_stalled": run.is_stalled(),
    }
    return render(request, "gradefiles/import_detail.html", context)


@login_required
@require_safe
def import_progress(request, course_slug, pk):
    """How far it is; once it is done, the page with what came out."""
    marker, run = _import(request, course_slug, pk)
    if not run.is_under_way or run.is_stalled():
        return HttpResponseClientRefresh() if request.htmx else redirect("gradefiles:import_detail", course_slug, pk)
    context = {"course": marker.course, "run": run, "share": work.share_of(run)}
    return render(request, "gradefiles/_progress.html", context)


@login_required
@require_POST
def import_columns(request, course_slug, pk):
    """Which work the columns are that were left out; they come by their place in the list."""
    marker, run = _import(request, course_slug, pk)
    unknown = (run.plan or {}).get("unknown", [])
    said = {heading: request.POST.get(f"column-{place}", "") for place, heading in enumerate(unknown)}
    columns = {heading: key for heading, key in said.items() if key}
    return _acted(request, marker, run, lambda: actions.name_columns(run=run, columns=columns))


@login_required
@require_POST
def import_apply(request, course_slug, pk):
    marker, run = _import(request, course_slug, pk)
    digest = request.POST.get("digest", "")
    return _acted(request, marker, run, lambda: actions.apply_import(run=run, digest=digest, by=request.user))


@login_required
@require_POST
def import_undo(request, course_slug, pk):
    marker, run = _import(request, course_slug, pk)
    return _acted(request, marker, run, lambda: actions.undo_import(run=run, by=request.user))


def _acted(request, marker, run, act):
    try:
        act()
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("gradefiles:import_detail", marker.course.slug, run.pk)


def _import(request, course_slug, pk):
    marker = policies.require_importer(request.user, course_slug)
    run = get_object_or_404(policies.imports_visible_to(marker).defer("content"), pk=pk)
    run.course = marker.course
    return marker, run
