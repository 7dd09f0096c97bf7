"""What students do about places: take, wait, offer, accept; and what happened."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from courses.models import Enrollment
from courses.policies import require_instructor, require_member, require_student
from presentations import actions
from presentations.api.slots import PresentationViewSet
from presentations.models import Act, SignUp, SlotRole, SwapOffer, Waiting
from presentations.serializers import (
    AcceptSerializer,
    ActSerializer,
    OfferInputSerializer,
    OfferSerializer,
    SignUpSerializer,
    WaitingSerializer,
)


def _role_of(viewer: Enrollment, slot_key: str, role_key: str) -> SlotRole:
    roles = SlotRole.objects.select_related("slot")
    return get_object_or_404(roles, slot__course=viewer.course, slot__key=slot_key, key=role_key)


class PlaceViewSet(PresentationViewSet):
    """First come, first served, and the waiting lists."""

    queryset = SignUp.objects.none()

    @extend_schema(operation_id="place_take", request=None, responses={201: SignUpSerializer})
    def take(self, request, course_slug, slot_key, role_key):
        """For students: take a place; taking it again changes nothing. Refused (409) with a code for each rule."""
        viewer = require_student(request.user, course_slug)
        sign_up = actions.take_place(role=_role_of(viewer, slot_key, role_key), enrollment=viewer)
        return Response(SignUpSerializer(sign_up, context=self.answer_context(viewer)).data, status=201)

    @extend_schema(operation_id="waiting_join", request=None, responses={201: WaitingSerializer})
    def join(self, request, course_slug, slot_key, role_key):
        viewer = require_student(request.user, course_slug)
        waiting = actions.join_line(role=_role_of(viewer, slot_key, role_key), enrollment=viewer)
        mine = [each for each in _line(Waiting.objects.filter(role=waiting.role_id)) if each.pk == waiting.pk]
        return Response(WaitingSerializer(mine[0]).data, status=201)

    @extend_schema(operation_id="waiting_leave", responses={204: None})
    def leave(self, request, course_slug, slot_key, role_key):
        viewer = require_student(request.user, course_slug)
        actions.leave_waiting(role=_role_of(viewer, slot_key, role_key), enrollment=viewer)
        return Response(status=204)

    @extend_schema(operation_id="waiting_list", responses=WaitingSerializer(many=True))
    def waiting(self, request, course_slug):
        """Everybody in line for staff; for a student, themselves."""
        viewer = require_member(request.user, course_slug)
        line = _line(Waiting.objects.filter(role__slot__course=viewer.course))
        mine = [each for each in line if viewer.is_staff or each.enrollment_id == viewer.pk]
        return Response(WaitingSerializer(mine, many=True).data)

    @extend_schema(operation_id="presentation_history", responses=ActSerializer(many=True))
    def history(self, request, course_slug):
        """What happened to places, newest first; for a student, to theirs. The latest 500."""
        viewer = require_member(request.user, course_slug)
        return Response(ActSerializer(Act.objects.seen_by(viewer).for_display()[:500], many=True).data)


def _line(rows: QuerySet) -> list[Waiting]:
    """Those in line, each with its `place` from 1; who left the course stands in none."""
    line = rows.in_line().filter(enrollment__is_active=True).select_related("role__slot", "enrollment__user")
    seen: dict[int, int] = {}
    for waiting in (found := list(line)):
        waiting.place = seen[waiting.role_id] = seen.get(waiting.role_id, 0) + 1
    return found


class OfferViewSet(PresentationViewSet):
    """Places that students offer one another."""

    queryset = SwapOffer.objects.none()
    serializer_class = OfferSerializer

    def answer(self, viewer: Enrollment, offer: SwapOffer, status: int = 200) -> Response:
        return Response(OfferSerializer(SwapOffer.objects.for_display().get(pk=offer.pk)).data, status=status)

    def seen(self, viewer: Enrollment, pk: int) -> SwapOffer:
        return get_object_or_404(SwapOffer.objects.seen_by(viewer), pk=pk)

    def place(self, viewer: Enrollment, name: str, pk: int | None) -> SignUp | None:
        """A standing sign-up of the course by id, None for None."""
        found = pk and SignUp.objects.standing().filter(role__slot__course=viewer.course, pk=pk).first()
        if pk and found is None:
            raise ValidationError({name: [f"Nobody has a place with the sign-up id {pk}."]})
        return found or None

    @extend_schema(operation_id="swaps_list", responses=OfferSerializer(many=True))
    def list(self, request, course_slug):
        """Staff see every offer; students theirs, those to them, and the open ones to everybody."""
        viewer = require_member(request.user, course_slug)
        offers = self.paginate_queryset(SwapOffer.objects.seen_by(viewer).for_display().order_by("-made_at", "-pk"))
        return self.get_paginated_response(OfferSerializer(offers, many=True).data)

    @extend_schema(operation_id="swap_offer", request=OfferInputSerializer, responses={201: OfferSerializer})
    def create(self, request, course_slug):
        viewer = require_student(request.user, course_slug)
        given = OfferInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        to = viewer.course.enrollments.filter(pk=data["to"]).first() if data["to"] else None
        if data["to"] and to is None:
            raise ValidationError({"to": [f"No enrollment of this course has the id {data['to']}."]})
        offer = actions.offer_place(
            sign_up=self.place(viewer, "sign_up_id", data["sign_up_id"]),
            enrollment=viewer,
            to=to,
            is_trade=data["is_trade"],
            wants=self.place(viewer, "wants", data["wants"]),
        )
        return self.answer(viewer, offer, 201)

    @extend_schema(operation_id="swap_accept", request=AcceptSerializer)
    def accept(self, request, course_slug, pk):
        viewer = require_student(request.user, course_slug)
        offer = self.seen(viewer, pk)
        given = AcceptSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        in_return = self.place(viewer, "in_return", given.validated_data["in_return"])
        return self.answer(viewer, actions.accept_offer(offer=offer, enrollment=viewer, in_return=in_return))

    @extend_schema(operation_id="swap_decline", request=None)
    def decline(self, request, course_slug, pk):
        viewer = require_student(request.user, course_slug)
        return self.answer(viewer, actions.decline_offer(offer=self.seen(viewer, pk), enrollment=viewer))

    @extend_schema(operation_id="swap_take_back", request=None)
    def take_back(self, request, course_slug, pk):
        viewer = require_student(request.user, course_slug)
        return self.answer(viewer, actions.take_back_offer(offer=self.seen(viewer, pk), enrollment=viewer))

    @extend_schema(operation_id="swap_approve", request=None)
    def approve(self, request, course_slug, pk):
        by = require_instructor(request.user, course_slug)
        return self.answer(by, actions.approve_swap(offer=self.seen(by, pk), course=by.course, by=request.user))

    @extend_schema(operation_id="swap_refuse", request=None)
    def refuse(self, request, course_slug, pk):
        by = require_instructor(request.user, course_slug)
        return self.answer(by, actions.refuse_swap(offer=self.seen(by, pk), course=by.course, by=request.user))
