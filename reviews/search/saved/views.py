"""Saving a search under a name, changing and removing it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from courses.policies import require_member
from reviews import policies
from reviews.models import SavedSearch
from reviews.policies import REVIEW_RULES
from reviews.search.mistakes import shown_mistake
from reviews.search.saved.actions import BadSearchError, change_search, remove_search, save_search
from reviews.search.saved.forms import SavedSearchForm


def saved_section(viewer, text: str) -> dict:
    """What the search page shows of saved searches; one query. `text` is the search at hand."""
    return {
        "may_share": policies.may_share(viewer),
        "save_url": f"{reverse('reviews:search_save', args=[viewer.course.slug])}?{urlencode({'q': text})}" if text else "",
        "saved_searches": [_row(viewer, saved) for saved in SavedSearch.objects.visible_to(viewer)],
    }


def _row(viewer, saved: SavedSearch) -> dict:
    may_change = policies.may_change_search(viewer, saved)
    slug = viewer.course.slug
    return {
        "saved": saved,
        "url": f"{reverse('reviews:paper_search', args=[slug])}?{urlencode({'q': f'ss:{saved.name}'})}",
        "who": {"course": "shared with the course", "staff": "shared with staff"}.get(saved.audience, ""),
        "change_url": reverse("reviews:search_change", args=[slug, saved.pk]) if may_change else "",
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def search_save(request, course_slug):
    """GET shows the form, with the search in `?q=`."""
    viewer = require_member(request.user, course_slug, REVIEW_RULES)
    may_share = policies.may_share(viewer)
    form = SavedSearchForm(_sent(request), initial={"text": request.GET.get("q", "")}, may_share=may_share)
    return _answer(request, viewer, form, lambda given: save_search(by=viewer, **given))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def search_change(request, course_slug, pk):
    viewer, saved = _changeable(request, course_slug, pk)
    initial = {"name": saved.name, "text": saved.text, "audience": saved.audience}
    form = SavedSearchForm(_sent(request), initial=initial, may_share=policies.may_share(viewer))
    return _answer(request, viewer, form, lambda given: change_search(by=viewer, saved=saved, **given), saved)


@login_required
@require_POST
def search_remove(request, course_slug, pk):
    viewer, saved = _changeable(request, course_slug, pk)
    try:
        remove_search(by=viewer, saved=saved)
        messages.success(request, f"ss:{saved.name} is removed. It was: {saved.text[:500] or 'every paper'}")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("reviews:paper_search", course_slug)


def _sent(request):
    return request.POST if request.method == "POST" else None


def _changeable(request, course_slug, pk):
    viewer = require_member(request.user, course_slug, REVIEW_RULES)
    saved = get_object_or_404(SavedSearch.objects.visible_to(viewer), pk=pk)
    if not policies.may_change_search(viewer, saved):
        raise PermissionDenied("Only staff change what is shared.")
    return viewer, saved


def _answer(request, viewer, form: SavedSearchForm, write, saved: SavedSearch | None = None):
    """The form, or where what was sent is written the search page."""
    mistake = None
    if form.is_valid():
        given = form.given
        try:
            kept = write(given)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            mistake = shown_mistake(given["text"], refusal.mistake) if isinstance(refusal, BadSearchError) else None
        else:
            messages.success(request, f"Saved: ss:{kept.name} runs it.")
            return redirect(
                f"{reverse('reviews:paper_search', args=[viewer.course.slug])}?{urlencode({'q': f'ss:{kept.name}'})}"
            )
    context = {"course": viewer.course, "enrollment": viewer, "form": form, "saved": saved, "mistake": mistake}
    return render(request, "reviews/saved_search.html", context, status=422 if form.is_bound else 200)
