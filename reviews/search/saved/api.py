"""Saved searches over REST, with the rules of the pages."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from core.api import with_etag
from courses.models import Enrollment
from courses.policies import require_member
from reviews import policies
from reviews.api_search import SearchProblemSerializer, not_understood
from reviews.models import Audience, SavedSearch
from reviews.policies import REVIEW_RULES
from reviews.search.parse import MAX_BYTES
from reviews.search.saved.actions import BadSearchError, change_search, remove_search, save_search
from reviews.search.saved.names import LONGEST


class SavedSearchSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="ss:name runs it")
    text = serializers.CharField(help_text="The search")
    audience = serializers.CharField(help_text="own, staff or course: who sees it")
    is_own = serializers.BooleanField(help_text="Whether the caller saved it")
    changed_at = serializers.DateTimeField()


class SearchToSaveSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=LONGEST)
    text = serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=MAX_BYTES)
    audience = serializers.ChoiceField(choices=Audience.values, default=Audience.OWN, help_text="Only staff share")


class SavedSearchViewSet(viewsets.ViewSet):
    """The caller's own, and what staff share with them. Whatever it says, a search finds what who runs it may see."""

    scope_resource = "reviews"

    @extend_schema(operation_id="saved_searches_list", responses=SavedSearchSerializer(many=True))
    def list(self, request, course_slug):
        viewer = require_member(request.user, course_slug, REVIEW_RULES)
        rows = [_shown(viewer, saved) for saved in SavedSearch.objects.visible_to(viewer)]
        return with_etag(request, Response(rows))

    @extend_schema(
        operation_id="saved_search_create",
        request=SearchToSaveSerializer,
        responses={201: SavedSearchSerializer, 422: SearchProblemSerializer},
    )
    def create(self, request, course_slug):
        """422 with the position of the mistake when `text` cannot be understood, 409 when the name is taken."""
        viewer = require_member(request.user, course_slug, REVIEW_RULES)
        given = _given(viewer, request)
        try:
            saved = save_search(by=viewer, **given)
        except BadSearchError as refusal:
            return not_understood(refusal.mistake, field="text")
        return Response(_shown(viewer, saved), status=201)

    @extend_schema(operation_id="saved_search_retrieve", responses=SavedSearchSerializer)
    def retrieve(self, request, course_slug, pk):
        return with_etag(request, Response(_shown(*_saved(request, course_slug, pk))))

    @extend_schema(
        operation_id="saved_search_update",
        request=SearchToSaveSerializer,
        responses={200: SavedSearchSerializer, 422: SearchProblemSerializer},
    )
    def update(self, request, course_slug, pk):
        viewer, saved = _changeable(request, course_slug, pk)
        given = _given(viewer, request)
        try:
            saved = change_search(by=viewer, saved=saved, **given)
        except BadSearchError as refusal:
            return not_understood(refusal.mistake, field="text")
        return Response(_shown(viewer, saved))

    @extend_schema(operation_id="saved_search_remove", responses={204: None})
    def destroy(self, request, course_slug, pk):
        viewer, saved = _changeable(request, course_slug, pk)
        remove_search(by=viewer, saved=saved)
        return Response(status=204)


def _shown(viewer: Enrollment, saved: SavedSearch) -> dict:
    fields = {name: getattr(saved, name) for name in ("id", "name", "text", "audience", "changed_at")}
    return SavedSearchSerializer(fields | {"is_own": saved.owner_id == viewer.pk}).data


def _given(viewer: Enrollment, request) -> dict:
    sent = SearchToSaveSerializer(data=request.data)
    sent.is_valid(raise_exception=True)
    given = dict(sent.validated_data)
    if given["audience"] != Audience.OWN and not policies.may_share(viewer):
        raise PermissionDenied("Only staff share searches.")
    return given


def _saved(request, course_slug, pk) -> tuple[Enrollment, SavedSearch]:
    viewer = require_member(request.user, course_slug, REVIEW_RULES)
    return viewer, get_object_or_404(SavedSearch.objects.visible_to(viewer), pk=pk)


def _changeable(request, course_slug, pk) -> tuple[Enrollment, SavedSearch]:
    viewer, saved = _saved(request, course_slug, pk)
    if not policies.may_change_search(viewer, saved):
        raise PermissionDenied("Only staff change what is shared.")
    return viewer, saved


SAVED = "courses/<slug:course_slug>/saved-searches/"
urlpatterns = [
    path(SAVED, SavedSearchViewSet.as_view({"get": "list", "post": "create"}), name="saved_search_list"),
    path(
        f"{SAVED}<int:pk>/",
        SavedSearchViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
        name="saved_search_detail",
    ),
]
