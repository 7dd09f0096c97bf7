"""The project's home, and who is in which team."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from courses.models import Enrollment
from courses.policies import require_member, require_student
from projects import actions, policies, queries
from projects.forms import MembersForm, TeamForm
from projects.models import Deliverable, ProjectRules, Team

SWITCHED_OFF = {"heading": "Project", "words": "This course has no projects.", "part": "projects"}


@login_required
@require_safe
def project_home(request, course_slug, counted):
    """The student's own team and milestones; every team; for staff what all of them handed in."""
    viewer = require_member(request.user, course_slug)
    if not ProjectRules.of(viewer.course):
        context = {"course": viewer.course, "enrollment": viewer}
        return render(request, "core/switched_off.html", context | SWITCHED_OFF)
    return _home(request, viewer, counted)


def _home(request, viewer: Enrollment, counted, *, form: TeamForm | None = None, status: int = 200):
    rules = policies.require_rules(viewer)
    milestones = queries.milestones_of(viewer.course)
    queries.note_counted(milestones, counted(viewer.course))
    rows = queries.team_rows(viewer, milestones, max_size=rules.max_team_size)
    own = next((row for row in rows if any(member.enrollment_id == viewer.pk for member in row.members)), None)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "rules": rules,
        "milestones": milestones,
        "rows": rows,
        "own": own,
        "steps": own.steps if own else queries.steps_of(None, milestones, []),
        "may_arrange": policies.may_arrange_teams(viewer),
        "without_team": queries.without_team(viewer.course) if viewer.is_staff else [],
        "form": form or TeamForm(),
    }
    template = "projects/staff_home.html" if viewer.is_staff else "projects/project_home.html"
    return render(request, template, context, status=status)


def _team_or_404(viewer: Enrollment, pk: int) -> Team:
    team = get_object_or_404(Team.objects.visible_to(viewer).for_display(), pk=pk)
    team.course = viewer.course
    return team


@login_required
@require_POST
def team_create(request, course_slug, counted):
    """A student's team has the student in it; the one that staff make is empty."""
    viewer = require_member(request.user, course_slug)
    policies.require_rules(viewer)
    if not viewer.is_student and not policies.may_arrange_teams(viewer):
        raise PermissionDenied("Teams are made by students and by staff who arrange them.")
    form = TeamForm(request.POST)
    if form.is_valid():
        try:
            team = actions.create_team(
                course=viewer.course, enrollment=viewer if viewer.is_student else None, **form.cleaned_data
            )
        except DomainError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, f"The team {team.name} is there.")
            if viewer.is_staff:
                return redirect("projects:team_members", course_slug, team.pk)
            return redirect("projects:project_home", course_slug)
    return _home(request, viewer, counted, form=form, status=422)


@login_required
@require_POST
def team_join(request, course_slug, pk):
    student = require_student(request.user, course_slug)
    team = _team_or_404(student, pk)
    try:
        actions.join_team(team=team, enrollment=student)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"You are in {team.name} now.")
    return redirect("projects:project_home", course_slug)


@login_required
@require_POST
def team_leave(request, course_slug, pk):
    student = require_student(request.user, course_slug)
    team = _team_or_404(student, pk)
    try:
        actions.leave_team(team=team, enrollment=student)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"You have left {team.name}. While it has room you can join it again.")
    return redirect("projects:project_home", course_slug)


@login_required
@require_safe
def team_detail(request, course_slug, pk):
    """A team with all that it handed in; for its members and for staff who mark it."""
    viewer = require_member(request.user, course_slug)
    team = get_object_or_404(Team.objects.readable_by(viewer).for_display(), pk=pk)
    team.course = viewer.course
    versions = Deliverable.objects.visible_to(viewer).filter(team=team).for_display()
    milestones = queries.milestones_of(viewer.course)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "team": team,
        "may_arrange": policies.may_arrange_teams(viewer),
        "steps": [
            (step, [version for version in versions if version.milestone_id == step.milestone.pk])
            for step in queries.steps_of(team, milestones, versions)
        ],
    }
    return render(request, "projects/team_detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_edit(request, course_slug, pk):
    """Name and topic; for the team's members and for staff who arrange teams."""
    viewer = require_member(request.user, course_slug)
    team = _team_or_404(viewer, pk)
    if not policies.may_edit(viewer, team.members.all()):
        raise PermissionDenied("A team is renamed by its members and by staff.")
    form = TeamForm(request.POST if request.method == "POST" else None, initial={"name": team.name, "topic": team.topic})
    if form.is_valid():
        try:
            actions.rename_team(team=team, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, "Saved.")
            return redirect("projects:project_home", course_slug)
    context = {"course": viewer.course, "enrollment": viewer, "team": team, "form": form}
    return render(request, "projects/team_edit.html", context, status=422 if form.errors else 200)


def _require_arranger(user, course_slug: str) -> Enrollment:
    viewer = require_member(user, course_slug)
    if not policies.may_arrange_teams(viewer):
        raise PermissionDenied("Teams are arranged by staff of the whole course.")
    return viewer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_members(request, course_slug, pk):
    viewer = _require_arranger(request.user, course_slug)
    rules = policies.require_rules(viewer)
    team = _team_or_404(viewer, pk)
    current = [member.enrollment_id for member in team.members.all()]
    form = MembersForm(viewer.course, request.POST if request.method == "POST" else None, initial={"members": current})
    if form.is_valid():
        try:
            actions.set_team_members(team=team, enrollments=form.cleaned_data["members"], by=request.user)
        except DomainError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, f"The members of {team.name} are set.")
            return redirect("projects:project_home", course_slug)
    context = {"course": viewer.course, "enrollment": viewer, "team": team, "form": form, "rules": rules}
    return render(request, "projects/team_members.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def team_delete(request, course_slug, pk):
    viewer = _require_arranger(request.user, course_slug)
    team = _team_or_404(viewer, pk)
    try:
        actions.delete_team(team=team)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"The team {team.name} is deleted.")
    return redirect("projects:project_home", course_slug)
