"""The marks of a talk, beside what its audience says: a part of the talk's page, and a page of its own without script."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from courses.models import Enrollment
from courses.policies import require_instructor, require_member, require_staff
from grading import actions
from grading.forms import TalkMarkForm
from grading.queries.talks import TalkMark, own_talk_marks, talk_marks
from grading.views.saving import Saved, save_mark
from presentations.models import Slot
from talks.policies import may_read_marks

RELEASED = "Released: the presenters see their marks now, and the feedback once no more comes in."
TAKEN_BACK = "The presenters no longer see their marks and the feedback."


def _slot(viewer: Enrollment, slot_key: str) -> Slot:
    return get_object_or_404(Slot.objects.filter(course=viewer.course).for_display(), key=slot_key)


@login_required
@require_safe
def talk_marks_page(request, course_slug, slot_key):
    viewer = require_member(request.user, course_slug)
    slot = _slot(viewer, slot_key)
    if viewer.is_staff:
        return _show(request, viewer, slot)
    if not may_read_marks(viewer, slot):
        raise PermissionDenied("The marks of a talk are for its presenters and for staff.")
    return _respond(request, viewer, slot, {"own": own_talk_marks(viewer, slot)})


def _show(request, marker: Enrollment, slot: Slot, *, typed: TalkMarkForm | None = None, saved: Saved | None = None, told=""):
    """The presenters' forms; `typed` takes the place of its sign-up's, with what was not saved."""
    rows = [
        {"marked": marked, "form": typed if typed and typed.sign_up == marked.sign_up else _form(marked)}
        for marked in talk_marks(marker, slot)
    ]
    context = {"rows": rows, "typed": typed, "stale": saved and saved.stale, "told": told}
    context["waits"] = any(row["marked"].mark and row["marked"].mark.awaits_release for row in rows)
    context["is_released"] = any(row["marked"].mark and row["marked"].mark.released_at for row in rows)
    return _respond(request, marker, slot, context, status=saved.status if saved else 200)


def _respond(request, viewer: Enrollment, slot: Slot, context: dict, *, status: int = 200):
    context |= {"course": viewer.course, "enrollment": viewer, "slot": slot}
    template = "grading/_talk_marks.html" if request.htmx else "grading/talk_marks.html"
    return render(request, template, context, status=200 if request.htmx else status)


def _form(marked: TalkMark, data=None) -> TalkMarkForm:
    mark = marked.mark
    initial = {"comment": mark.comment if mark else "", "revision": mark.revision if mark else 0}
    return TalkMarkForm(data, initial=initial, work=marked.work, mark=mark, sign_up=marked.sign_up)


@login_required
@require_POST
def talk_mark(request, course_slug, slot_key, pk):
    """Mark one presenter."""
    marker = require_staff(request.user, course_slug)
    slot = _slot(marker, slot_key)
    marked = next((each for each in talk_marks(marker, slot) if each.sign_up.pk == pk), None)
    if marked is None:
        raise Http404("No such presenter.")
    form = _form(marked, request.POST)
    saved = save_mark(form, by=request.user, sign_up=marked.sign_up)
    if saved.mark is None:
        return _show(request, marker, slot, typed=form, saved=saved)
    return _done(request, marker, slot, f"Saved: the mark of {marked.sign_up}.")


@login_required
@require_POST
def talk_release(request, course_slug, slot_key):
    """Let the presenters see their marks and the feedback, or with `take_back` no longer."""
    by = require_instructor(request.user, course_slug)
    slot = _slot(by, slot_key)
    takes_back = "take_back" in request.POST
    act, told = (actions.hide_talk, TAKEN_BACK) if takes_back else (actions.release_talk, RELEASED)
    try:
        act(slot=slot, by=by, reason=request.POST.get("reason", ""))
    except DomainError as refusal:
        told = f"Nothing was changed. {refusal.message}"
    return _done(request, by, slot, told)


def _done(request, viewer: Enrollment, slot: Slot, told: str):
    if request.htmx:
        return _show(request, viewer, slot, told=told)
    messages.success(request, told)
    return redirect("grading:talk_marks", viewer.course.slug, slot.key)
