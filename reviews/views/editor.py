"""Writing a review: the page, its plain form post, and the script's autosave.

Whatever goes wrong, the answer carries what was typed: the page shows it again, the script never let go of it.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment, Paper
from courses.policies import require_member
from reviews import actions, policies, queries
from reviews.answers import IncompleteReview
from reviews.forms import AnswersForm
from reviews.models import Field, Review


@dataclass
class Desk:
    """What the editor works on: who writes, about what, with which form."""

    writer: Enrollment
    paper: Paper
    fields: list[Field]


def _desk(user, course_slug, paper_key) -> Desk:
    writer = require_member(user, course_slug)
    rules = policies.require_writer(writer)
    paper = get_object_or_404(queries.reviewable_papers(writer.course), key=paper_key)
    return Desk(writer, paper, actions.active_fields(rules))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_edit(request, course_slug, paper_key):
    desk = _desk(request.user, course_slug, paper_key)
    if request.method == "POST":
        return _post(request, desk)
    review = Review.objects.filter(paper=desk.paper, reviewer=desk.writer).first()
    form = AnswersForm(desk.fields, initial=review.answers if review else None)
    return _page(request, desk, form, revision=review.revision if review else 0)


def _page(request, desk: Desk, form: AnswersForm, *, revision: int, status: int = 200, **extra):
    context = {
        "course": desk.writer.course,
        "enrollment": desk.writer,
        "paper": desk.paper,
        "duty": queries.duty_of(desk.writer, desk.paper),
        "form": form,
        "revision": revision,
        **extra,
    }
    return render(request, "reviews/review_edit.html", context, status=status)


def _post(request, desk: Desk):
    form = AnswersForm(desk.fields, data=request.POST)
    base = _revision(request)
    if not form.is_valid():
        return _page(request, desk, form, revision=base, status=422)
    try:
        review = actions.save_draft(paper=desk.paper, reviewer=desk.writer, answers=form.cleaned_data, revision=base)
        base = review.revision
        if request.POST.get("action") == "submit":
            actions.submit_review(review=review, revision=base)
            messages.success(request, "Your review is in. You can edit it until the deadline.")
            return redirect("reviews:paper_detail", desk.writer.course.slug, desk.paper.key)
    except StaleVersion as stale:
        conflict = queries.conflict_between(desk.fields, form.cleaned_data, stale.current)
        return _page(request, desk, form, revision=stale.current.revision, conflict=conflict, status=409)
    except IncompleteReview as incomplete:
        form.add_problems(incomplete.problems)
        return _page(request, desk, form, revision=base, is_kept=True, status=422)
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _page(request, desk, form, revision=base, status=409)
    messages.success(request, "Draft saved.")
    return redirect("reviews:review_edit", desk.writer.course.slug, desk.paper.key)


def _revision(request) -> int:
    """The revision the text was typed on; what cannot be read counts as none, and so is refused if there is one."""
    value = request.POST.get("revision", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


@login_required
@require_POST
def review_autosave(request, course_slug, paper_key):
    """Save the draft for the page's script. 200 {revision, words, chip}, 409 {revision, html}, 422 {errors}."""
    desk = _desk(request.user, course_slug, paper_key)
    form = AnswersForm(desk.fields, data=request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": {form[key].html_name: list(errors) for key, errors in form.errors.items()}}, status=422)
    try:
        review = actions.save_draft(
            paper=desk.paper, reviewer=desk.writer, answers=form.cleaned_data, revision=_revision(request)
        )
    except StaleVersion as stale:
        conflict = queries.conflict_between(desk.fields, form.cleaned_data, stale.current)
        html = render_to_string("reviews/_conflict.html", {"conflict": conflict, "course": desk.writer.course}, request)
        return JsonResponse({"revision": stale.current.revision, "html": html}, status=409)
    except DomainError as refusal:
        return JsonResponse({"errors": {"": [refusal.message]}}, status=422)
    return JsonResponse({"revision": review.revision, "words": review.words, "state": _state_in_words(review)})


def _state_in_words(review: Review) -> str:
    if not review.is_submitted:
        return "draft"
    return "changes not submitted" if review.has_unsubmitted_changes else "submitted"
