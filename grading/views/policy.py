"""The grading policy: in words for everybody; versions, editing with a preview and an earlier version back for instructors."""

import difflib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment
from courses.policies import require_instructor, require_member
from grading import actions, engine
from grading.forms import PolicyForm, VersionForm
from grading.models import Policy
from grading.queries import known_of, policy_findings, policy_in_force
from grading.queries.policy import versions_of
from grading.queries.policy_preview import preview_policy
from grading.text import policy_toml, read_policy_text
from grading.wording import policy_in_words


@login_required
@require_safe
def policy_page(request, course_slug):
    member = require_member(request.user, course_slug)
    row = policy_in_force(member.course)
    context = {"course": member.course, "enrollment": member, "row": row, "words": row and _words(row)}
    if member.is_instructor:
        context |= {
            "versions": list(versions_of(member.course)),
            "findings": policy_findings(member.course, row) if row else [],
        }
    return render(request, "grading/policy.html", context)


@login_required
@require_safe
def policy_version(request, course_slug, number):
    """One version, and how it differs from another (the one before it when `against` does not say)."""
    instructor = require_instructor(request.user, course_slug)
    versions = list(versions_of(instructor.course))
    row = _version(versions, number)
    form = VersionForm(request.GET)
    against = form.cleaned_data["against"] if form.is_valid() else None
    other = _version(versions, against) if against is not None else next((v for v in versions if v.number < number), None)
    context = {
        "course": instructor.course,
        "enrollment": instructor,
        "row": row,
        "is_in_force": row == versions[0],
        "words": _words(row),
        "text": policy_toml(row.document),
        "other": other,
        "others": [version for version in versions if version != row],
        "differences": _differences(other, row) if other else [],
    }
    return render(request, "grading/policy_version.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def policy_edit(request, course_slug):
    """POST previews the text; GET with `version` previews that one, to be put back. Neither changes anything."""
    instructor = require_instructor(request.user, course_slug)
    if request.method == "POST":
        form = PolicyForm(request.POST)
        text = form.cleaned_data["text"] if form.is_valid() else ""
        return _edit_page(request, instructor, text, form=form, is_asked=True)
    asked = VersionForm(request.GET)
    number = asked.cleaned_data["version"] if asked.is_valid() else None
    if number is not None:
        row = get_object_or_404(Policy, course=instructor.course, number=number)
        return _edit_page(request, instructor, policy_toml(row.document), is_asked=True, version=number)
    row = policy_in_force(instructor.course)
    return _edit_page(request, instructor, policy_toml(row.document) if row else "[grading]\n", is_asked=False)


@login_required
@require_POST
def policy_save(request, course_slug):
    """Put in force what the preview with this digest showed."""
    instructor = require_instructor(request.user, course_slug)
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, instructor, request.POST.get("text", ""), form=form, is_asked=True)
    text = form.cleaned_data["text"]
    read = read_policy_text(text, known_of(instructor.course))
    if read.document is None or read.errors:
        return _edit_page(request, instructor, text, form=form, is_asked=True)
    try:
        row = actions.set_policy(
            course=instructor.course,
            document=read.document,
            by=request.user,
            previewed=form.cleaned_data["digest"],
            reason=form.cleaned_data["reason"],
        )
    except StaleVersion as stale:
        return _edit_page(request, instructor, text, form=form, is_asked=True, refusal=stale.message, status=409)
    except DomainError as refusal:
        return _edit_page(request, instructor, text, form=form, is_asked=True, refusal=refusal.message, status=422)
    messages.success(request, f"Version {row.number} of the policy is in force; every grade is computed by it from now on.")
    return redirect("grading:policy_page", course_slug=course_slug)


def _edit_page(request, instructor: Enrollment, text: str, *, is_asked: bool, form=None, version=None, refusal="", status=200):
    course = instructor.course
    read = read_policy_text(text, known_of(course)) if text else None
    preview, problem = None, refusal
    current = policy_in_force(course)
    if form is not None and not form.is_valid():
        problem, status = _problem_of(form), 422
    elif is_asked and read and read.document is not None and not read.errors:
        preview = preview_policy(course, read.document)
    elif is_asked:
        status = 422
    context = {
        "course": course,
        "enrollment": instructor,
        "text": text,
        "read": read if is_asked else None,
        "preview": preview,
        "is_same": bool(preview and current and current.document == read.document),
        "problem": problem,
        "version": version,
        "reason": form["reason"].value() or "" if form else "",
    }
    return render(request, "grading/policy_edit.html", context, status=status)


def _problem_of(form: PolicyForm) -> str:
    if "reason" in form.errors:
        return f"Why: {form.errors['reason'][0]} Preview the text again; nothing was saved."
    return form.errors["text"][0] if "text" in form.errors else "Preview the text first."


def _words(row: Policy) -> dict:
    return policy_in_words(engine.read_policy(row.document))


def _version(versions: list[Policy], number: int) -> Policy:
    row = next((version for version in versions if version.number == number), None)
    if row is None:
        raise Http404("No such version.")
    return row


def _differences(before: Policy, after: Policy) -> list[tuple[str, str]]:
    """[(added, removed, same or gap; line)] with a few lines around each change."""
    kinds = {"+": "added", "-": "removed", " ": "same", "@": "gap"}
    texts = policy_toml(before.document).splitlines(), policy_toml(after.document).splitlines()
    lines = list(difflib.unified_diff(*texts, n=3, lineterm=""))[2:]
    return [(kinds[line[0]], "" if line[0] == "@" else line[1:]) for line in lines]
