"""The page of a paper's digest, its forms, and the sheets that leave it."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from courses.models import Enrollment, Paper
from courses.policies import require_member
from digest import actions
from digest.models import Pick
from digest.policies import may_share, require_user
from digest.queries import DigestReading, picks_for, read_digest
from digest.sheets import Sheet, as_markdown, sheet_of
from reviews.models import ReviewRules
from reviews.policies import REVIEW_RULES, require_rules


def for_users(view):
    """Give the view the enrollment and the paper, to those who may use the paper's digest."""

    @wraps(view)
    def wrapped(request, course_slug, paper_key, **kwargs):
        viewer = require_member(request.user, course_slug, REVIEW_RULES)
        papers = Paper.objects.filter(course=viewer.course).select_related("meeting")
        paper = get_object_or_404(papers, key=paper_key)
        require_user(viewer, paper)
        require_rules(viewer)
        return view(request, viewer, paper, **kwargs)

    return login_required(wrapped)


@for_users
@require_safe
def digest_detail(request, viewer, paper):
    removed = _number(request.GET.get("removed"))
    return _show(request, viewer, paper, removed=_pick(viewer, paper, removed) if removed else None)


def _show(request, viewer: Enrollment, paper: Paper, *, status: int = 200, **extra):
    """The page, or for htmx its one fragment."""
    reading = read_digest(viewer, paper)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "paper": paper,
        "reading": reading,
        "rules": ReviewRules.of(viewer.course),
        "may_share": may_share(viewer),
        **(extra if reading.is_open else {}),
    }
    template = "digest/_digest.html" if request.htmx else "digest/digest_detail.html"
    return render(request, template, context, status=200 if request.htmx else status)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _pick(viewer: Enrollment, paper: Paper, pk: int) -> Pick:
    return get_object_or_404(picks_for(viewer, paper), pk=pk)


def _answer(request, viewer: Enrollment, paper: Paper, act, *, refused: dict | None = None, **extra):
    """Do it and show the digest; a refusal is shown where it belongs, with what was typed."""
    try:
        act()
    except DomainError as refusal:
        shown = {"message": refusal.message, "current": getattr(refusal, "current", None), **(refused or {})}
        return _show(request, viewer, paper, refused=shown, status=409)
    if request.htmx:
        return _show(request, viewer, paper, **extra)
    query = f"?removed={extra['removed'].pk}" if "removed" in extra else ""
    return redirect(f"{reverse('digest:digest_detail', args=[viewer.course.slug, paper.key])}{query}#picks")


@for_users
@require_POST
def pick_add(request, viewer, paper):
    given = {name: request.POST.get(name, "") for name in ("handle", "field_key", "seen")}
    quote = request.POST.get("quote", "") if "part" in request.POST else None
    refused = {"passage": f"{given['handle']}-{given['field_key']}", "quote": quote}
    return _answer(
        request, viewer, paper, lambda: actions.pick_passage(paper=paper, by=viewer, quote=quote, **given), refused=refused
    )


@for_users
@require_POST
def pick_note(request, viewer, paper, pk):
    pick, note = _pick(viewer, paper, pk), request.POST.get("note", "")
    revision = _number(request.POST.get("revision"))
    return _answer(
        request,
        viewer,
        paper,
        lambda: actions.save_note(pick=pick, by=viewer, note=note, revision=revision),
        refused={"pick": pk, "note": note},
    )


@for_users
@require_POST
def pick_move(request, viewer, paper, pk):
    pick, revision = _pick(viewer, paper, pk), _number(request.POST.get("revision"))
    move = request.POST.get("move", "")
    return _answer(request, viewer, paper, lambda: actions.move_pick(pick=pick, by=viewer, move=move, revision=revision))


@for_users
@require_POST
def pick_remove(request, viewer, paper, pk):
    pick = _pick(viewer, paper, pk)
    return _answer(request, viewer, paper, lambda: actions.remove_pick(pick=pick, by=viewer), removed=pick)


@for_users
@require_POST
def pick_restore(request, viewer, paper, pk):
    pick = _pick(viewer, paper, pk)
    return _answer(request, viewer, paper, lambda: actions.restore_pick(pick=pick, by=viewer))


@for_users
@require_POST
def digest_share(request, viewer, paper):
    is_shared = request.POST.get("share") == "yes"
    return _answer(request, viewer, paper, lambda: actions.share_digest(paper=paper, by=viewer, is_shared=is_shared))


@for_users
@require_safe
def digest_print(request, viewer, paper):
    reading, sheet = _sheet(request, viewer, paper)
    context = {"course": viewer.course, "enrollment": viewer, "paper": paper, "reading": reading, "sheet": sheet}
    return render(request, "digest/digest_print.html", context | {"with_names": "names" in request.GET})


@for_users
@require_safe
def digest_markdown(request, viewer, paper):
    _, sheet = _sheet(request, viewer, paper)
    headers = {"Content-Disposition": f'attachment; filename="{paper.key}-digest.md"', "Cache-Control": "private, no-store"}
    return HttpResponse(as_markdown(sheet), content_type="text/markdown; charset=utf-8", headers=headers)


def _sheet(request, viewer: Enrollment, paper: Paper) -> tuple[DigestReading, Sheet]:
    reading = read_digest(viewer, paper)
    if not reading.is_open:
        raise PermissionDenied("The reviews of this paper are not open to you yet.")
    return reading, sheet_of(paper, reading, with_names="names" in request.GET)
