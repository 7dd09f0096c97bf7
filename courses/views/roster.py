"""Enrolling a class from a roster: look first, then apply."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.errors import StaleVersion
from courses import actions
from courses.forms import RosterForm
from courses.policies import require_people
from courses.queries import RosterPlan, plan_roster
from courses.roster import UnreadableRoster
from courses.views.people import MAIL_IS_LATE

WHO_IS_INVITED = (
    "People who are new to the portal are invited as soon as it can; "
    "who had an account already is in the course, and gets no mail about it."
)


@require_http_methods(["GET", "POST"])
@login_required
def roster_import(request, course_slug):
    """POST previews; POST with the `digest` of a preview applies what that preview showed."""
    enrollment = require_people(request.user, course_slug)
    form = RosterForm(request.POST or None, request.FILES or None)
    context = {"course": enrollment.course, "enrollment": enrollment, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            if "digest" in request.POST:
                return _apply(request, enrollment.course, form, context)
            context["plan"] = plan_roster(enrollment.course, form.cleaned_data["text"])
        except UnreadableRoster as error:
            form.add_error("text", str(error))
    return render(request, "courses/roster_import.html", context)


def _apply(request, course, form, context):
    """Apply the roster, or show the preview again with the reason why not."""
    try:
        plan = actions.apply_roster(
            course=course,
            text=form.cleaned_data["text"],
            skip_bad_lines="skip_bad_lines" in request.POST,
            expected_digest=request.POST["digest"],
        )
    except StaleVersion as refusal:
        return render(request, "courses/roster_import.html", context | {"plan": refusal.current, "refusal": refusal.message})
    except actions.BadRoster as refusal:
        return render(request, "courses/roster_import.html", context | {"plan": refusal.plan, "refusal": refusal.message})
    messages.success(request, _summary(plan))
    if plan.mail_is_late:
        messages.warning(request, f"{MAIL_IS_LATE} {WHO_IS_INVITED}")
    return redirect("courses:people_list", course.slug)


def _summary(plan: RosterPlan) -> str:
    counts = plan.counts
    enrolled, skipped = counts["new"] + counts["added"], len({problem.number for problem in plan.problems})
    parts = [f"{enrolled} enrolled", f"{counts['changed']} changed", f"{counts['unchanged']} unchanged"]
    if skipped:
        parts.append(f"{skipped} bad line{'s' if skipped != 1 else ''} skipped")
    return f"Roster applied: {', '.join(parts)}." + (
        " Invitations are on their way." if enrolled and not plan.mail_is_late else ""
    )
