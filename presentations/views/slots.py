"""Making slots from the schedule, and giving a slot another meeting."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from courses.models import Meeting
from courses.policies import require_instructor
from presentations import actions, queries
from presentations.models import PresentationRules, Slot


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def slots_make(request, course_slug):
    """Every paper that nobody can present yet; posting makes a slot for each."""
    by = require_instructor(request.user, course_slug)
    if request.method == "POST":
        made = actions.make_slots(course=by.course, by=request.user)
        count = f"{len(made)} slot{'' if len(made) == 1 else 's'}"
        messages.success(request, f"{count} made." if made else "Every paper had a slot already; nothing was changed.")
        return redirect("presentations:slot_list", course_slug)
    roles = PresentationRules.of(by.course).roles
    context = {"course": by.course, "enrollment": by, "papers": queries.papers_without_slot(by.course), "roles": roles}
    return render(request, "presentations/slots_make.html", context)


@login_required
@require_POST
def slot_move(request, course_slug, slot_key):
    by = require_instructor(request.user, course_slug)
    slot = get_object_or_404(Slot, course=by.course, key=slot_key)
    meeting = by.course.meetings.filter(key=request.POST.get("meeting", "")).first()
    try:
        if meeting is None:
            raise DomainError("Choose a meeting of this course.", field="meeting")
        actions.move_slot(slot=slot, meeting=meeting, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{slot} is now on {meeting.date.day} {meeting.date:%B}. Its presenters get a mail.")
    return redirect("presentations:board" if request.POST.get("next") == "board" else "presentations:slot_list", course_slug)


@login_required
@require_POST
def meeting_cancel(request, course_slug, meeting_key):
    by = require_instructor(request.user, course_slug)
    meeting = get_object_or_404(Meeting, course=by.course, key=meeting_key)
    try:
        actions.cancel_meeting(meeting=meeting, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        day = f"{meeting.date.day} {meeting.date:%B}"
        messages.success(request, f"The meeting of {day} is cancelled. Who presents keeps the place; choose a new one below.")
    return redirect("presentations:slot_list", course_slug)


@login_required
@require_POST
def meeting_restore(request, course_slug, meeting_key):
    by = require_instructor(request.user, course_slug)
    meeting = get_object_or_404(Meeting, course=by.course, key=meeting_key)
    try:
        slots = actions.restore_meeting(meeting=meeting, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        count = f"{len(slots)} presentation{'' if len(slots) == 1 else 's'}"
        day = f"{meeting.date.day} {meeting.date:%B}"
        messages.success(request, f"The meeting of {day} takes place after all, with {count}. The presenters get a mail.")
    return redirect("presentations:board" if request.POST.get("next") == "board" else "presentations:slot_list", course_slug)
