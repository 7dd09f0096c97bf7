"""Handing in for a milestone, and reading what was handed in."""

from pathlib import PurePath

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from core.uploads import PDF, PPTX, TEXT, ZIP, serve_upload
from courses.models import Enrollment
from courses.policies import require_member, require_student
from projects import actions, policies, queries
from projects.forms import DeliverableForm
from projects.models import Deliverable, Milestone, Team

KIND_WORDS = {PDF: "a PDF", PPTX: "a presentation", ZIP: "a ZIP archive", TEXT: "plain text"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deliverable_add(request, course_slug, milestone_key, counted):
    """The milestone, what the student's team has handed in for it, and the form for the next version."""
    student = require_student(request.user, course_slug)
    policies.require_rules(student)
    milestone = get_object_or_404(Milestone, course=student.course, key=milestone_key)
    milestone.course = student.course
    queries.note_counted([milestone], counted(student.course))
    team = queries.team_of(student)
    form = DeliverableForm(request.POST, request.FILES) if request.method == "POST" else DeliverableForm()
    if form.is_valid():
        try:
            deliverable = _hand_in(team, milestone, student, form)
        except DomainError as refusal:
            form.add_error(refusal.field, refusal.message)
            return _page(request, student, team, milestone, form, status=409)
        late = " It counts as late." if deliverable.is_late else ""
        messages.success(request, f"Version {deliverable.number} is in.{late}{_other_ending(deliverable, form)}")
        return redirect("projects:deliverable_add", course_slug, milestone_key)
    return _page(request, student, team, milestone, form, status=422 if form.errors else 200)


def _hand_in(team: Team | None, milestone: Milestone, student: Enrollment, form: DeliverableForm) -> Deliverable:
    if team is None:
        raise DomainError("You are in no team yet. Make one or join one first; what you typed is kept.", code="no_team")
    data = form.cleaned_data
    return actions.add_deliverable(
        team=team, milestone=milestone, by=student.user, note=data["note"], url=data["url"], upload=data["file"]
    )


def _other_ending(deliverable: Deliverable, form: DeliverableForm) -> str:
    """Says that a file is kept under its content's ending, where the student gave it another."""
    upload = form.cleaned_data["file"]
    if not upload or PurePath(upload.name).suffix.lower() == PurePath(deliverable.file_name).suffix:
        return ""
    holds = KIND_WORDS[deliverable.file_kind]
    return f" “{upload.name}” holds {holds}, so it is kept as “{deliverable.file_name}”."


def _page(request, student: Enrollment, team: Team | None, milestone: Milestone, form: DeliverableForm, *, status: int):
    now = timezone.now()
    own = Deliverable.objects.visible_to(student).filter(team=team, milestone=milestone).for_display()
    versions = list(own) if team else []
    context = {
        "course": student.course,
        "enrollment": student,
        "team": team,
        "milestone": milestone,
        "versions": versions,
        "state": queries.state_of(milestone, versions[0] if versions else None, now),
        "is_closed": milestone.closes_at < now,
        "is_late_now": milestone.due_at < now,
        "form": form,
    }
    return render(request, "projects/deliverable_add.html", context, status=status)


@login_required
@require_safe
def deliverable_file(request, course_slug, pk):
    viewer = require_member(request.user, course_slug)
    deliverable = get_object_or_404(Deliverable.objects.visible_to(viewer).exclude(file=""), pk=pk)
    return serve_upload(deliverable.file, kind=deliverable.file_kind, name=deliverable.file_name)
