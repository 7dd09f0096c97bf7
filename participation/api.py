"""Participation over REST, with the rules of the pages: /api/v1/courses/{slug}/participation/."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response

from core.api import expected_revision, problem, with_etag
from core.errors import StaleVersion
from courses.models import Enrollment, Meeting
from courses.policies import require_member, require_staff, require_student, students_marked_by
from participation import actions, policies, queries
from participation.models import Record
from participation.serializers import (
    ConfirmedSerializer,
    ConfirmInputSerializer,
    CorrectionSerializer,
    OwnInputSerializer,
    ParticipationRecordSerializer,
    RecordHistorySerializer,
    SheetInputSerializer,
    SheetSerializer,
)

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description='The revision that was read: "3"')


class ParticipationViewSet(viewsets.ViewSet):
    """Who attended and discussed."""

    scope_resource = "participation"

    @extend_schema(operation_id="participation_retrieve", responses=SheetSerializer)
    def list(self, request, course_slug):
        """The meetings up to today and what is recorded: of oneself, or for staff of the students they mark."""
        viewer = require_member(request.user, course_slug)
        policies.require_rules(viewer)
        if not viewer.is_student and not viewer.is_staff:
            raise PermissionDenied("Participation is for students and staff.")
        return with_etag(request, Response(SheetSerializer(queries.sheet(viewer)).data))

    @extend_schema(operation_id="participation_record", request=OwnInputSerializer, responses=ParticipationRecordSerializer)
    def record(self, request, course_slug, meeting_key):
        """Record one's own, on the day of the meeting."""
        student = require_student(request.user, course_slug)
        meeting = _meeting_or_404(student, meeting_key)
        given = OwnInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return _answer(actions.record_own(meeting=meeting, enrollment=student, **given.validated_data), meeting)


class StaffParticipationViewSet(viewsets.ViewSet):
    """Confirming and correcting; for staff, of the students whose work they mark."""

    scope_resource = "participation"

    @extend_schema(operation_id="participation_history", responses=RecordHistorySerializer)
    def retrieve(self, request, course_slug, meeting_key, enrollment_id):
        """One record with every change made to it."""
        staff = require_staff(request.user, course_slug)
        meeting = _meeting_or_404(staff, meeting_key)
        records = Record.objects.visible_to(staff).filter(meeting=meeting).prefetch_related("changes__changed_by")
        record = get_object_or_404(records, enrollment=enrollment_id)
        record.meeting = meeting
        response = Response(RecordHistorySerializer(record).data)
        response["ETag"] = f'"{record.revision}"'
        return response

    @extend_schema(
        operation_id="participation_correct",
        request=CorrectionSerializer,
        responses=ParticipationRecordSerializer,
        parameters=[IF_MATCH],
    )
    def update(self, request, course_slug, meeting_key, enrollment_id):
        """Confirm or correct one record; If-Match is needed once there is one."""
        staff = require_staff(request.user, course_slug)
        meeting = _meeting_or_404(staff, meeting_key)
        student = get_object_or_404(students_marked_by(staff).select_related("user"), pk=enrollment_id)
        given = CorrectionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            record = actions.correct_record(
                meeting=meeting,
                enrollment=student,
                revision=expected_revision(request),
                by=request.user,
                **given.validated_data,
            )
        except StaleVersion as stale:
            return _stale(stale, [stale.current], meeting)
        return _answer(record, meeting)

    @extend_schema(
        operation_id="participation_sheet_save",
        request=SheetInputSerializer,
        responses=ParticipationRecordSerializer(many=True),
    )
    def save_sheet(self, request, course_slug, meeting_key):
        """Confirm a meeting's records as given, all or none; 412 lists those that others have changed."""
        staff = require_staff(request.user, course_slug)
        meeting = _meeting_or_404(staff, meeting_key)
        given = SheetInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            said = {"by": request.user, "reason": given.validated_data["reason"]}
            records = actions.save_sheet(meeting=meeting, entries=_entries(staff, given), **said)
        except StaleVersion as stale:
            return _stale(stale, stale.current.values(), meeting)
        return Response(_data(records, meeting))

    @extend_schema(operation_id="participation_confirm", request=ConfirmInputSerializer, responses=ConfirmedSerializer)
    def confirm(self, request, course_slug, meeting_key):
        """Confirm what students recorded, as it was read."""
        staff = require_staff(request.user, course_slug)
        meeting = _meeting_or_404(staff, meeting_key)
        given = ConfirmInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        revisions = {row["enrollment_id"]: row["revision"] for row in given.validated_data["records"]}
        _students(staff, revisions)
        try:
            count = actions.confirm_recorded(meeting=meeting, revisions=revisions, by=request.user)
        except StaleVersion as stale:
            return _stale(stale, stale.current.values(), meeting)
        return Response(ConfirmedSerializer({"confirmed": count}).data)


def _meeting_or_404(enrollment: Enrollment, meeting_key: str) -> Meeting:
    meetings = queries.recorded_meetings(enrollment.course, key=meeting_key)
    if not meetings:
        raise Http404("No such meeting.")
    policies.require_rules(enrollment)
    return meetings[0]


def _students(staff: Enrollment, ids) -> dict[int, Enrollment]:
    students = {student.pk: student for student in students_marked_by(staff).filter(pk__in=ids).select_related("user")}
    unknown = sorted(set(ids) - set(students))
    if unknown:
        raise ValidationError({"records": [f"Not students whose work you mark: {', '.join(map(str, unknown))}."]})
    return students


def _entries(staff: Enrollment, given: SheetInputSerializer) -> list[actions.Entry]:
    rows = given.validated_data["records"]
    students = _students(staff, [row["enrollment_id"] for row in rows])
    if len(students) != len(rows):
        raise ValidationError({"records": ["A student is named twice."]})
    return [actions.Entry(students[row["enrollment_id"]], row["attended"], row["discussed"], row["revision"]) for row in rows]


def _data(records, meeting: Meeting) -> list[dict]:
    for record in records:
        record.meeting = meeting
    return [{"enrollment_id": record.enrollment_id, **ParticipationRecordSerializer(record).data} for record in records]


def _answer(record: Record, meeting: Meeting) -> Response:
    record.meeting = meeting
    response = Response(ParticipationRecordSerializer(record).data)
    response["ETag"] = f'"{record.revision}"'
    return response


def _stale(stale: StaleVersion, records, meeting: Meeting) -> Response:
    return problem(
        412, title="Precondition Failed", detail=stale.message, code=stale.code, current=_data(list(records), meeting)
    )


MEETING = "courses/<slug:course_slug>/participation/<slug:meeting_key>/"
urlpatterns = [
    path(
        "courses/<slug:course_slug>/participation/",
        ParticipationViewSet.as_view({"get": "list"}),
        name="participation_list",
    ),
    path(MEETING, ParticipationViewSet.as_view({"put": "record"}), name="participation_record"),
    path(f"{MEETING}sheet/", StaffParticipationViewSet.as_view({"put": "save_sheet"}), name="participation_sheet"),
    path(f"{MEETING}confirm/", StaffParticipationViewSet.as_view({"post": "confirm"}), name="participation_confirm"),
    path(
        f"{MEETING}students/<int:enrollment_id>/",
        StaffParticipationViewSet.as_view({"get": "retrieve", "put": "update"}),
        name="participation_student",
    ),
]
