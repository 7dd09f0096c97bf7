"""A student's own reviews, and every version that was submitted of one."""

from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.templatetags.portal import local
from courses.policies import require_member, require_student
from reviews import policies, queries
from reviews.models import Review


@login_required
@require_safe
def my_reviews(request, course_slug):
    viewer = require_student(request.user, course_slug)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "lines": [_line(viewer.course, duty) for duty in queries.duties_of(viewer)],
        "progress": queries.progress_of(viewer),
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
        due_words=local(duty.due_at, course),
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
    viewer = require_member(request.user, course_slug)
    review = _review_of(viewer, handle)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "review": review,
        "is_own": review.reviewer_id == viewer.pk,
        "versions": review.versions.defer("answers", "html"),
    }
    return render(request, "reviews/review_history.html", context)


@login_required
@require_safe
def version_detail(request, course_slug, handle, number):
    viewer = require_member(request.user, course_slug)
    review = _review_of(viewer, handle)
    version = get_object_or_404(review.versions, number=number)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "review": review,
        "is_own": review.reviewer_id == viewer.pk,
        "version": version,
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
