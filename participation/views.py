"""Recording one's own participation, and the sheet on which staff confirm and correct it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from core.http import respond_with_fragment
from courses.models import Enrollment, Meeting
from courses.policies import require_member, require_staff, require_student, students_marked_by
from participation import actions, policies, queries
from participation.forms import OwnForm, SheetRowForm
from participation.models import ParticipationRules, Record

SWITCHED_OFF = {"heading": "Participation", "words": "This course keeps no record of participation.", "part": "participation"}


@login_required
@require_safe
def record_list(request, course_slug):
    """The student's own records; for staff the sheet of the students whose work they mark."""
    viewer = require_member(request.user, course_slug)
    if not (viewer.is_student or viewer.is_staff):
        raise PermissionDenied("Participation is recorded by students and staff.")
    context = {"course": viewer.course, "enrollment": viewer, "rules": ParticipationRules.of(viewer.course)}
    if not context["rules"]:
        return render(request, "core/switched_off.html", context | SWITCHED_OFF)
    if viewer.is_student:
        return render(request, "participation/record_list.html", context | _own(viewer))
    sheet = queries.sheet(viewer)
    context |= {"sheet": sheet, "latest": sheet.meetings[-1] if sheet.meetings else None}
    return render(request, "participation/sheet.html", context)


def _own(enrollment: Enrollment) -> dict:
    """What the student's page shows."""
    rows = queries.own_rows(enrollment)
    cards = [
        {"row": row, "form": OwnForm(initial=_values(row.record), prefix=row.meeting.key)}
        for row in rows
        if row.is_open and not (row.record and row.record.is_confirmed)
    ]
    recorded = [row for row in rows if row.points is not None]
    return {
        "cards": cards,
        "rows": rows,
        "points": sum(row.points for row in recorded),
        "out_of": queries.rules(enrollment.course).points_per_meeting * sum(row.counts for row in rows),
    }


def _values(record: Record | None) -> dict:
    return {"attended": record.attended, "discussed": record.discussed} if record else {}


def _meeting_or_404(enrollment: Enrollment, meeting_key: str) -> Meeting:
    meetings = queries.recorded_meetings(enrollment.course, key=meeting_key)
    if not meetings:
        raise Http404("No such meeting.")
    return meetings[0]


@login_required
@require_POST
def record_save(request, course_slug, meeting_key):
    student = require_student(request.user, course_slug)
    rules = policies.require_rules(student)
    meeting = _meeting_or_404(student, meeting_key)
    form = OwnForm(request.POST, prefix=meeting.key)
    form.is_valid()  # two checkboxes: nothing to be wrong
    context = {"course": student.course, "enrollment": student, "rules": rules}
    try:
        actions.record_own(meeting=meeting, enrollment=student, **form.cleaned_data)
    except DomainError as refusal:
        context |= _own(student) | {"refusal": refusal.message}
        template = "participation/_own.html" if request.htmx else "participation/record_list.html"
        return render(request, template, context, status=200 if request.htmx else 409)
    to = reverse("participation:record_list", args=[course_slug])
    if not request.htmx:
        messages.success(request, "Recorded.")
    return respond_with_fragment(request, "participation/_own.html", to=to, **context, **_own(student), saved=meeting.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_save(request, course_slug, meeting_key):
    """One meeting's column: a row per student, saved and confirmed at once."""
    viewer = require_staff(request.user, course_slug)
    policies.require_rules(viewer)
    meeting = _meeting_or_404(viewer, meeting_key)
    if request.method != "POST":
        return _sheet_page(request, viewer, meeting, _row_forms(viewer, meeting))
    forms = _row_forms(viewer, meeting, request.POST)
    try:
        _save(request, meeting, [form for form in forms if form.is_bound])
    except actions.StaleSheet as stale:
        return _sheet_page(request, viewer, meeting, _marked(forms, stale), refusal=stale.message, status=409)
    except DomainError as refusal:
        return _sheet_page(request, viewer, meeting, forms, refusal=refusal.message, status=409)
    return redirect("participation:sheet_save", course_slug, meeting_key)


def _row_forms(viewer: Enrollment, meeting: Meeting, data=None) -> list[SheetRowForm]:
    records = {record.enrollment_id: record for record in _records(viewer, meeting)}
    return [SheetRowForm(student, records.get(student.pk), data) for student in students_marked_by(viewer).for_display()]


def _records(viewer: Enrollment, meeting: Meeting):
    records = Record.objects.visible_to(viewer).filter(meeting=meeting).select_related("confirmed_by").order_by()
    return records.prefetch_related("changes__changed_by")


def _save(request, meeting: Meeting, forms: list[SheetRowForm]) -> None:
    if not all(form.is_valid() for form in forms):
        raise DomainError("The sheet was not sent whole. Nothing was saved; load it again.")
    if request.POST.get("act") == "confirm":
        revisions = {form.student.pk: form.cleaned_data["revision"] for form in forms}
        count = actions.confirm_recorded(meeting=meeting, revisions=revisions, by=request.user)
        messages.success(request, f"Confirmed as recorded: {count}.")
    else:
        said = {"by": request.user, "reason": request.POST.get("reason", "")}
        actions.save_sheet(meeting=meeting, entries=[form.entry for form in forms], **said)
        messages.success(request, "Saved and confirmed.")


def _marked(forms: list[SheetRowForm], stale: actions.StaleSheet) -> list[SheetRowForm]:
    """The rows as they were typed; those that others changed say so, and take the revision that is there now."""
    for form in forms:
        if form.student.pk in stale.current:
            form.changed_to = stale.current[form.student.pk]
            form.data = form.data.copy()
            form.data[form.add_prefix("revision")] = form.changed_to.revision
    return forms


def _sheet_page(request, viewer: Enrollment, meeting: Meeting, forms: list[SheetRowForm], *, refusal="", status=200):
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "meeting": meeting,
        "forms": forms,
        "refusal": refusal,
        "reason": request.POST.get("reason", ""),
        "waiting": sum(1 for form in forms if form.record and not form.record.is_confirmed),
    }
    return render(request, "participation/sheet_save.html", context, status=status)
