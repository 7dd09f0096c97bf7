"""Shared passages over REST, with the rules of the pages: /api/v1/courses/{slug}/similarity/.

Every view asks for staff first: to anybody else they answer the same whatever there is.
"""

from django.shortcuts import get_object_or_404
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api import LinkedPagination, expected_revision, problem, with_etag
from core.errors import StaleVersion
from core.filters import TrueFalseFilter
from courses.models import Enrollment
from courses.policies import require_staff
from similarity import actions, queries
from similarity.models import Pair
from similarity.serializers import PairBesideSerializer, PairSerializer, ProgressSerializer, SetAsideSerializer

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The pair's revision that was read")


class PairFilter(filters.FilterSet):
    paper = filters.CharFilter(field_name="comparison__paper__key", label="A paper's key")
    set_aside = TrueFalseFilter(
        field_name="set_aside_at", lookup_expr="isnull", exclude=True, label="Whether set aside; both when left out"
    )

    class Meta:
        model = Pair
        fields: list[str] = []


class PairPagination(LinkedPagination):
    ordering = ("-share", "-words", "pk")


class PairViewSet(viewsets.GenericViewSet):
    scope_resource = "reviews"
    queryset = Pair.objects.none()
    serializer_class = PairSerializer
    pagination_class = PairPagination
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = PairFilter

    @extend_schema(operation_id="similarity_list")
    def list(self, request, course_slug):
        """Reviews of one paper with words in a row in common, those that share most first.

        For staff: instructors all, assistants those of students they mark. A reason to read them, not a finding.
        """
        viewer = require_staff(request.user, course_slug)
        found = self.filter_queryset(Pair.objects.visible_to(viewer).for_display())
        rows = self.paginate_queryset(found)
        return with_etag(request, self.get_paginated_response(PairSerializer(rows, many=True).data))

    @extend_schema(operation_id="similarity_retrieve", responses=PairBesideSerializer)
    def retrieve(self, request, course_slug, pk):
        """One pair, both texts side by side."""
        return _pair(require_staff(request.user, course_slug), pk)

    @extend_schema(
        operation_id="similarity_set_aside", request=SetAsideSerializer, responses=PairBesideSerializer, parameters=[IF_MATCH]
    )
    def set_aside(self, request, course_slug, pk):
        """Say that somebody has looked and there is nothing to it. 412 when another decided meanwhile."""

        def act(pair, viewer, revision):
            sent = SetAsideSerializer(data=request.data)
            sent.is_valid(raise_exception=True)
            actions.set_pair_aside(pair=pair, by=viewer, revision=revision, **sent.validated_data)

        return self._decide(course_slug, pk, act)

    @extend_schema(operation_id="similarity_take_up", request=None, responses=PairBesideSerializer, parameters=[IF_MATCH])
    def take_up(self, request, course_slug, pk):
        """Undo setting it aside; the note stays."""
        return self._decide(
            course_slug, pk, lambda pair, viewer, revision: actions.take_pair_up(pair=pair, by=viewer, revision=revision)
        )

    def _decide(self, course_slug, pk, act) -> Response:
        viewer = require_staff(self.request.user, course_slug)
        pair = get_object_or_404(Pair.objects.visible_to(viewer), pk=pk)
        revision = expected_revision(self.request)
        if revision is None:
            raise ValidationError({"If-Match": ["Name the pair's revision that you read."]})
        try:
            act(pair, viewer, revision)
        except StaleVersion as stale:
            now = stale.current
            current = {"revision": now.revision, "note": now.note, "is_set_aside": now.set_aside_at is not None}
            return problem(412, title="Precondition Failed", detail=stale.message, code=stale.code, current=current)
        return _pair(viewer, pk)


def _pair(viewer: Enrollment, pk: int) -> Response:
    pair = get_object_or_404(Pair.objects.visible_to(viewer).for_comparing(), pk=pk)
    pair.beside = queries.pair_fields(pair)
    headers = {"ETag": f'"{pair.revision}"', "Cache-Control": "private, no-cache"}
    return Response(PairBesideSerializer(pair).data, headers=headers)


class ComparisonViewSet(viewsets.ViewSet):
    """Comparing the whole course's reviews; what is handed in is compared within a quarter of an hour anyway."""

    scope_resource = "reviews"

    @extend_schema(operation_id="similarity_progress", responses=ProgressSerializer)
    def retrieve(self, request, course_slug):
        """How far it is."""
        viewer = require_staff(request.user, course_slug)
        return Response(ProgressSerializer(queries.progress_of(viewer.course)).data)

    @extend_schema(operation_id="similarity_compare", request=None, responses={202: ProgressSerializer})
    def create(self, request, course_slug):
        """Compare every paper now. 409 `running` while that is done already."""
        viewer = require_staff(request.user, course_slug)
        actions.request_comparison(course=viewer.course, by=viewer)
        return Response(ProgressSerializer(queries.progress_of(viewer.course)).data, status=202)


SIMILARITY = "courses/<slug:course_slug>/similarity/"
urlpatterns = [
    path(SIMILARITY, PairViewSet.as_view({"get": "list"}), name="similarity_list"),
    path(
        f"{SIMILARITY}comparison/",
        ComparisonViewSet.as_view({"get": "retrieve", "post": "create"}),
        name="similarity_comparison",
    ),
    path(f"{SIMILARITY}<int:pk>/", PairViewSet.as_view({"get": "retrieve"}), name="similarity_detail"),
    path(f"{SIMILARITY}<int:pk>/set-aside/", PairViewSet.as_view({"post": "set_aside"}), name="similarity_set_aside"),
    path(f"{SIMILARITY}<int:pk>/take-up/", PairViewSet.as_view({"post": "take_up"}), name="similarity_take_up"),
]
