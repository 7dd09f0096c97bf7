"""What a student does about places: take one, give it back, wait for one, hand one over."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from courses.models import Enrollment
from courses.policies import require_instructor, require_member, require_student
from presentations import actions, queries
from presentations.forms import OfferForm
from presentations.models import Act, PresentationRules, SignUp, SlotRole, SwapOffer, Swaps
from presentations.views.board import show_board

LEFT_SHOWN = 5  # free places that somebody who came too late is told of
RULES = ("course__presentation_rules",)


def _answer(request, viewer: Enrollment, act: Callable[[], object], done: str) -> HttpResponse:
    """Do it and show the board, or go there; a refusal is said in the same place."""
    try:
        act()
    except DomainError as refusal:
        if request.htmx:
            return show_board(request, viewer.course, viewer, said_no=refusal.message)
        messages.error(request, refusal.message)
    else:
        if request.htmx:
            return show_board(request, viewer.course, viewer, said=done)
        messages.success(request, done)
    return redirect("presentations:slot_list", viewer.course.slug)


def _standing() -> Prefetch:
    return Prefetch("sign_ups", SignUp.objects.standing().select_related("enrollment__user"))


def _role_of(viewer: Enrollment, slot_key: str, role_key: str) -> SlotRole:
    roles = SlotRole.objects.select_related("slot__meeting", "slot__paper").prefetch_related(_standing())
    return get_object_or_404(roles, slot__course=viewer.course, slot__key=slot_key, key=role_key)


@login_required
@require_POST
def place_take(request, course_slug, slot_key, role_key):
    """In one press. Who comes too late gets a small answer, before any lock, so that two hundred of them are told at once."""
    viewer = require_student(request.user, course_slug)
    if full := queries.full_role(viewer, slot_key, role_key):
        return _too_late(request, viewer, full, actions.FULL)
    role = _role_of(viewer, slot_key, role_key)
    try:
        actions.take_place(role=role, enrollment=viewer)
    except DomainError as refusal:
        now = queries.full_role(viewer, slot_key, role_key) if refusal.code == "role_is_full" else None
        return _too_late(request, viewer, now or role, refusal.message)
    if not request.htmx:
        messages.success(request, f"The place is yours: {role.title}.")
        return redirect("presentations:slot_list", course_slug)
    response = _role_fragment(request, viewer, _role_of(viewer, slot_key, role_key))
    response["HX-Trigger"] = "place-taken"  # the board, on which much is different now, loads itself
    return response


def _too_late(request, viewer: Enrollment, role: SlotRole | queries.FullRole, why: str) -> HttpResponse:
    """What was refused, and what is left: one line, or a message on the board."""
    free = queries.free_places(viewer.course, LEFT_SHOWN)
    if not request.htmx:
        messages.error(request, f"{why} {_left_in_words(free)}")
        return redirect("presentations:slot_list", viewer.course.slug)
    return _role_fragment(request, viewer, role, {"role_id": role.pk, "message": why, "left": free})


def _role_fragment(request, viewer: Enrollment, role: SlotRole | queries.FullRole, refused: dict | None = None) -> HttpResponse:
    """One line: who has the role now, and for who came too late what is left."""
    context = {
        "course": viewer.course,
        "slot": role.slot,
        "role": role,
        "each": queries.RoleRow(role, can_wait=isinstance(role, queries.FullRole)),
        "refused": refused,
        "may_sign_up": True,
    }
    return render(request, "presentations/_role.html", context)


def _left_in_words(free: list[queries.FreePlace]) -> str:
    if not free:
        return "No place is free any more; you can wait for one."
    names = [f"{place.title} ({place.day.day} {place.day:%b})" for place in free]
    return f"Still free: {', '.join(names)}."


@login_required
@require_POST
def place_give_back(request, course_slug, pk):
    viewer = require_student(request.user, course_slug, *RULES)
    sign_up = get_object_or_404(SignUp.objects.select_related("role__slot"), enrollment=viewer, pk=pk)
    done = "You have given the place back."
    return _answer(request, viewer, lambda: actions.give_back(sign_up=sign_up, enrollment=viewer), done)


@login_required
@require_POST
def line_join(request, course_slug, slot_key, role_key):
    viewer = require_student(request.user, course_slug, *RULES)
    role = _role_of(viewer, slot_key, role_key)
    done = "You are on the waiting list. When a place is free for you, it is yours, and a mail tells you."
    return _answer(request, viewer, lambda: actions.join_line(role=role, enrollment=viewer), done)


@login_required
@require_POST
def line_leave(request, course_slug, slot_key, role_key):
    viewer = require_student(request.user, course_slug, *RULES)
    role = _role_of(viewer, slot_key, role_key)
    return _answer(request, viewer, lambda: actions.leave_waiting(role=role, enrollment=viewer), "You no longer wait.")


# Handing a place over


@login_required
@require_POST
def offer_make(request, course_slug, pk):
    viewer = require_student(request.user, course_slug, *RULES)
    sign_up = get_object_or_404(SignUp.objects.select_related("role__slot"), enrollment=viewer, pk=pk)
    return _answer(request, viewer, lambda: _make_offer(viewer, sign_up, OfferForm(request.POST)), "The place is offered.")


def _make_offer(viewer: Enrollment, sign_up: SignUp, form: OfferForm) -> SwapOffer:
    if not form.is_valid():
        raise DomainError("This is no offer that the portal knows. Nothing was changed.")
    data = form.cleaned_data
    # `for` is a place of somebody's, or a person, or nobody: then the offer is to all.
    if data["wants"]:
        wants = SignUp.objects.standing().filter(role__slot__course=viewer.course, pk=data["wants"]).first()
        if wants is None:
            raise DomainError("That place has changed since. Nothing was changed.", code="place_changed")
        return actions.offer_place(sign_up=sign_up, enrollment=viewer, wants=wants)
    to = viewer.course.enrollments.filter(pk=data["to"]).first() if data["to"] else None
    if data["to"] and to is None:
        raise DomainError("This person is not in this course.", field="to", code="not_a_student")
    return actions.offer_place(sign_up=sign_up, enrollment=viewer, to=to, is_trade=data["is_trade"])


def _seen_offer(viewer: Enrollment, pk: int) -> SwapOffer:
    return get_object_or_404(SwapOffer.objects.seen_by(viewer), pk=pk)


@login_required
@require_POST
def offer_accept(request, course_slug, pk):
    viewer = require_student(request.user, course_slug, *RULES)
    offer = _seen_offer(viewer, pk)
    given = request.POST.get("in_return", "")
    own = SignUp.objects.standing().filter(enrollment=viewer)
    approved = PresentationRules.of(viewer.course).swaps == Swaps.APPROVED
    in_return = own.filter(pk=int(given)).first() if given.isascii() and given.isdigit() and len(given) < 19 else None
    return _answer(
        request,
        viewer,
        lambda: actions.accept_offer(offer=offer, enrollment=viewer, in_return=in_return),
        "Accepted. It holds once staff have approved it." if approved else "Accepted. The place is yours.",
    )


@login_required
@require_POST
def offer_decline(request, course_slug, pk):
    viewer = require_student(request.user, course_slug, *RULES)
    offer = _seen_offer(viewer, pk)
    return _answer(request, viewer, lambda: actions.decline_offer(offer=offer, enrollment=viewer), "Declined.")


@login_required
@require_POST
def offer_take_back(request, course_slug, pk):
    viewer = require_student(request.user, course_slug, *RULES)
    offer = _seen_offer(viewer, pk)
    return _answer(request, viewer, lambda: actions.take_back_offer(offer=offer, enrollment=viewer), "The offer is taken back.")


@login_required
@require_POST
def swap_approve(request, course_slug, pk):
    by = require_instructor(request.user, course_slug)
    offer = _seen_offer(by, pk)
    return _answer(
        request, by, lambda: actions.approve_swap(offer=offer, course=by.course, by=request.user), "The swap is done."
    )


@login_required
@require_POST
def swap_refuse(request, course_slug, pk):
    by = require_instructor(request.user, course_slug)
    offer = _seen_offer(by, pk)
    return _answer(
        request, by, lambda: actions.refuse_swap(offer=offer, course=by.course, by=request.user), "The swap is refused."
    )


@login_required
@require_safe
def history(request, course_slug):
    """Everything that happened to places, newest first: of the course for staff, of themselves for students."""
    viewer = require_member(request.user, course_slug)
    page = Paginator(Act.objects.seen_by(viewer).for_display(), 100).get_page(request.GET.get("page"))
    return render(request, "presentations/history.html", {"course": viewer.course, "enrollment": viewer, "page": page})
