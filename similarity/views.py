"""The pages of shared passages. Every one asks for staff first: to anybody else they answer the same whatever there is."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from core.errors import DomainError
from courses.models import Enrollment, Paper
from courses.policies import require_staff
from similarity import actions, queries
from similarity.compare import LEAST_WORDS
from similarity.models import Pair

PAGE = 50


@login_required
@require_safe
def pair_list(request, course_slug):
    viewer = require_staff(request.user, course_slug)
    pairs = Pair.objects.visible_to(viewer).for_display()
    paper = _paper(viewer, request.GET.get("paper"))
    if paper:
        pairs = pairs.filter(comparison=paper.pk)
    shows_aside = request.GET.get("show") == "aside"
    shown = pairs.exclude(set_aside_at=None) if shows_aside else pairs.standing()
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "paper": paper,
        "shows_aside": shows_aside,
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "progress": queries.progress_of(viewer.course),
        "least_words": LEAST_WORDS,
    }
    return render(request, "similarity/pair_list.html", context)


def _paper(viewer: Enrollment, key: str | None) -> Paper | None:
    return Paper.objects.filter(course=viewer.course, key=key).first() if key else None


@login_required
@require_safe
def pair_detail(request, course_slug, pk):
    viewer = require_staff(request.user, course_slug)
    return _show(request, viewer, _pair(viewer, pk))


def _pair(viewer: Enrollment, pk: int) -> Pair:
    return get_object_or_404(Pair.objects.visible_to(viewer).for_comparing(), pk=pk)


def _show(request, viewer: Enrollment, pair: Pair, *, refused: dict | None = None):
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "pair": pair,
        "paper": pair.comparison.paper,
        "fields": queries.pair_fields(pair),
        "refused": refused,
    }
    return render(request, "similarity/pair_detail.html", context, status=409 if refused else 200)


@login_required
@require_POST
def pair_set_aside(request, course_slug, pk):
    viewer = require_staff(request.user, course_slug)
    pair, note = _pair(viewer, pk), request.POST.get("note", "")
    return _decide(
        request, viewer, pair, note, lambda revision: actions.set_pair_aside(pair=pair, by=viewer, note=note, revision=revision)
    )


@login_required
@require_POST
def pair_take_up(request, course_slug, pk):
    viewer = require_staff(request.user, course_slug)
    pair = _pair(viewer, pk)
    return _decide(
        request, viewer, pair, pair.note, lambda revision: actions.take_pair_up(pair=pair, by=viewer, revision=revision)
    )


def _decide(request, viewer: Enrollment, pair: Pair, note: str, act):
    given = request.POST.get("revision", "")
    try:
        act(int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None)
    except DomainError as refusal:
        return _show(request, viewer, _pair(viewer, pair.pk), refused={"message": refusal.message, "note": note})
    return redirect("similarity:pair_detail", viewer.course.slug, pair.pk)


@login_required
@require_POST
def compare_now(request, course_slug):
    viewer = require_staff(request.user, course_slug)
    try:
        actions.request_comparison(course=viewer.course, by=viewer)
    except DomainError as refusal:
        messages.info(request, refusal.message)
    return redirect(reverse("similarity:pair_list", args=[course_slug]))


@login_required
@require_safe
def comparison_progress(request, course_slug):
    """How far it is; once it is done, the page with what was found."""
    viewer = require_staff(request.user, course_slug)
    progress = queries.progress_of(viewer.course)
    if not progress.is_running:
        there = redirect("similarity:pair_list", course_slug)
        return HttpResponseClientRefresh() if request.htmx else there
    return render(request, "similarity/_progress.html", {"course": viewer.course, "progress": progress})
