"""The board: the term as a strip of weeks on which staff give places by button, by select, or by dragging."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from courses.policies import require_instructor, require_staff
from presentations import actions, policies, queries
from presentations.models import SignUp, SlotRole
from presentations.queries import strip
from presentations.views.board import meetings_to_come

MEETINGS = "presentations/_meeting_options.html"


@login_required
@require_safe
def board(request, course_slug):
    viewer = require_staff(request.user, course_slug)
    rows, signing = queries.board_of(viewer.course, viewer)
    students = queries.student_rows(viewer.course, rows)
    picked = next((row.student for row in students if str(row.student.pk) == request.GET.get("student")), None)
    may_assign = policies.may_assign(viewer)
    cannot = strip.cannot_at(viewer.course, picked)
    weeks = strip.weeks_of(rows)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "weeks": weeks,
        "over": [week for week in weeks if week.is_over],
        "ahead": [week for week in weeks if week.rows and not week.is_over],
        "clashes": strip.mark_clashes(viewer.course, rows, signing.rules.days_apart),
        "students": students,
        "first_open": strip.first_open(rows),
        "homeless": queries.homeless(rows),
        "cancelled": queries.cancelled_meetings(viewer.course) if may_assign else [],
        "without": [row for row in students if not row.count],
        "picked": picked,
        "cannot_slots": cannot[0],
        "cannot_meetings": cannot[1],
        "may_assign": may_assign,
        # The same options stand in every slot, so they are rendered once.
        "meeting_options": render_to_string(MEETINGS, {"meetings": meetings_to_come(viewer.course)}) if may_assign else "",
        "last": actions.last_act(viewer.course, request.user) if may_assign else [],
    }
    return render(request, "presentations/board.html", context)


@login_required
@require_POST
def board_give(request, course_slug):
    """Give `student` the place `role`; with `instead`, a sign-up that is dragged, in exchange for that one."""
    by = require_instructor(request.user, course_slug)
    role = get_object_or_404(SlotRole, slot__course=by.course, pk=_number(request.POST.get("role")))
    student = by.course.enrollments.filter(pk=_number(request.POST.get("student"))).first()
    instead = SignUp.objects.standing().filter(role__slot__course=by.course, pk=_number(request.POST.get("instead"))).first()
    try:
        if student is None:
            raise DomainError("Choose a student of this course.")
        remove = [instead.pk] if instead and instead.enrollment_id == student.pk else []
        actions.change_board(course=by.course, by=request.user, remove=remove, add=[(role.pk, student, "")])
    except DomainError as refusal:
        messages.error(request, refusal.message)
    query = {"student": student.pk} if student and request.POST.get("stay") else {}
    return redirect(f"{reverse('presentations:board', args=[course_slug])}{'?' * bool(query)}{urlencode(query)}#role-{role.pk}")


def _number(text: str | None) -> int:
    """0, which is nobody's, for what is no number."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


@login_required
@require_POST
def board_undo(request, course_slug):
    by = require_instructor(request.user, course_slug)
    try:
        actions.undo_last(course=by.course, by=request.user)
        messages.success(request, "Undone.")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("presentations:board", course_slug)
