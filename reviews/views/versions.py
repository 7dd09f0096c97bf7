"""A student's own reviews, and every version that was submitted of one."""

from datetime import datetime
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from core.templatetags.portal import due_words, local
from courses.policies import require_member, require_student
from reviews import policies, queries
from reviews.models import PreferenceCall, Review
from reviews.policies import PREFERENCE_CALL, REVIEW_RULES
from reviews.restoring import restore_version


@login_required
@require_safe
def my_reviews(request, course_slug):
    viewer = require_student(request.user, course_slug, REVIEW_RULES, PREFERENCE_CALL)
    duties = queries.duties_of(viewer)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "lines": [_line(viewer.course, duty) for duty in duties],
        "progress": queries.progress_of(viewer, [duty.state for duty in duties]),
        "call": PreferenceCall.of(viewer.course),
    }
    return render(request, "reviews/my_reviews.html", context)


class Line(NamedTuple):
    """Everything that one line of my reviews shows, as plain values."""

    title: str
    url: str
    due_at: datetime
    due_words: str
    state: str
    state_words: str
    is_optional: bool
    words: int | None
    submitted_at: datetime | None
    submitted_words: str
    is_late: bool
    version: int
    history_url: str


def _line(course, duty) -> Line:
    standing = duty.standing
    return Line(
        title=duty.paper.title,
        url=reverse("reviews:review_edit", args=[course.slug, duty.paper.key]),
        due_at=course.local(duty.due_at),
        due_words=due_words(duty.due_at, course, duty.state),
        state=duty.state,
        state_words=duty.state_words,
        is_optional=not duty.is_required and not standing.review_id,
        words=standing.words if standing.review_id else None,
        submitted_at=standing.submitted_at and course.local(standing.submitted_at),
        submitted_words=local(standing.submitted_at, course),
        is_late=standing.is_late,
        version=standing.version,
        history_url=reverse("reviews:review_history", args=[course.slug, standing.handle]) if standing.version else "",
    )


@login_required
@require_safe
def review_history(request, course_slug, handle):
    viewer = require_member(request.user, course_slug, policies.REVIEW_RULES)
    review = _review_of(viewer, handle)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "review": review,
        "is_own": review.reviewer_id == viewer.pk,
        "versions": _listed(review),
    }
    return render(request, "reviews/review_history.html", context)


def _listed(review: Review):
    return review.versions.defer("answers", "html").select_related("restored_from", "restored_by")


@login_required
@require_safe
def version_compare(request, course_slug, handle):
    """Any two versions: `?old=1&new=3`, the other way round too; what is no number is the first or the current one."""
    viewer = require_member(request.user, course_slug, policies.REVIEW_RULES)
    review = _review_of(viewer, handle)
    if not review.is_submitted:
        raise Http404("Nothing was submitted yet.")
    asked = (request.GET.get("old", ""), 1), (request.GET.get("new", ""), review.current.number)
    old, new = (get_object_or_404(review.versions, number=_number(text, otherwise)) for text, otherwise in asked)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "review": review,
        "is_own": review.reviewer_id == viewer.pk,
        "versions": _listed(review),
        "old": old,
        "new": new,
        "changes": queries.changes_between(viewer, review, old, new),
    }
    return render(request, "reviews/version_compare.html", context)


def _number(text: str, otherwise: int = -1) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


@login_required
@require_POST
def version_restore(request, course_slug, handle, number):
    viewer = require_member(request.user, course_slug, policies.REVIEW_RULES)
    review = _review_of(viewer, handle)
    version = get_object_or_404(review.versions, number=number)
    if not policies.may_restore(viewer, review):
        raise PermissionDenied("Staff restore versions; submit your review again instead.")
    current = _number(request.POST.get("current", ""))
    try:
        restored = restore_version(version=version, by=request.user, current=current)
        messages.success(
            request, f"Version {number} is back, as version {restored.number}. Its reviewer sees that you did this."
        )
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("reviews:review_history", course_slug, handle)


@login_required
@require_safe
def version_detail(request, course_slug, handle, number):
    viewer = require_member(request.user, course_slug, policies.REVIEW_RULES)
    review = _review_of(viewer, handle)
    version = get_object_or_404(review.versions.select_related("restored_from", "restored_by"), number=number)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "review": review,
        "is_own": review.reviewer_id == viewer.pk,
        "version": version,
        "may_restore": policies.may_restore(viewer, review) and version.pk != review.current_id,
        "answers": queries.version_answers(viewer, review, version),
        "changes": queries.changes_since_previous(viewer, review, version),
    }
    return render(request, "reviews/version_detail.html", context)


def _review_of(viewer, handle) -> Review:
    """A review whose versions this member may read; to anybody else it does not exist."""
    reviews = Review.objects.visible_to(viewer).select_related("paper__meeting", "reviewer__user", "current")
    review = get_object_or_404(reviews, handle=handle)
    if not policies.may_read_versions(viewer, review):
        raise Http404("No such review.")
    return review
