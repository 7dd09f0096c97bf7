"""The fields of a review that are staff's alone: its reviewer is neither asked them nor told of them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.errors import DomainError, StaleVersion
from courses.policies import require_member, require_staff
from reviews import actions, policies
from reviews.forms import AnswersForm
from reviews.models import Review
from reviews.queries.bodies import staff_answers_shown
from reviews.queries.fields import staff_fields


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def staff_answers(request, course_slug, handle):
    require_staff(request.user, course_slug)
    viewer = require_member(request.user, course_slug, policies.REVIEW_RULES)
    reviews = Review.objects.visible_to(viewer).submitted().select_related("paper", "reviewer__user")
    review = get_object_or_404(reviews, handle=handle)
    fields = staff_fields(policies.require_rules(viewer))
    if not fields:
        raise Http404("The form has no field for staff.")
    if request.method != "POST":
        form = AnswersForm(fields, initial=review.staff_answers)
        return _page(request, viewer, review, form, revision=review.staff_revision)
    return _post(request, viewer, review, fields)


def _page(request, viewer, review, form, *, revision, status=200, **extra):
    context = {"course": viewer.course, "enrollment": viewer, "review": review, "form": form, "revision": revision, **extra}
    return render(request, "reviews/staff_answers.html", context, status=status)


def _post(request, viewer, review, fields):
    form = AnswersForm(fields, data=request.POST)
    sent = request.POST.get("revision", "")
    revision = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1
    if not form.is_valid():
        return _page(request, viewer, review, form, revision=sent, status=422)
    try:
        actions.save_staff_answers(review=review, answers=form.cleaned_data, revision=revision)
    except StaleVersion as stale:
        form.add_error(None, f"{stale.message} Below is your text; saving once more replaces theirs.")
        theirs = staff_answers_shown(fields, stale.current.staff_answers)
        return _page(request, viewer, review, form, revision=stale.current.staff_revision, theirs=theirs, status=409)
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _page(request, viewer, review, form, revision=sent, status=422)
    messages.success(request, "Saved. Only staff see it.")
    return redirect(reverse("reviews:paper_detail", args=[viewer.course.slug, review.paper.key]) + f"#review-{review.handle}")
