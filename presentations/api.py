"""Presentations over REST, with the rules of the pages: /api/v1/courses/{slug}/slots/."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.api import JsonParser
from core.uploads import serve_upload
from courses.policies import get_visible_course, require_instructor, require_staff
from presentations import actions, policies, queries
from presentations.models import SignUp, Slides, Slot, SlotRole
from presentations.serializers import (
    AssignSerializer,
    PresenterSerializer,
    SignUpSerializer,
    SlidesInputSerializer,
    SlidesSerializer,
    SlotSerializer,
)


class PresentationViewSet(viewsets.GenericViewSet):
    scope_resource = "presentations"
    filter_backends = ()

    def answer_context(self, viewer) -> dict:
        return {"viewer": viewer, "url_of": lambda name, kwargs: reverse(name, kwargs=kwargs, request=self.request)}


class SlotViewSet(PresentationViewSet):
    """Who presents what and when; open to everybody who may see the course page."""

    queryset = Slot.objects.none()
    serializer_class = SlotSerializer

    @extend_schema(operation_id="slots_list")
    def list(self, request, course_slug):
        course, viewer = get_visible_course(request.user, course_slug)
        slots = self.paginate_queryset(Slot.objects.filter(course=course).for_display())
        return self.get_paginated_response(SlotSerializer(slots, many=True, context=self.answer_context(viewer)).data)

    @extend_schema(operation_id="presenters_list", responses=PresenterSerializer(many=True))
    def presenters(self, request, course_slug):
        """For staff: every student, those with the fewest presentations first."""
        viewer = require_staff(request.user, course_slug)
        rows = queries.student_rows(viewer.course, queries.slot_rows(viewer.course, viewer))
        return Response(PresenterSerializer(rows, many=True).data)


class SignUpViewSet(PresentationViewSet):
    """Giving and taking roles; for instructors."""

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
        by = require_instructor(request.user, course_slug)
        sign_up = get_object_or_404(SignUp, role__slot__course=by.course, pk=pk)
        actions.withdraw_presenter(sign_up=sign_up, by=request.user)
        return Response(status=204)


class SlidesViewSet(PresentationViewSet):
    """The versions of a slot's slides, newest first."""

    queryset = Slides.objects.none()
    parser_classes = (JsonParser, MultiPartParser)

    @extend_schema(operation_id="slides_list", responses=SlidesSerializer(many=True))
    def list(self, request, course_slug, slot_key):
        viewer, slot = self._viewer_and_slot(request, course_slug, slot_key)
        return Response(SlidesSerializer(slot.slides.all(), many=True, context=self.answer_context(viewer)).data)

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
        course, _ = get_visible_course(request.user, course_slug)
        slides = get_object_or_404(Slides.objects.exclude(file=""), slot__course=course, slot__key=slot_key, number=number)
        return serve_upload(slides.file, kind=slides.file_kind, name=slides.file_name)

    def _viewer_and_slot(self, request, course_slug, slot_key):
        course, viewer = get_visible_course(request.user, course_slug)
        return viewer, get_object_or_404(Slot.objects.filter(course=course).for_display(), key=slot_key)


COURSE = "courses/<slug:course_slug>/"
SLOT = f"{COURSE}slots/<slug:slot_key>/"
urlpatterns = [
    path(f"{COURSE}slots/", SlotViewSet.as_view({"get": "list"}), name="slot_list"),
    path(f"{COURSE}presenters/", SlotViewSet.as_view({"get": "presenters"}, pagination_class=None), name="presenter_list"),
    path(f"{SLOT}roles/<slug:role_key>/presenters/", SignUpViewSet.as_view({"post": "create"}), name="presenter_assign"),
    path(f"{COURSE}sign-ups/<int:pk>/", SignUpViewSet.as_view({"delete": "destroy"}), name="sign_up_detail"),
    path(f"{SLOT}slides/", SlidesViewSet.as_view({"get": "list", "post": "create"}, pagination_class=None), name="slides_list"),
    path(f"{SLOT}slides/<int:number>/file/", SlidesViewSet.as_view({"get": "file"}), name="slides_file"),
]
