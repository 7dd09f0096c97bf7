"""Rating a review."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from core.errors import DomainError
from discussion import actions, policies
from discussion.ratings import ratings_of
from discussion.views.comments import readable_review
from discussion.views.pages import for_members, review_on_page, shared_context, show_discussion


@for_members
@require_POST
def review_rate(request, viewer, paper, handle):
    review = readable_review(viewer, paper, handle)
    if not policies.may_rate(viewer, review):
        raise PermissionDenied("Students and staff rate reviews, but never their own.")
    verdict, reasons = request.POST.get("verdict", ""), request.POST.getlist("reasons")
    refused = None
    try:
        if "take_back" in request.POST:
            actions.take_back_rating(review=review, by=viewer)
            told = "Your rating is taken back."
        else:
            actions.rate_review(review=review, by=viewer, verdict=verdict, reasons=reasons)
            told = "Your rating is in."
    except DomainError as refusal:
        told = ""
        refused = {"where": f"rate-{handle}", "message": refusal.message, "verdict": verdict, "reasons": reasons}
    if request.htmx:
        ratings = ratings_of(viewer, [review.pk])[review.pk]
        context = {"handle": handle, "ratings": ratings, "may_rate": True, "told": told, "refused": refused}
        return render(request, "discussion/_rating.html", shared_context(viewer, paper) | context)
    if refused:
        return show_discussion(request, viewer, paper, refused=refused)
    messages.success(request, told)
    return redirect(review_on_page(viewer, paper, handle))
