"""Notes of staff about a student."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment
from courses.policies import require_staff
from grading import actions
from grading.forms import NoteForm
from grading.policies import find_student
from grading.queries.notes import note_history


@login_required
@require_safe
def note_page(request, course_slug, enrollment_id):
    marker, student = _found(request, course_slug, enrollment_id)
    return _page(request, marker, student)


@login_required
@require_POST
def note_set(request, course_slug, enrollment_id):
    marker, student = _found(request, course_slug, enrollment_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, marker, student, form, status=422)
    try:
        actions.set_note(student=student, **form.cleaned_data, by=request.user)
    except StaleVersion as stale:
        # The next save of this form is meant: it names the note that is shown beside it.
        form.data = form.data.copy()
        form.data["revision"] = stale.current.pk if stale.current else 0
        form.add_error("text", stale.message)
        return _page(request, marker, student, form, status=409)
    except DomainError as refusal:
        form.add_error("text", refusal.message)
        return _page(request, marker, student, form, status=422)
    messages.success(request, f"Noted; only staff see it. {student.user.name} does not.")
    return redirect("grading:note_page", course_slug=course_slug, enrollment_id=student.pk)


def _found(request, course_slug: str, enrollment_id: int) -> tuple[Enrollment, Enrollment]:
    marker = require_staff(request.user, course_slug)
    return marker, find_student(marker, enrollment_id)


def _page(request, marker: Enrollment, student: Enrollment, form: NoteForm | None = None, *, status: int = 200):
    history = note_history(student)
    standing = history[0] if history else None
    initial = {"text": standing.text if standing else "", "revision": standing.pk if standing else 0}
    context = {
        "course": marker.course,
        "enrollment": marker,
        "student": student,
        "form": form or NoteForm(initial=initial),
        "history": history,
    }
    return render(request, "grading/note.html", context, status=status)
