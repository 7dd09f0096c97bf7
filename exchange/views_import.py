"""Bringing in what another system has: the file, what it would change, how far it is."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from core.errors import DomainError
from courses.policies import require_instructor
from exchange.incoming import actions
from exchange.incoming.reading import MAX_BYTES
from exchange.models import ImportRun
from reviews.policies import require_rules

ON_A_PAGE = 200


class ImportForm(forms.Form):
    file = forms.FileField(label="A file from a HotCRP site", help_text="JSON of papers or reviews, CSV of reviews or users.")
    invites = forms.BooleanField(
        required=False, label="Enroll reviewers who are not in the course, as students", help_text="They are invited by mail."
    )
    keeps_fields = forms.BooleanField(
        required=False,
        initial=True,
        label="Keep answers to fields that the form lacks, as retired text fields",
        help_text="Otherwise they are left out, and the preview says which.",
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(f"The file is too large; at most {MAX_BYTES // 1_000_000} MB are taken.")
        try:
            self.text = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError("The file is not UTF-8 text.") from None
        return upload


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_home(request, course_slug):
    """POST keeps the file and has what it would change worked out."""
    viewer = _instructor(request, course_slug)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid() and (run := _started(request, viewer, form)):
        return redirect("exchange:import_detail", course_slug, run.pk)
    runs = ImportRun.objects.latest_of(viewer.course)
    context = {"course": viewer.course, "enrollment": viewer, "form": form, "runs": runs}
    return render(request, "exchange/import_home.html", context, status=422 if form.errors else 200)


def _started(request, viewer, form: ImportForm) -> ImportRun | None:
    given = form.cleaned_data
    try:
        return actions.start_import(
            course=viewer.course,
            text=form.text,
            file_name=given["file"].name,
            invites=given["invites"],
            keeps_fields=given["keeps_fields"],
            by=request.user,
        )
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None


@login_required
@require_safe
def import_detail(request, course_slug, pk):
    viewer, run = _run(request, course_slug, pk)
    result = run.result or {"lines": [], "counts": {}}
    # What is refused or in conflict is what somebody must look at.
    first = {"refused": 0, "conflict": 1, "note": 2}
    lines = sorted(result["lines"], key=lambda line: first.get(line[3], 3))
    page = Paginator(lines, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"course": viewer.course, "enrollment": viewer, "run": run, "result": result, "page": page}
    return render(request, "exchange/import_detail.html", context)


@login_required
@require_safe
def import_progress(request, course_slug, pk):
    viewer, run = _run(request, course_slug, pk)
    if not run.is_under_way or run.is_stalled:
        return HttpResponseClientRefresh() if request.htmx else redirect("exchange:import_detail", course_slug, pk)
    return render(request, "exchange/_import_progress.html", {"course": viewer.course, "run": run})


@login_required
@require_POST
def import_apply(request, course_slug, pk):
    _, run = _run(request, course_slug, pk)
    try:
        actions.carry_out(run=run)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("exchange:import_detail", course_slug, pk)


def _instructor(request, course_slug):
    viewer = require_instructor(request.user, course_slug)
    require_rules(viewer)
    return viewer


def _run(request, course_slug, pk):
    viewer = _instructor(request, course_slug)
    return viewer, get_object_or_404(ImportRun.objects.defer("text"), course=viewer.course, pk=pk)
