"""Reviews as files over REST, out and in, with the rules of the pages."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from core.api import JSON_OR_FILE
from courses.policies import require_instructor, require_member
from exchange.files import file_response
from exchange.incoming import actions
from exchange.models import ImportRun
from exchange.shapes import SHAPES, USERS
from reviews.api_search import Q, not_understood
from reviews.policies import REVIEW_RULES, require_rules
from reviews.search import SearchError

KIND = OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=[*SHAPES, USERS])


class ExportViewSet(viewsets.ViewSet):
    """For staff the reviews of the course, for students their own."""

    scope_resource = "reviews"
    renderer_classes = JSON_OR_FILE

    @extend_schema(operation_id="reviews_export", parameters=[KIND, Q], responses={(200, "*/*"): OpenApiTypes.ANY})
    def retrieve(self, request, course_slug, kind):
        """One file; `q` narrows it to the papers that a search finds. `users-csv` is for instructors."""
        viewer = require_member(request.user, course_slug, REVIEW_RULES)
        require_rules(viewer)
        try:
            return file_response(request, viewer, kind)
        except SearchError as mistake:
            return not_understood(mistake)


class ImportSerializer(serializers.Serializer):
    text = serializers.CharField(trim_whitespace=False, help_text="HotCRP's JSON or CSV")
    invites = serializers.BooleanField(default=False, help_text="Enroll reviewers who are not in the course")
    keeps_fields = serializers.BooleanField(default=True, help_text="Keep fields the form lacks as retired text fields")


class ImportListedSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    state = serializers.CharField(help_text="planned, ready, applying, applied or failed")
    share = serializers.FloatField(help_text="Of the work that is done, from 0 to 1")
    words = serializers.CharField(help_text="What is going on, or why it failed")
    digest = serializers.CharField(help_text="Stands for the preview")
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)


class ImportRunSerializer(ImportListedSerializer):
    result = serializers.DictField(allow_null=True, help_text="counts, and lines: [where, what, name, state, detail]")


class ImportViewSet(viewsets.ViewSet):
    """Every import is a dry run until it is applied."""

    scope_resource = "reviews"

    @extend_schema(operation_id="imports_list", responses=ImportListedSerializer(many=True))
    def list(self, request, course_slug):
        """The latest, newest first."""
        viewer = _instructor(request, course_slug)
        return Response(ImportListedSerializer(ImportRun.objects.latest_of(viewer.course), many=True).data)

    @extend_schema(operation_id="import_start", request=ImportSerializer, responses={202: ImportRunSerializer})
    def create(self, request, course_slug):
        """The dry run: a worker works out what the file would change; nothing does before `apply`."""
        viewer = _instructor(request, course_slug)
        sent = ImportSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        run = actions.start_import(course=viewer.course, by=request.user, **sent.validated_data)
        return Response(ImportRunSerializer(run).data, status=202)

    @extend_schema(operation_id="import_retrieve", responses=ImportRunSerializer)
    def retrieve(self, request, course_slug, pk):
        viewer = _instructor(request, course_slug)
        return Response(ImportRunSerializer(get_object_or_404(ImportRun, course=viewer.course, pk=pk)).data)

    @extend_schema(operation_id="import_apply", request=None, responses={202: ImportRunSerializer})
    def apply(self, request, course_slug, pk):
        """All that the preview shows, in one transaction; where the course has changed since, the run is `ready` anew."""
        viewer = _instructor(request, course_slug)
        run = actions.carry_out(run=get_object_or_404(ImportRun, course=viewer.course, pk=pk))
        return Response(ImportRunSerializer(run).data, status=202)


def _instructor(request, course_slug):
    viewer = require_instructor(request.user, course_slug)
    require_rules(viewer)
    return viewer


IMPORTS = "courses/<slug:course_slug>/imports/"
urlpatterns = [
    path(IMPORTS, ImportViewSet.as_view({"get": "list", "post": "create"}), name="imports"),
    path(f"{IMPORTS}<int:pk>/", ImportViewSet.as_view({"get": "retrieve"}), name="import_detail"),
    path(f"{IMPORTS}<int:pk>/apply/", ImportViewSet.as_view({"post": "apply"}), name="import_apply"),
    path("courses/<slug:course_slug>/export/<slug:kind>/", ExportViewSet.as_view({"get": "retrieve"}), name="reviews_export"),
]
