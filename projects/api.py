"""Projects over REST, with the rules of the pages: /api/v1/courses/{slug}/teams/ and .../milestones/."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.api import JSON_OR_FILE, JsonParser
from core.errors import DomainError
from core.uploads import serve_upload
from courses.models import Enrollment
from courses.policies import require_member, require_student
from projects import actions, policies, queries
from projects.models import Deliverable, Milestone, Team
from projects.serializers import (
    DeliverableInputSerializer,
    DeliverableSerializer,
    MembersInputSerializer,
    MilestoneSerializer,
    TeamInputSerializer,
    TeamSerializer,
)


class TeamViewSet(viewsets.GenericViewSet):
    """Teams and who is in them; for everybody in the course."""

    scope_resource = "projects"
    queryset = Team.objects.none()
    serializer_class = TeamSerializer
    filter_backends = ()

    @extend_schema(operation_id="teams_list")
    def list(self, request, course_slug):
        viewer = self._viewer(course_slug)
        teams = self.paginate_queryset(Team.objects.visible_to(viewer).for_display())
        return self.get_paginated_response(TeamSerializer(teams, many=True).data)

    @extend_schema(operation_id="team_create", request=TeamInputSerializer, responses={201: TeamSerializer})
    def create(self, request, course_slug):
        """A student's team has the student in it; the one that staff make is empty."""
        viewer = self._viewer(course_slug)
        if not viewer.is_student and not policies.may_arrange_teams(viewer):
            raise PermissionDenied("Teams are made by students and by staff who arrange them.")
        founder = viewer if viewer.is_student else None
        team = actions.create_team(course=viewer.course, enrollment=founder, **self._given(TeamInputSerializer))
        return self._answer(viewer, team.pk, status=201)

    @extend_schema(operation_id="team_retrieve", responses=TeamSerializer)
    def retrieve(self, request, course_slug, pk):
        return self._answer(self._viewer(course_slug), pk)

    @extend_schema(operation_id="team_rename", request=TeamInputSerializer, responses=TeamSerializer)
    def update(self, request, course_slug, pk):
        viewer = self._viewer(course_slug)
        team = self._team(viewer, pk)
        if not policies.may_edit(viewer, team.members.all()):
            raise PermissionDenied("A team is renamed by its members and by staff.")
        actions.rename_team(team=team, **self._given(TeamInputSerializer))
        return self._answer(viewer, pk)

    @extend_schema(operation_id="team_delete", responses={204: None})
    def destroy(self, request, course_slug, pk):
        """For staff: an empty team that has handed in nothing."""
        viewer = self._arranger(course_slug)
        actions.delete_team(team=self._team(viewer, pk))
        return Response(status=204)

    @extend_schema(operation_id="team_join", request=None, responses=TeamSerializer)
    def join(self, request, course_slug, pk):
        student = require_student(request.user, course_slug)
        actions.join_team(team=self._team(student, pk), enrollment=student)
        return self._answer(student, pk)

    @extend_schema(operation_id="team_leave", request=None, responses=TeamSerializer)
    def leave(self, request, course_slug, pk):
        student = require_student(request.user, course_slug)
        actions.leave_team(team=self._team(student, pk), enrollment=student)
        return self._answer(student, pk)

    @extend_schema(operation_id="team_members_set", request=MembersInputSerializer, responses=TeamSerializer)
    def members(self, request, course_slug, pk):
        """For staff: exactly these students; who is in another team moves."""
        viewer = self._arranger(course_slug)
        team = self._team(viewer, pk)
        ids = set(self._given(MembersInputSerializer)["members"])
        students = list(viewer.course.enrollments.active().students().filter(pk__in=ids))
        unknown = sorted(ids - {student.pk for student in students})
        if unknown:
            raise ValidationError({"members": [f"Not active students of this course: {', '.join(map(str, unknown))}."]})
        actions.set_team_members(team=team, enrollments=students, by=request.user)
        return self._answer(viewer, pk)

    def _viewer(self, course_slug: str) -> Enrollment:
        viewer = require_member(self.request.user, course_slug)
        policies.require_rules(viewer)
        return viewer

    def _arranger(self, course_slug: str) -> Enrollment:
        viewer = self._viewer(course_slug)
        if not policies.may_arrange_teams(viewer):
            raise PermissionDenied("Teams are arranged by staff of the whole course.")
        return viewer

    def _team(self, viewer: Enrollment, pk: int) -> Team:
        team = get_object_or_404(Team.objects.visible_to(viewer).for_display(), pk=pk)
        team.course = viewer.course
        return team

    def _given(self, serializer_class) -> dict:
        given = serializer_class(data=self.request.data)
        given.is_valid(raise_exception=True)
        return given.validated_data

    def _answer(self, viewer: Enrollment, pk: int, *, status: int = 200) -> Response:
        return Response(TeamSerializer(self._team(viewer, pk)).data, status=status)


class MilestoneViewSet(viewsets.GenericViewSet):
    """What is due, and what was handed in for it."""

    scope_resource = "projects"
    queryset = Deliverable.objects.none()
    filter_backends = ()
    parser_classes = (JsonParser, MultiPartParser)

    @extend_schema(operation_id="milestones_list", responses=MilestoneSerializer(many=True))
    def list(self, request, course_slug):
        viewer = require_member(request.user, course_slug)
        policies.require_rules(viewer)
        team = queries.team_of(viewer)
        own = Deliverable.objects.visible_to(viewer).filter(team=team) if team else []
        steps = queries.steps_of(team, queries.milestones_of(viewer.course), own)
        return Response(MilestoneSerializer(steps, many=True, context={"viewer": viewer}).data)

    @extend_schema(operation_id="deliverables_list", responses=DeliverableSerializer(many=True))
    def deliverables(self, request, course_slug, milestone_key):
        """Every version that the caller may read: their own team's; for staff, those of the teams they mark."""
        viewer = require_member(request.user, course_slug)
        milestone = self._milestone(viewer, milestone_key)
        found = self.paginate_queryset(Deliverable.objects.visible_to(viewer).filter(milestone=milestone).for_display())
        return self.get_paginated_response(self._shown(found, many=True))

    @extend_schema(operation_id="deliverable_add", request=DeliverableInputSerializer, responses={201: DeliverableSerializer})
    def hand_in(self, request, course_slug, milestone_key):
        """A new version for the caller's own team."""
        student = require_student(request.user, course_slug)
        milestone = self._milestone(student, milestone_key)
        team = queries.team_of(student)
        if team is None:
            raise DomainError("You are in no team yet. Make one or join one first.", code="no_team")
        given = DeliverableInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        team.course = student.course
        deliverable = actions.add_deliverable(
            team=team, milestone=milestone, by=request.user, note=data["note"], url=data["url"], upload=data["file"]
        )
        return Response(self._shown(deliverable), status=201)

    @extend_schema(operation_id="deliverable_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def file(self, request, course_slug, pk):
        viewer = require_member(request.user, course_slug)
        deliverable = get_object_or_404(Deliverable.objects.visible_to(viewer).exclude(file=""), pk=pk)
        return serve_upload(deliverable.file, kind=deliverable.file_kind, name=deliverable.file_name)

    def _milestone(self, viewer: Enrollment, milestone_key: str) -> Milestone:
        policies.require_rules(viewer)
        milestone = get_object_or_404(Milestone, course=viewer.course, key=milestone_key)
        milestone.course = viewer.course
        return milestone

    def _shown(self, deliverables, **kwargs):
        context = {"url_of": lambda name, keys: reverse(name, kwargs=keys, request=self.request)}
        return DeliverableSerializer(deliverables, context=context, **kwargs).data


COURSE = "courses/<slug:course_slug>/"
TEAM = f"{COURSE}teams/<int:pk>/"
MILESTONE = f"{COURSE}milestones/<slug:milestone_key>/"
urlpatterns = [
    path(f"{COURSE}teams/", TeamViewSet.as_view({"get": "list", "post": "create"}), name="team_list"),
    path(TEAM, TeamViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}), name="team_detail"),
    path(f"{TEAM}join/", TeamViewSet.as_view({"post": "join"}), name="team_join"),
    path(f"{TEAM}leave/", TeamViewSet.as_view({"post": "leave"}), name="team_leave"),
    path(f"{TEAM}members/", TeamViewSet.as_view({"put": "members"}), name="team_members"),
    path(f"{COURSE}milestones/", MilestoneViewSet.as_view({"get": "list"}, pagination_class=None), name="milestone_list"),
    path(
        f"{MILESTONE}deliverables/",
        MilestoneViewSet.as_view({"get": "deliverables", "post": "hand_in"}),
        name="deliverable_list",
    ),
    path(
        f"{COURSE}deliverables/<int:pk>/file/",
        MilestoneViewSet.as_view({"get": "file"}, renderer_classes=JSON_OR_FILE),
        name="deliverable_file",
    ),
]
