"""Tagging one paper, and all papers that a search finds."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.errors import DomainError
from core.http import respond_with_fragment
from courses.models import Paper
from courses.policies import require_member
from reviews import policies, search
from reviews.policies import REVIEW_RULES
from reviews.tags.actions import change_tags
from reviews.tags.names import read_labels
from reviews.tags.shown import chips_of, search_address


@login_required
@require_POST
def tag_change(request, course_slug, paper_key):
    """`add` holds tags with blanks between, `remove` those whose button was pressed."""
    viewer = require_member(request.user, course_slug, REVIEW_RULES)
    paper = get_object_or_404(Paper, course=viewer.course, key=paper_key)
    error, removed = "", request.POST.getlist("remove")
    try:
        add = [] if removed else read_labels(request.POST.get("add", ""))
        change_tags(by=viewer, papers=[paper.pk], add=add, remove=read_labels(removed))
    except DomainError as refusal:
        error = refusal.message
    if error and not request.htmx:
        messages.error(request, error)
    return respond_with_fragment(
        request,
        "reviews/_paper_tags.html",
        to=f"{reverse('reviews:paper_detail', args=[course_slug, paper_key])}#tags",
        **tags_section(viewer, paper, error=error, typed=request.POST.get("add", "") if error else ""),
    )


def tags_section(viewer, paper, *, error: str = "", typed: str = "") -> dict:
    """What `_paper_tags.html` shows; one query, and none for a paper that is known to have no tags."""
    return {
        "course": viewer.course,
        "paper": paper,
        "tag_chips": chips_of(viewer, [paper.pk]).get(paper.pk, ()) if getattr(paper, "has_tags", True) else (),
        "may_share": policies.may_share(viewer),
        "tag_error": error,
        "tag_typed": typed,
    }


@login_required
@require_POST
def tag_bulk(request, course_slug):
    """Tag or untag what the search `q` finds now, all of it or nothing."""
    viewer = require_member(request.user, course_slug, REVIEW_RULES)
    text, is_removal = request.POST.get("q", ""), "remove" in request.POST
    try:
        labels = read_labels(request.POST.get("tags", ""))
        if not labels:
            raise DomainError("Name a tag.")
        found = search.find(viewer, text).ids
        change = {"remove" if is_removal else "add": labels}
        changed = change_tags(by=viewer, papers=found, **change)
    except (DomainError, search.SearchError) as refusal:
        messages.error(request, refusal.message)
    else:
        names = ", ".join(f"#{label.text}" for label in labels)
        what = f"{names} {'taken off' if is_removal else 'put on'} {changed} of {len(found)} paper{'s' * (len(found) != 1)}"
        messages.success(request, f"{what}; the others were so already." if changed < len(found) else f"{what}.")
    return redirect(f"{search_address(viewer.course)}?{urlencode({'q': text})}")
