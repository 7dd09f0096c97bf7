"""The schedule of presentations, the board on which the instructor fills it, and the slides."""

from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from core.uploads import serve_upload
from courses.models import Course, Enrollment
from courses.policies import get_visible_course, require_instructor, require_member
from presentations import actions, policies, queries
from presentations.forms import AssignForm, SlidesForm
from presentations.models import SignUp, Slides, Slot, SlotRole


def sign_in_to_see(view):
    """What a visitor does not find may be there for somebody who signs in."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated:
                raise
            return redirect_to_login(request.get_full_path())

    return wrapped


@require_safe
@sign_in_to_see
def slot_list(request, course_slug):
    course, viewer = get_visible_course(request.user, course_slug)
    picked = _number(request.GET.get("student"))
    changed = _sign_up(course, _number(request.GET.get("changed"))) if policies.may_assign(viewer) else None
    return _show_board(request, course, viewer, picked=picked, changed=changed)


def _show_board(request, course: Course, viewer: Enrollment | None, *, picked=None, status=200, **extra):
    """The page, or for htmx its one fragment; `picked` is the id of the student to whom slots are being given."""
    rows = queries.slot_rows(course, viewer)
    students = queries.student_rows(course, rows) if policies.sees_board(viewer) else []
    may_assign = policies.may_assign(viewer)
    context = {
        "course": course,
        "enrollment": viewer,
        "parts": queries.parts_of(rows),
        "students": students,
        "sees_board": policies.sees_board(viewer),
        "may_assign": may_assign,
        "picked": next((row.student for row in students if row.student.pk == picked), None) if may_assign else None,
        # The same options stand in every open place, so they are rendered once.
        "student_options": render_to_string("presentations/_student_options.html", {"students": students})
        if may_assign
        else "",
        **extra,
    }
    template = "presentations/_board.html" if request.htmx else "presentations/slot_list.html"
    return render(request, template, context, status=200 if request.htmx else status)


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
        return _show_board(request, by.course, by, picked=picked, refused=refused, status=409)
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
    return _answer(request, by, sign_up, _number(request.POST.get("student")))


def _answer(request, by: Enrollment, sign_up: SignUp, picked: int | None):
    """The board, saying what has just changed and offering to undo it."""
    if request.htmx:
        return _show_board(request, by.course, by, picked=picked, changed=_sign_up(by.course, sign_up.pk))
    query = {"changed": sign_up.pk} | ({"student": picked} if picked else {})
    return redirect(f"{reverse('presentations:slot_list', args=[by.course.slug])}?{urlencode(query)}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def slides_add(request, course_slug, slot_key):
    """The versions of a slot's slides, and the form that adds one."""
    enrollment = require_member(request.user, course_slug)
    slot = get_object_or_404(Slot.objects.filter(course=enrollment.course).for_display(), key=slot_key)
    if not policies.may_add_slides(enrollment, slot):
        raise PermissionDenied("Slides are added by the slot's presenters and by staff.")
    form = SlidesForm(request.POST, request.FILES) if request.method == "POST" else SlidesForm()
    if form.is_valid():
        try:
            slides = actions.add_slides(
                slot=slot, by=request.user, url=form.cleaned_data["url"], upload=form.cleaned_data["file"]
            )
        except DomainError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, f"Version {slides.number} of the slides is in.")
            return redirect("presentations:slides_add", course_slug, slot_key)
    context = {"course": enrollment.course, "enrollment": enrollment, "slot": slot, "form": form}
    return render(request, "presentations/slides_add.html", context, status=422 if form.errors else 200)


@require_safe
@sign_in_to_see
def slides_file(request, course_slug, slot_key, number):
    course, _ = get_visible_course(request.user, course_slug)
    slides = get_object_or_404(Slides.objects.exclude(file=""), slot__course=course, slot__key=slot_key, number=number)
    return serve_upload(slides.file, kind=slides.file_kind, name=slides.file_name)
