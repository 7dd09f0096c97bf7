"""The page of files to take along, and the files."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.policies import require_member
from exchange import policies
from exchange.files import file_response
from exchange.shapes import SHAPES, USERS
from reviews.policies import REVIEW_RULES, require_rules
from reviews.search import MAX_BYTES, SearchError


@login_required
@require_safe
def export_home(request, course_slug):
    viewer = require_member(request.user, course_slug, REVIEW_RULES)
    policies.require_export(viewer)
    require_rules(viewer)
    return _page(request, viewer)


def _page(request, viewer, *, mistake: str = "", status: int = 200) -> HttpResponse:
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "shapes": SHAPES,
        "users_kind": USERS if policies.may_export_people(viewer) else "",
        "text": request.GET.get("q", ""),
        "max_length": MAX_BYTES,
        "mistake": mistake,
    }
    return render(request, "exchange/export_home.html", context, status=status)


@login_required
@require_safe
def export_download(request, course_slug):
    """`?kind=` is the file, `?q=` a search that narrows it."""
    viewer = require_member(request.user, course_slug, REVIEW_RULES)
    require_rules(viewer)
    try:
        return file_response(request, viewer, request.GET.get("kind", ""))
    except SearchError as mistake:
        return _page(request, viewer, mistake=mistake.message, status=422)
