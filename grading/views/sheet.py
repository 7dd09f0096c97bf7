"""The mark sheet of one component: read, entered, pasted into, undone. A script enters single cells through the API."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from courses.models import Enrollment
from courses.policies import require_staff
from grading import actions
from grading.pasting import propose
from grading.queries.entries import Planned, Refusal
from grading.queries.sheet import ROWS_A_PAGE, Asked, Column, columns_of, find_component, sheet_of, with_typed
from grading.sheet_forms import CellsForm, EntriesForm, PasteForm, StepsForm

KEPT = "grading-sheet-steps"  # in the session: what can be undone


@login_required
@require_safe
def sheet_page(request, course_slug, component_key):
    return _page(request, require_staff(request.user, course_slug), component_key)


@login_required
@require_POST
def sheet_save(request, course_slug, component_key):
    """Every cell of the page that says something else than when it was loaded."""
    marker = require_staff(request.user, course_slug)
    find_component(marker.course, component_key)
    form = CellsForm(request.POST)
    if not form.is_valid():
        messages.error(request, "The page came back without what it showed, so nothing was saved. Enter the marks again.")
        return _back(request, course_slug, component_key)
    wanted = form.changed()
    try:
        plan = actions.enter_marks(marker=marker, wanted=list(wanted.values()))
    except actions.BadEntries as refusal:
        refused = zip(wanted, refusal.plan, strict=True)
        typed = {cell: (planned.wanted.value, planned.refusal) for cell, planned in refused}
        return _page(request, marker, component_key, typed=typed, refused=refusal, status=409)
    except DomainError as refusal:
        typed = {cell: (each.value, None) for cell, each in wanted.items()}
        return _page(request, marker, component_key, typed=typed, refused=refusal, status=409)
    return _saved(request, course_slug, component_key, plan)


@login_required
@require_POST
def sheet_paste(request, course_slug, component_key):
    """What a pasted block would do; nothing is changed."""
    marker = require_staff(request.user, course_slug)
    form = PasteForm(request.POST, columns=_columns(marker, component_key))
    context = {"course": marker.course, "enrollment": marker, "component": find_component(marker.course, component_key)[1]}
    asked = _asked(request.POST)
    context |= {"form": form, "asked": asked, "query": urlencode(asked)}
    status = 422
    if form.is_valid():
        try:
            context["proposal"] = proposal = propose(marker, component_key, form.pasted())
        except DomainError as refusal:
            form.add_error("text", refusal.message)
        else:
            context["entries"] = json.dumps(proposal.entries())
            status = 200
    template = "grading/_paste.html" if request.htmx else "grading/sheet_paste.html"
    return render(request, template, context, status=status)


@login_required
@require_POST
def sheet_apply(request, course_slug, component_key):
    """Set the marks that a preview showed: all, or none where one has changed since."""
    marker = require_staff(request.user, course_slug)
    find_component(marker.course, component_key)
    form = EntriesForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(message for errors in form.errors.values() for message in errors))
        return _back(request, course_slug, component_key)
    try:
        plan = actions.enter_marks(marker=marker, wanted=form.cleaned_data["entries"], reason=form.cleaned_data["reason"])
    except DomainError as refusal:
        return _page(request, marker, component_key, refused=refusal, status=409)
    return _saved(request, course_slug, component_key, plan)


@login_required
@require_POST
def sheet_undo(request, course_slug, component_key):
    marker = require_staff(request.user, course_slug)
    find_component(marker.course, component_key)
    form = StepsForm(request.POST)
    request.session.pop(KEPT, None)
    if not form.is_valid():
        messages.error(request, "There is nothing to undo.")
        return _back(request, course_slug, component_key)
    undone = actions.undo_marks(marker=marker, steps=form.cleaned_data["steps"])
    if undone.back:
        messages.success(request, f"Put back: {_marks(len(undone.back))}.")
    for kept in undone.kept[:10]:
        messages.warning(request, f"{kept.what} stays as it is: {kept.why}")
    return _back(request, course_slug, component_key)


def _saved(request, course_slug: str, component_key: str, plan: list[Planned]):
    changed = [planned for planned in plan if planned.is_change]
    if not changed:
        messages.info(request, "Nothing had to change.")
        return _back(request, course_slug, component_key)
    request.session[KEPT] = [f"{course_slug}/{component_key}", [[planned.wanted.work, planned.revision] for planned in changed]]
    messages.success(request, f"Saved: {_marks(len(changed))}. Students see them once they are released.")
    return _back(request, course_slug, component_key)


def _marks(count: int) -> str:
    return "1 mark" if count == 1 else f"{count} marks"


def _asked(query: Mapping[str, str]) -> dict[str, str]:
    return {name: query[name] for name in ("name", "section", "page", "rows") if query.get(name)}


def _back(request, course_slug: str, component_key: str):
    asked = urlencode(_asked(request.POST))
    return redirect(reverse("grading:sheet_page", args=[course_slug, component_key]) + (f"?{asked}" if asked else ""))


def _columns(marker: Enrollment, component_key: str) -> list[Column]:
    return columns_of(marker, *find_component(marker.course, component_key))


def _page(
    request,
    marker: Enrollment,
    component_key: str,
    *,
    typed: Mapping[str, tuple[str, Refusal | None]] | None = None,
    refused: DomainError | None = None,
    status: int = 200,
):
    asked = _asked(request.GET or request.POST)
    sheet = with_typed(sheet_of(marker, component_key, Asked.of(asked)), typed or {})
    place, steps = request.session.get(KEPT, ("", []))
    is_here = place == f"{marker.course.slug}/{component_key}"
    context = {
        "course": marker.course,
        "enrollment": marker,
        "sheet": sheet,
        "page": sheet.page,
        "component": sheet.leaf,
        "was": json.dumps({cell.key: [cell.revision, cell.value] for cell in sheet.cells() if cell.is_open}),
        "asked": asked,
        "row_choices": sorted(ROWS_A_PAGE),
        "paste_form": PasteForm(columns=sheet.columns),
        "steps": json.dumps(steps) if is_here and steps else "",
        "refused": refused,
        "faults": [planned for planned in getattr(refused, "plan", []) if planned.refusal],
    }
    return render(request, "grading/sheet.html", context, status=status)
