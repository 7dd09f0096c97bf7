"""The schedule of presentations with what a student may do about it, and the board on which the instructor fills it."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from courses.models import Course, Enrollment, Meeting, MeetingKind
from courses.policies import get_visible_course, require_instructor
from presentations import actions, policies, queries
from presentations.forms import AssignForm
from presentations.models import SignUp, SlotRole
from presentations.views.slides import sign_in_to_see


@require_safe
@sign_in_to_see
def slot_list(request, course_slug):
    course, viewer = get_visible_course(request.user, course_slug)
    picked = _number(request.GET.get("student"))
    changed = _sign_up(course, _number(request.GET.get("changed"))) if policies.may_assign(viewer) else None
    said = "The place is yours." if request.GET.get("said") == "taken" and policies.may_sign_up(viewer) else ""
    return show_board(request, course, viewer, picked=picked, changed=changed, said=said)


def show_board(request, course: Course, viewer: Enrollment | None, *, picked=None, status=200, **extra):
    """The page, or for htmx its one fragment; `picked` is the id of the student to whom slots are being given."""
    rows, signing = queries.board_of(course, viewer)
    students = queries.student_rows(course, rows) if policies.sees_board(viewer) else []
    may_assign = policies.may_assign(viewer)
    context = {
        "course": course,
        "enrollment": viewer,
        "parts": queries.parts_of(rows),
        "students": students,
        "sees_board": policies.sees_board(viewer),
        "may_assign": may_assign,
        "may_sign_up": policies.may_sign_up(viewer),
        "mine": (mine := queries.mine_of(viewer, rows, signing)),
        **_to_offer_to(viewer, rows, mine),
        "rules": signing.rules,
        "homeless": queries.homeless(rows) if may_assign else [],
        "cancelled": queries.cancelled_meetings(course) if may_assign else [],
        "meetings": meetings_to_come(course) if may_assign and queries.homeless(rows) else [],
        "has_papers_without_slot": may_assign and bool(queries.papers_without_slot(course)),
        "picked": next((row.student for row in students if row.student.pk == picked), None) if may_assign else None,
        # The same options stand in every open place, so they are rendered once.
        "student_options": render_to_string("presentations/_student_options.html", {"students": students})
        if may_assign
        else "",
        **extra,
    }
    template = "presentations/_board.html" if request.htmx else "presentations/slot_list.html"
    return render(request, template, context, status=200 if request.htmx else status)


def _to_offer_to(viewer: Enrollment | None, rows: list[queries.SlotRow], mine: queries.Mine) -> dict:
    """To whom, and for whose places to come, a student may offer theirs; only where there is something to offer."""
    if not mine.to_give:
        return {}
    classmates = Enrollment.objects.active().students().filter(course=viewer.course_id).exclude(pk=viewer.pk).for_display()
    to_come = [row.slot for row in rows if not row.is_past and not row.slot.is_homeless]
    standing = (sign_up for slot in to_come for sign_up in slot.sign_ups)
    others = [sign_up for sign_up in standing if sign_up.enrollment_id not in (None, viewer.pk)]
    return {"classmates": classmates, "others": others}


def meetings_to_come(course: Course) -> list[Meeting]:
    """Those that have not begun."""
    ahead = course.meetings.filter(date__gte=course.today()).exclude(kind=MeetingKind.HOLIDAY)
    now = timezone.now()
    return [each for each in ahead.order_by("date", "starts_at") if course.at(each.date, each.starts_at) > now]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _sign_up(course: Course, pk: int | None) -> SignUp | None:
    if pk is None:
        return None
    sign_ups = SignUp.objects.select_related("enrollment__user", "role__slot__paper", "role__slot__meeting")
    return sign_ups.filter(role__slot__course=course, pk=pk).first()


@login_required
@require_POST
def presenter_assign(request, course_slug, slot_key, role_key):
    by = require_instructor(request.user, course_slug)
    role = get_object_or_404(SlotRole, slot__course=by.course, slot__key=slot_key, key=role_key)
    form = AssignForm(request.POST)
    picked = _number(request.POST.get("student"))
    try:
        sign_up = actions.assign_presenter(role=role, by=request.user, **_presenter(by.course, form))
    except DomainError as refusal:
        refused = {"role_id": role.pk, "message": refusal.message, "guest_name": request.POST.get("guest_name", "")}
        return show_board(request, by.course, by, picked=picked, refused=refused, status=409)
    return _answer(request, by, sign_up, picked)


def _presenter(course: Course, form: AssignForm) -> dict:
    """The action's arguments. Raises DomainError when the form has none or the student is not in this course."""
    if not form.is_valid():
        raise DomainError(" ".join(message for errors in form.errors.values() for message in errors))
    pk, guest_name = form.cleaned_data["enrollment_id"], form.cleaned_data["guest_name"]
    if pk is None:
        return {"guest_name": guest_name}
    enrollment = course.enrollments.filter(pk=pk).first()
    if enrollment is None:
        raise DomainError("This student is not in this course.", field="enrollment_id", code="not_a_student")
    return {"enrollment": enrollment, "guest_name": guest_name}


@login_required
@require_POST
def presenter_remove(request, course_slug, pk):
    by = require_instructor(request.user, course_slug)
    sign_up = get_object_or_404(SignUp, role__slot__course=by.course, pk=pk)
    actions.withdraw_presenter(sign_up=sign_up, by=request.user)
    if request.POST.get("next") == "board":
        return redirect("presentations:board", course_slug)
    return _answer(request, by, sign_up, _number(request.POST.get("student")))


def _answer(request, by: Enrollment, sign_up: SignUp, picked: int | None):
    """The board, saying what has just changed and offering to undo it."""
    if request.htmx:
        return show_board(request, by.course, by, picked=picked, changed=_sign_up(by.course, sign_up.pk))
    query = {"changed": sign_up.pk} | ({"student": picked} if picked else {})
    return redirect(f"{reverse('presentations:slot_list', args=[by.course.slug])}?{urlencode(query)}")
