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
from reviews.merging import merge_answers
from reviews.models import Field, Review
from reviews.queries.comparing import Conflict
from reviews.queries.fields import fields_for


@dataclass
class Desk:
    """What the editor works on: who writes, about what, with which form."""

    writer: Enrollment
    paper: Paper
    fields: list[Field]
    asks_name: bool  # the course leaves it to reviewers whether their name is shown


def _desk(user, course_slug, paper_key) -> Desk:
    writer = require_member(user, course_slug, policies.REVIEW_RULES)
    rules = policies.require_writer(writer)
    paper = get_object_or_404(queries.reviewable_papers(writer.course), key=paper_key)
    return Desk(writer, paper, fields_for(writer, paper, rules), policies.asks_for_names(rules))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_edit(request, course_slug, paper_key):
    desk = _desk(request.user, course_slug, paper_key)
    if request.method == "POST":
        return _post(request, desk)
    reviews = Review.objects.select_related("current__restored_from", "current__restored_by")
    review = reviews.filter(paper=desk.paper, reviewer=desk.writer).first()
    form = AnswersForm(desk.fields, initial=review.answers if review else None)
    shows_name = review.shows_name if review else False
    shown = {"shows_name": shows_name, "version": review.current if review else None}
    return _page(request, desk, form, revision=review.revision if review else 0, **shown)


def _page(request, desk: Desk, form: AnswersForm, *, revision: int, status: int = 200, **extra):
    context = {
        "course": desk.writer.course,
        "enrollment": desk.writer,
        "paper": desk.paper,
        "duty": queries.duty_of(desk.writer, desk.paper),
        "form": form,
        "revision": revision,
        "asks_name": desk.asks_name,
        "shows_name": _shows_name(request, desk),
        **extra,
    }
    return render(request, "reviews/review_edit.html", context, status=status)


def _shows_name(request, desk: Desk) -> bool | None:
    """What was chosen in the form; None where the course does not ask or nothing was sent."""
    return {"yes": True, "no": False}.get(request.POST.get("shows_name", "")) if desk.asks_name else None


def _save(request, desk: Desk, form: AnswersForm) -> Review:
    return actions.save_draft(
        paper=desk.paper,
        reviewer=desk.writer,
        answers=form.cleaned_data,
        revision=_revision(request),
        shows_name=_shows_name(request, desk),
    )


def _post(request, desk: Desk):
    form = AnswersForm(desk.fields, data=request.POST)
    base = _revision(request)
    if not form.is_valid():
        return _page(request, desk, form, revision=base, status=422)
    is_kept = False
    try:
        review = _save(request, desk, form)
        base, is_kept = review.revision, True
        if request.POST.get("action") == "submit":
            actions.submit_review(review=review, revision=base)
            messages.success(request, "Your review is in. You can edit it until the deadline.")
            return redirect("reviews:paper_detail", desk.writer.course.slug, desk.paper.key)
    except StaleVersion as stale:
        conflict = _conflict(request, desk, form, stale.current)
        return _page(request, desk, form, revision=stale.current.revision, conflict=conflict, status=409)
    except IncompleteReview as incomplete:
        form.add_problems(incomplete.problems)
        return _page(request, desk, form, revision=base, is_kept=True, status=422)
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _page(request, desk, form, revision=base, is_kept=is_kept, status=409)
    messages.success(request, "Draft saved.")
    return redirect("reviews:review_edit", desk.writer.course.slug, desk.paper.key)


def _conflict(request, desk: Desk, form: AnswersForm, saved: Review) -> Conflict:
    return queries.conflict_between(desk.fields, form.cleaned_data, saved, shows_name=_shows_name(request, desk))


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
        review = _save(request, desk, form)
    except StaleVersion as stale:
        conflict = _conflict(request, desk, form, stale.current)
        html = render_to_string("reviews/_conflict.html", {"conflict": conflict, "course": desk.writer.course}, request)
        return JsonResponse({"revision": stale.current.revision, "html": html}, status=409)
    except DomainError as refusal:
        return JsonResponse({"errors": {"": [refusal.message]}}, status=422)
    return JsonResponse({"revision": review.revision, "words": review.words, "state": _state_in_words(review)})


@login_required
@require_POST
def review_merge(request, course_slug, paper_key):
    """Put together what the page's script holds (`answer-`, typed over `base-`) and what was saved elsewhere since.

    Saves nothing. 200 {revision, answers: [[name, value], ...], clashes: [label, ...]}, 422 {errors}.
    """
    desk = _desk(request.user, course_slug, paper_key)
    mine, base = AnswersForm(desk.fields, data=request.POST), AnswersForm(desk.fields, data=request.POST, prefix="base")
    if not (mine.is_valid() and base.is_valid()):
        return JsonResponse({"errors": {"": ["The two texts cannot be put together; choose one of them."]}}, status=422)
    saved = get_object_or_404(Review, paper=desk.paper, reviewer=desk.writer)
    merged = merge_answers(desk.fields, base.cleaned_data, mine.cleaned_data, saved.answers)
    pairs = [pair for key, value in merged.answers.items() for pair in _pairs(f"{AnswersForm.prefix}-{key}", value)]
    if chosen := request.POST.getlist("shows_name"):  # here, and before it where it was typed on
        is_mine = chosen[0] != chosen[-1]
        pairs.append(("shows_name", chosen[0] if is_mine else "yes" if saved.shows_name else "no"))
    return JsonResponse({"revision": saved.revision, "answers": pairs, "clashes": merged.clashes})


def _pairs(name: str, value) -> list[tuple[str, str]]:
    """An answer as a browser sends it."""
    if isinstance(value, list):
        return [(name, str(each)) for each in value]
    if isinstance(value, bool):
        return [(name, "on")] if value else []
    return [] if value is None else [(name, str(value))]


def _state_in_words(review: Review) -> str:
    if not review.is_submitted:
        return "draft"
    return "changes not submitted" if review.has_unsubmitted_changes else "submitted"
