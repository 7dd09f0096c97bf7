"""Regrade requests over REST, with the rules of the pages."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from core.api import LinkedPagination, expected_revision, problem
from core.errors import StaleVersion
from courses.policies import require_staff
from grading import actions
from grading.api.marks import MarkSerializer, levels_field
from grading.given import MAX_COMMENT
from grading.models import Outcome, RegradeMessage, RegradeRequest
from grading.policies import require_mark_reader, require_own_work
from grading.queries import read_in_force
from grading.queries.marks import marks_visible_to, work_address
from grading.queries.regrades import messages_of, requests_visible_to, title_of


class RegradeMessageSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="author.name")

    class Meta:
        model = RegradeMessage
        fields = ["author", "is_by_staff", "text", "outcome", "points", "written_at"]


class RegradeSerializer(serializers.Serializer):
    handle = serializers.CharField(help_text="What the request is called in addresses")
    work = serializers.SerializerMethodField(help_text="The work whose mark is contested, such as review-12")
    title = serializers.SerializerMethodField()
    student = serializers.IntegerField(source="asked_by_id", help_text="Of the enrollment")
    points_contested = serializers.DecimalField(max_digits=7, decimal_places=2)
    outcome = serializers.CharField(help_text="Empty while the request is open; then kept, changed or withdrawn")
    asked_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.SerializerMethodField()

    def get_work(self, request) -> str:
        return work_address(request.mark)

    def get_title(self, request) -> str:
        return title_of(request.mark, self.context["policy"])

    def get_decided_by(self, request) -> str:
        return request.decided_by.name if request.decided_by else ""


class RegradeThreadSerializer(RegradeSerializer):
    messages = serializers.SerializerMethodField()

    @extend_schema(responses=RegradeMessageSerializer(many=True))
    def get_messages(self, request) -> list[dict]:
        return RegradeMessageSerializer(messages_of(request), many=True).data


class AskSerializer(serializers.Serializer):
    work = serializers.CharField(max_length=200, help_text="As `work` of one's own marks")
    text = serializers.CharField(max_length=MAX_COMMENT, trim_whitespace=False)


class RegradeTextSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_COMMENT, trim_whitespace=False)


class DecisionSerializer(serializers.Serializer):
    outcome = serializers.ChoiceField(choices=[Outcome.KEPT.value, Outcome.CHANGED.value])
    text = serializers.CharField(max_length=MAX_COMMENT, trim_whitespace=False, help_text="Why")
    points = serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True, default=None)
    levels = levels_field()
    comment = serializers.CharField(
        max_length=MAX_COMMENT,
        allow_blank=True,
        required=False,
        trim_whitespace=False,
        help_text="Of a changed mark: its comment from now on; what is left out, points or comment, stays as it is",
    )


class RegradePagination(LinkedPagination):
    # By the random handle within a moment: the primary key would count the requests of others.
    ordering = ("asked_at", "handle")


class RegradeViewSet(viewsets.GenericViewSet):
    scope_resource = "grades"
    pulls_grades = False  # nothing for machines, nor for the log of who pulled grades
    queryset = RegradeRequest.objects.none()
    serializer_class = RegradeSerializer
    pagination_class = RegradePagination
    filter_backends = ()

    def answer(self, reader, handle: str, *, status: int = 200) -> Response:
        found = get_object_or_404(requests_visible_to(reader), handle=handle)
        return Response(self.shown(RegradeThreadSerializer, found, reader), status=status)

    def shown(self, serializer, what, reader, **kwargs):
        context = {"policy": read_in_force(reader.course)[1]}
        return serializer(what, context=context, **kwargs).data

    @extend_schema(operation_id="regrades_list", summary="Regrade requests: one's own, or those about work that one marks")
    def list(self, request, course_slug):
        reader = require_mark_reader(request.user, course_slug)
        page = self.paginate_queryset(requests_visible_to(reader))
        return self.get_paginated_response(self.shown(RegradeSerializer, page, reader, many=True))

    @extend_schema(
        operation_id="regrade_ask",
        summary="Contest a released mark of one's own (students)",
        request=AskSerializer,
        responses={201: RegradeThreadSerializer},
    )
    def create(self, request, course_slug):
        student = require_own_work(request.user, course_slug)
        given = AskSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        marks = {work_address(mark): mark for mark in marks_visible_to(student)}
        if given.validated_data["work"] not in marks:
            raise Http404("No such mark.")
        mark = marks[given.validated_data["work"]]
        made = actions.ask_regrade(mark=mark, by=student, text=given.validated_data["text"])
        return self.answer(student, made.handle, status=201)

    @extend_schema(operation_id="regrade_retrieve", summary="One request with its thread", responses=RegradeThreadSerializer)
    def retrieve(self, request, course_slug, handle):
        return self.answer(require_mark_reader(request.user, course_slug), handle)

    @extend_schema(
        operation_id="regrade_say",
        summary="Add to the thread",
        request=RegradeTextSerializer,
        responses={201: RegradeThreadSerializer},
    )
    def say(self, request, course_slug, handle):
        reader = require_mark_reader(request.user, course_slug)
        found = get_object_or_404(requests_visible_to(reader), handle=handle)
        given = RegradeTextSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actions.add_regrade_message(request=found, by=reader, **given.validated_data)
        return self.answer(reader, handle, status=201)

    @extend_schema(
        operation_id="regrade_decide",
        summary="Keep or change the mark (staff)",
        request=DecisionSerializer,
        parameters=[
            OpenApiParameter(
                "If-Match", str, OpenApiParameter.HEADER, description='To change: the revision of the mark, such as "3"'
            )
        ],
        responses={
            200: RegradeThreadSerializer,
            409: OpenApiResponse(description="Decided already, by somebody else (`decided`)"),
            412: OpenApiResponse(description="Marked meanwhile; `current` is the mark as it stands"),
        },
    )
    def decide(self, request, course_slug, handle):
        decider = require_staff(request.user, course_slug)
        found = get_object_or_404(requests_visible_to(decider), handle=handle)
        given = DecisionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        revision = expected_revision(request)
        try:
            actions.decide_regrade(request=found, by=decider, revision=revision, **given.validated_data)
        except StaleVersion as stale:
            current = MarkSerializer(stale.current).data
            return problem(412, title="Precondition Failed", detail=stale.message, code=stale.code, current=current)
        return self.answer(decider, handle)

    @extend_schema(
        operation_id="regrade_withdraw",
        summary="Take one's own request back (students)",
        request=None,
        responses=RegradeThreadSerializer,
    )
    def withdraw(self, request, course_slug, handle):
        student = require_own_work(request.user, course_slug)
        found = get_object_or_404(requests_visible_to(student), handle=handle)
        actions.withdraw_regrade(request=found, by=student)
        return self.answer(student, handle)
