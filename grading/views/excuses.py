"""Excuses, given and taken back on the student's grade page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from core.errors import DomainError
from courses.models import Enrollment
from courses.policies import require_instructor
from grading import actions
from grading.forms import ExcuseForm
from grading.models import Excuse
from grading.policies import find_student


@login_required
@require_POST
def excuse_add(request, course_slug, enrollment_id):
    student = _student(request, course_slug, enrollment_id)
    form = ExcuseForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose the work and say why; nothing was changed.")
        return _back(student)
    try:
        made = _excused(student, form, request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        _say_what_was_made(request, student, made, form.cleaned_data["reason"])
    return _back(student)


def _excused(student: Enrollment, form: ExcuseForm, by) -> int:
    """How many pieces of work."""
    if form.cleaned_data["work"] == form.MISSING:
        return len(actions.excuse_missing(student=student, reason=form.cleaned_data["reason"], by=by))
    actions.excuse(student=student, **form.given(), by=by)
    return 1


def _say_what_was_made(request, student: Enrollment, made: int, reason: str) -> None:
    if not made:
        messages.info(request, "Nothing is missing any more; nothing was changed.")
        return
    many = f" {made} pieces of work" if made > 1 else ""
    messages.success(request, f"Excused{many}: {reason}. {student.user.name} sees it with the reason.")


@login_required
@require_POST
def excuse_revoke(request, course_slug, enrollment_id, pk):
    student = _student(request, course_slug, enrollment_id)
    excuse = get_object_or_404(Excuse, enrollment=student, pk=pk)
    try:
        actions.revoke_excuse(excuse=excuse, by=request.user, reason=request.POST.get("reason", ""))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "The excuse is taken back; the work counts again.")
    return _back(student)


def _student(request, course_slug: str, enrollment_id: int) -> Enrollment:
    return find_student(require_instructor(request.user, course_slug), enrollment_id)


def _back(student: Enrollment):
    return redirect("grading:student_grade", course_slug=student.course.slug, enrollment_id=student.pk)
