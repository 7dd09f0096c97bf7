"""The page of a paper's discussion, what the paper's own page shows of it, following, and how much each student says."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from courses.models import Enrollment, Paper
from courses.policies import require_member, students_marked_by
from discussion import actions, policies, queries
from discussion.models import MAX_COMMENT, MAX_FILES, DiscussionRules, Reason
from reviews.policies import RATERS_TO_SHOW

RECENT = 3  # comments on the paper's page


def for_members(view):
    """Give the view the enrollment and the paper, to members of a course that discusses."""

    @wraps(view)
    def wrapped(request, course_slug, paper_key, **kwargs):
        viewer, paper = viewer_and_paper(request.user, course_slug, paper_key)
        policies.require_discussion(viewer.course)
        return view(request, viewer, paper, **kwargs)

    return login_required(wrapped)


def viewer_and_paper(user, course_slug: str, paper_key: str) -> tuple[Enrollment, Paper]:
    viewer = require_member(user, course_slug, *policies.DISCUSSION_RULES)
    papers = Paper.objects.filter(course=viewer.course).select_related("meeting")
    return viewer, get_object_or_404(papers, key=paper_key)


def page_of(viewer: Enrollment, paper: Paper) -> str:
    return reverse("discussion:discussion_detail", args=[viewer.course.slug, paper.key])


def review_on_page(viewer: Enrollment, paper: Paper, handle: str) -> str:
    """The discussion with this review open, for a review of which nothing is said stands folded."""
    return f"{page_of(viewer, paper)}?review={handle}#review-{handle}"


def shared_context(viewer: Enrollment, paper: Paper) -> dict:
    """What every fragment of the discussion needs."""
    return {
        "course": viewer.course,
        "enrollment": viewer,
        "paper": paper,
        "may_speak": policies.may_speak(viewer),
        "may_open_staff_thread": policies.may_open_staff_thread(viewer),
        "sees_names": policies.sees_names(viewer),
        "reasons": Reason.choices,
        "max_text": MAX_COMMENT,
        "max_files": MAX_FILES,
        "raters_to_show": RATERS_TO_SHOW,
    }


@login_required
@require_safe
def discussion_detail(request, course_slug, paper_key):
    viewer, paper = viewer_and_paper(request.user, course_slug, paper_key)
    if not DiscussionRules.is_on_in(viewer.course):
        context = {"course": viewer.course, "enrollment": viewer, "paper": paper}
        return render(request, "discussion/switched_off.html", context)
    return show_discussion(request, viewer, paper)


def show_discussion(request, viewer: Enrollment, paper: Paper, *, refused: dict | None = None):
    context = shared_context(viewer, paper) | {
        "discussion": queries.read_discussion(viewer, paper),
        "sees_counts": policies.sees_counts(viewer),
        "refused": refused,
        # What was refused stands in its form ("rate-..." or "start-..."), which must not be folded away.
        "opened": refused["where"].partition("-")[2] if refused else request.GET.get("review", ""),
    }
    return render(request, "discussion/discussion_detail.html", context, status=409 if refused else 200)


@login_required
@require_safe
def discussion_recent(request, course_slug, paper_key):
    """For the paper's page, which asks for it with htmx: nothing at all where the course does not discuss."""
    viewer, paper = viewer_and_paper(request.user, course_slug, paper_key)
    if not DiscussionRules.is_on_in(viewer.course):
        return HttpResponse("")
    count, recent = queries.recent_comments(viewer, paper, most=RECENT)
    context = {"course": viewer.course, "paper": paper, "count": count, "recent": recent}
    return render(request, "discussion/_recent.html", context)


@for_members
@require_POST
def discussion_follow(request, viewer, paper):
    is_following = request.POST.get("follow") == "yes"
    try:
        actions.follow_discussion(paper=paper, by=viewer, is_following=is_following)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    if not request.htmx:
        return redirect(page_of(viewer, paper))
    context = shared_context(viewer, paper) | {"is_following": queries.is_following(viewer, paper)}
    return render(request, "discussion/_follow.html", context)


@login_required
@require_safe
def activity_list(request, course_slug):
    viewer = require_member(request.user, course_slug, *policies.DISCUSSION_RULES)
    if not policies.sees_counts(viewer):
        raise PermissionDenied("How much each student says is for staff.")
    rows = queries.activity_of(viewer.course, students_marked_by(viewer))
    context = {"course": viewer.course, "enrollment": viewer, "rows": rows, "raters_to_show": RATERS_TO_SHOW}
    return render(request, "discussion/activity_list.html", context)
