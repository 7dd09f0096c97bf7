"""Slots, who presents in them, and their slides."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.api import JsonParser
from core.uploads import serve_upload
from courses.models import Meeting
from courses.policies import get_visible_course, require_instructor, require_member, require_staff
from presentations import actions, policies, queries
from presentations.models import SignUp, Slides, Slot, SlotRole
from presentations.queries.files import shown_file
from presentations.serializers import (
    AssignSerializer,
    CancelledSerializer,
    PaperWithoutSlotSerializer,
    PresenterSerializer,
    RestoredSerializer,
    SignUpSerializer,
    SlidesInputSerializer,
    SlidesSerializer,
    SlotMoveSerializer,
    SlotSerializer,
)


class PresentationViewSet(viewsets.GenericViewSet):
    scope_resource = "presentations"
    filter_backends = ()

    def answer_context(self, viewer) -> dict:
        return {"viewer": viewer, "url_of": lambda name, kwargs: reverse(name, kwargs=kwargs, request=self.request)}

    def slot_context(self, course, viewer) -> dict:
        return self.answer_context(viewer) | {"signing": queries.signing_of(course, viewer)}


class SlotViewSet(PresentationViewSet):
    """Who presents what and when; open to everybody who may see the course page."""

    queryset = Slot.objects.none()
    serializer_class = SlotSerializer

    @extend_schema(operation_id="slots_list")
    def list(self, request, course_slug):
        course, viewer = get_visible_course(request.user, course_slug)
        slots = self.paginate_queryset(Slot.objects.filter(course=course).for_display())
        return self.get_paginated_response(SlotSerializer(slots, many=True, context=self.slot_context(course, viewer)).data)

    @extend_schema(operation_id="presenters_list", responses=PresenterSerializer(many=True))
    def presenters(self, request, course_slug):
        """For staff: every student, those with the fewest presentations first."""
        viewer = require_staff(request.user, course_slug)
        rows = queries.student_rows(viewer.course, queries.slot_rows(viewer.course, viewer))
        return Response(PresenterSerializer(rows, many=True).data)

    @extend_schema(operation_id="slots_missing_list", responses=PaperWithoutSlotSerializer(many=True))
    def missing(self, request, course_slug):
        """For instructors: the papers that nobody can present yet."""
        by = require_instructor(request.user, course_slug)
        return Response(PaperWithoutSlotSerializer(queries.papers_without_slot(by.course), many=True).data)

    @extend_schema(operation_id="slots_missing_make", request=None, responses={201: SlotSerializer(many=True)})
    def make(self, request, course_slug):
        """A slot for each of them."""
        by = require_instructor(request.user, course_slug)
        made = actions.make_slots(course=by.course, by=request.user)
        slots = Slot.objects.filter(pk__in=[slot.pk for slot in made]).for_display()
        return Response(SlotSerializer(slots, many=True, context=self.slot_context(by.course, by)).data, status=201)

    @extend_schema(operation_id="slot_move", request=SlotMoveSerializer, responses=SlotSerializer)
    def move(self, request, course_slug, slot_key):
        """To another meeting; whoever presents stays and gets a mail."""
        by = require_instructor(request.user, course_slug)
        slot = get_object_or_404(Slot, course=by.course, key=slot_key)
        given = SlotMoveSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        meeting = by.course.meetings.filter(key=given.validated_data["meeting"]).first()
        if meeting is None:
            raise ValidationError({"meeting": [f"No meeting of this course has the key {given.validated_data['meeting']}."]})
        actions.move_slot(slot=slot, meeting=meeting, by=request.user)
        slot = Slot.objects.for_display().get(pk=slot.pk)
        return Response(SlotSerializer(slot, context=self.slot_context(by.course, by)).data)

    @extend_schema(operation_id="meeting_cancel", request=None, responses={200: CancelledSerializer})
    def cancel(self, request, course_slug, meeting_key):
        """The meeting does not take place; whoever presents keeps the place, which waits for another meeting."""
        by = require_instructor(request.user, course_slug)
        meeting = get_object_or_404(Meeting, course=by.course, key=meeting_key)
        slots = actions.cancel_meeting(meeting=meeting, by=request.user)
        return Response(CancelledSerializer({"meeting": meeting.key, "slots": [slot.key for slot in slots]}).data)

    @extend_schema(operation_id="meeting_restore", request=None, responses={200: RestoredSerializer})
    def restore(self, request, course_slug, meeting_key):
        """A cancelled meeting takes place after all; its slots come back, also those that have another meeting by now."""
        by = require_instructor(request.user, course_slug)
        meeting = get_object_or_404(Meeting, course=by.course, key=meeting_key)
        slots = actions.restore_meeting(meeting=meeting, by=request.user)
        return Response(RestoredSerializer({"meeting": meeting.key, "slots": [slot.key for slot in slots]}).data)


class SignUpViewSet(PresentationViewSet):
    """Giving and taking roles, for instructors; students give back their own."""

    queryset = SignUp.objects.none()

    @extend_schema(operation_id="presenter_assign", request=AssignSerializer, responses={201: SignUpSerializer})
    def create(self, request, course_slug, slot_key, role_key):
        by = require_instructor(request.user, course_slug)
        role = get_object_or_404(SlotRole, slot__course=by.course, slot__key=slot_key, key=role_key)
        given = AssignSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        pk = given.validated_data.get("enrollment_id")
        enrollment = by.course.enrollments.filter(pk=pk).first() if pk else None
        if pk and enrollment is None:
            raise ValidationError({"enrollment_id": [f"No enrollment of this course has the id {pk}."]})
        sign_up = actions.assign_presenter(
            role=role, enrollment=enrollment, guest_name=given.validated_data["guest_name"], by=request.user
        )
        return Response(SignUpSerializer(sign_up, context=self.answer_context(by)).data, status=201)

    @extend_schema(operation_id="presenter_remove", responses={204: None})
    def destroy(self, request, course_slug, pk):
        by = require_member(request.user, course_slug)
        sign_up = get_object_or_404(SignUp.objects.select_related("role__slot"), role__slot__course=by.course, pk=pk)
        if policies.may_assign(by):
            actions.withdraw_presenter(sign_up=sign_up, by=request.user)
        elif policies.may_sign_up(by) and sign_up.enrollment_id == by.pk:
            actions.give_back(sign_up=sign_up, enrollment=by)
        else:
            raise PermissionDenied("A place is given back by whoever has it, and taken away by instructors.")
        return Response(status=204)


class SlidesViewSet(PresentationViewSet):
    """The versions of a slot's slides, newest first."""

    queryset = Slides.objects.none()
    parser_classes = (JsonParser, MultiPartParser)

    @extend_schema(operation_id="slides_list", responses=SlidesSerializer(many=True))
    def list(self, request, course_slug, slot_key):
        viewer, slot = self._viewer_and_slot(request, course_slug, slot_key)
        shown = slot.slides.all() if policies.sees_slides(viewer, slot) else []
        return Response(SlidesSerializer(shown, many=True, context=self.answer_context(viewer)).data)

    @extend_schema(operation_id="slides_add", request=SlidesInputSerializer, responses={201: SlidesSerializer})
    def create(self, request, course_slug, slot_key):
        viewer, slot = self._viewer_and_slot(request, course_slug, slot_key)
        if not policies.may_add_slides(viewer, slot):
            raise PermissionDenied("Slides are added by the slot's presenters and by staff.")
        given = SlidesInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        slides = actions.add_slides(slot=slot, by=request.user, url=data["url"], upload=data["file"])
        slides.slot = slot
        return Response(SlidesSerializer(slides, context=self.answer_context(viewer)).data, status=201)

    @extend_schema(operation_id="slides_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def file(self, request, course_slug, slot_key, number):
        course, viewer = get_visible_course(request.user, course_slug)
        slides = shown_file(course, viewer, slot_key, number)
        return serve_upload(slides.file, kind=slides.file_kind, name=slides.file_name)

    def _viewer_and_slot(self, request, course_slug, slot_key):
        course, viewer = get_visible_course(request.user, course_slug)
        return viewer, get_object_or_404(Slot.objects.filter(course=course).for_display(), key=slot_key)
