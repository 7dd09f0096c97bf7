"""Regrade requests: the student's own, and staff's queue of them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment
from courses.policies import require_staff
from grading import actions
from grading.forms import DecideForm, KeepForm, RegradeTextForm
from grading.models import Mark, Outcome, RegradeRequest
from grading.policies import require_mark_reader, require_own_work
from grading.presenting import levels_shown
from grading.queries import read_in_force
from grading.queries.marks import marks_visible_to, work_address
from grading.queries.regrades import WORK, contests_of, messages_of, requests_visible_to, title_of
from grading.work import target_of, work_of


@login_required
@require_safe
def regrade_list(request, course_slug):
    reader = require_mark_reader(request.user, course_slug)
    _, policy = read_in_force(reader.course)
    rows = [(found, title_of(found.mark, policy)) for found in requests_visible_to(reader)]
    context = {
        "course": reader.course,
        "enrollment": reader,
        "open_rows": [row for row in rows if row[0].is_open],
        "closed_rows": [row for row in rows if not row[0].is_open],
        "days": policy.regrade_days,
    }
    return render(request, "grading/regrade_list.html", context)


@login_required
@require_safe
def regrade_new(request, course_slug, work):
    student = require_own_work(request.user, course_slug)
    return _new_page(request, student, _own_mark(student, work), RegradeTextForm())


@login_required
@require_POST
def regrade_ask(request, course_slug, work):
    student = require_own_work(request.user, course_slug)
    mark = _own_mark(student, work)
    form = RegradeTextForm(request.POST)
    if form.is_valid():
        try:
            made = actions.ask_regrade(mark=mark, by=student, text=form.cleaned_data["text"])
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, "Your request is in. You get a mail when it is answered.")
            return redirect("grading:regrade_detail", course_slug=course_slug, handle=made.handle)
    return _new_page(request, student, mark, form, status=422)


def _own_mark(student: Enrollment, work: str) -> Mark:
    """A released mark of the student's own; whatever else is there or not is 404."""
    mark = next(
        (mark for mark in marks_visible_to(student).select_related(*_within_mark()) if work_address(mark) == work), None
    )
    if mark is None:
        raise Http404("No such mark.")
    return mark


def _within_mark() -> list[str]:
    return [name.removeprefix("mark__") for name in WORK]


def _new_page(request, student: Enrollment, mark: Mark, form, *, status: int = 200):
    _, policy = read_in_force(student.course)
    contest = contests_of(student, policy).get(work_address(mark))
    context = {
        "course": student.course,
        "enrollment": student,
        "mark": mark,
        "work": work_address(mark),
        "title": title_of(mark, policy),
        "contest": contest,
        "days": policy.regrade_days,
        "form": form,
    }
    return render(request, "grading/regrade_new.html", context, status=status)


@login_required
@require_safe
def regrade_detail(request, course_slug, handle):
    reader = require_mark_reader(request.user, course_slug)
    found = _found(reader, handle)
    return _detail(request, reader, found)


@login_required
@require_POST
def regrade_say(request, course_slug, handle):
    reader = require_mark_reader(request.user, course_slug)
    found = _found(reader, handle)
    form = RegradeTextForm(request.POST)
    if form.is_valid():
        try:
            actions.add_regrade_message(request=found, by=reader, text=form.cleaned_data["text"])
        except DomainError as refusal:
            form.add_error("text" if refusal.field else None, refusal.message)
        else:
            return redirect("grading:regrade_detail", course_slug=course_slug, handle=handle)
    return _detail(request, reader, found, say=form, status=422)


@login_required
@require_POST
def regrade_withdraw(request, course_slug, handle):
    student = require_own_work(request.user, course_slug)
    found = _found(student, handle)
    try:
        actions.withdraw_regrade(request=found, by=student)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "Your request is withdrawn.")
    return redirect("grading:regrade_detail", course_slug=course_slug, handle=handle)


@login_required
@require_POST
def regrade_decide(request, course_slug, handle):
    decider = require_staff(request.user, course_slug)
    found = _found(decider, handle)
    form = _decide_form(found, request.POST)
    if not form.is_valid():
        return _detail(request, decider, found, decide=form, status=422)
    try:
        actions.decide_regrade(request=found, by=decider, **_decision(form))
    except StaleVersion as stale:
        # The next decision of this form is meant: it names the mark that is shown beside it.
        form.data = form.data.copy()
        form.data["revision"] = stale.current.revision
        form.add_error(None, stale.message)
        return _detail(request, decider, found, decide=form, status=409)
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _detail(request, decider, _found(decider, handle), decide=form, status=422)
    messages.success(request, "The request is decided; the student is told by mail.")
    return redirect("grading:regrade_list", course_slug=course_slug)


DECIDE_ID = "decide-%s"  # the page's other form has a text as well, and every label must name its own


def _found(reader: Enrollment, handle: str) -> RegradeRequest:
    return get_object_or_404(requests_visible_to(reader), handle=handle)


def _decide_form(found: RegradeRequest, data=None) -> DecideForm | KeepForm:
    mark = found.mark
    try:
        work = work_of(**target_of(mark))
    except DomainError:
        return KeepForm(data, auto_id=DECIDE_ID)
    return DecideForm(data, work=work, mark=mark, initial={"revision": mark.revision}, auto_id=DECIDE_ID)


def _decision(form: DecideForm | KeepForm) -> dict:
    chosen = {"outcome": form.cleaned_data["outcome"], "text": form.cleaned_data["text"]}
    if chosen["outcome"] != Outcome.CHANGED:
        return chosen
    return chosen | form.given() | {"revision": form.cleaned_data["revision"]}


def _detail(request, reader: Enrollment, found: RegradeRequest, *, say=None, decide=None, status: int = 200):
    _, policy = read_in_force(reader.course)
    mark = found.mark
    may_decide = reader.is_staff and found.is_open
    levels = mark.levels if reader.is_staff else mark.released_levels
    context = {
        "course": reader.course,
        "enrollment": reader,
        "request_row": found,
        "title": title_of(mark, policy),
        "thread": messages_of(found),
        "levels": levels_shown(levels, ()),
        "work": work_address(mark),
        "say": say or RegradeTextForm(),
        "decide": decide or (_decide_form(found) if may_decide else None),
        "may_decide": may_decide,
        "may_withdraw": reader.is_student and found.is_open,
    }
    return render(request, "grading/regrade_detail.html", context, status=status)
