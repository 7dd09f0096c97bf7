"""Tags over REST, with the rules of the pages: of one paper, of all that a search finds, and which there are."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api import with_etag
from core.errors import DomainError
from courses.models import Enrollment, Paper
from courses.policies import require_member
from reviews import policies, search
from reviews.api_search import SearchProblemSerializer, not_understood
from reviews.policies import REVIEW_RULES
from reviews.tags.actions import STAFF_TAG, change_tags
from reviews.tags.names import Label, read_label, read_labels
from reviews.tags.queries import tags_of, used_tags

WRITTEN = "As in HotCRP: name for the course, ~~name for staff, ~name for yourself, each with #value if it has one"


class UsedTagSerializer(serializers.Serializer):
    tag = serializers.CharField(help_text="name, ~~name or ~name")
    audience = serializers.CharField(help_text="course, staff or own")
    papers = serializers.IntegerField(help_text="How many papers have it")


class PaperTagSerializer(serializers.Serializer):
    tag = serializers.CharField(help_text="name, ~~name or ~name")
    audience = serializers.CharField(help_text="course, staff or own")
    value = serializers.DecimalField(max_digits=10, decimal_places=4, normalize_output=True)


class LabelsField(serializers.ListField):
    child = serializers.CharField(max_length=200)

    def to_internal_value(self, data) -> list[Label]:
        try:
            return read_labels(super().to_internal_value(data))
        except DomainError as refusal:
            raise ValidationError(refusal.message) from None


class TagChangeSerializer(serializers.Serializer):
    add = LabelsField(required=False, default=list, help_text=WRITTEN)
    remove = LabelsField(required=False, default=list)

    def validate(self, given):
        if not given["add"] and not given["remove"]:
            raise ValidationError({"add": ["Name a tag to add or to remove."]})
        return given


class FoundTagChangeSerializer(TagChangeSerializer):
    q = serializers.CharField(allow_blank=True, trim_whitespace=False, help_text="A search; empty means every paper")


class ChangedSerializer(serializers.Serializer):
    found = serializers.IntegerField()
    changed = serializers.IntegerField(help_text="How many papers have other tags than before")


class TagViewSet(viewsets.ViewSet):
    """What the caller sees: the course's tags, staff's only if they are staff, and their own."""

    scope_resource = "reviews"

    @extend_schema(operation_id="tags_list", responses=UsedTagSerializer(many=True))
    def list(self, request, course_slug):
        """Every tag that some paper has."""
        viewer = require_member(request.user, course_slug, REVIEW_RULES)
        return with_etag(request, Response(UsedTagSerializer([tag._asdict() for tag in used_tags(viewer)], many=True).data))

    @extend_schema(
        operation_id="papers_search_tag",
        request=FoundTagChangeSerializer,
        responses={200: ChangedSerializer, 422: SearchProblemSerializer},
    )
    def tag_found(self, request, course_slug):
        """Tag every paper that the search finds for the caller, all of them or none."""
        viewer = require_member(request.user, course_slug, REVIEW_RULES)
        given = _given(viewer, FoundTagChangeSerializer, request)
        try:
            found = search.find(viewer, given.pop("q")).ids
        except search.SearchError as mistake:
            return not_understood(mistake)
        changed = change_tags(by=viewer, papers=found, **given)
        return Response({"found": len(found), "changed": changed})


class PaperTagViewSet(viewsets.ViewSet):
    """The tags of one paper that the caller sees. Staff set all of them, everybody their own."""

    scope_resource = "reviews"

    @extend_schema(operation_id="paper_tags_list", responses=PaperTagSerializer(many=True))
    def list(self, request, course_slug, paper_key):
        return with_etag(request, _tags(*_paper(request, course_slug, paper_key)))

    @extend_schema(operation_id="paper_tags_change", request=TagChangeSerializer, responses=PaperTagSerializer(many=True))
    def change(self, request, course_slug, paper_key):
        """All of it or nothing; answers with the paper's tags. A tag that is added without a value keeps the one it has."""
        viewer, paper = _paper(request, course_slug, paper_key)
        change_tags(by=viewer, papers=[paper.pk], **_given(viewer, TagChangeSerializer, request))
        return _tags(viewer, paper)

    @extend_schema(operation_id="paper_tag_remove", responses={204: None})
    def destroy(self, request, course_slug, paper_key, tag):
        """204 also where the paper has no such tag."""
        viewer, paper = _paper(request, course_slug, paper_key)
        try:
            label = read_label(tag)
        except DomainError:
            raise Http404("No such tag.") from None
        _require_may_set(viewer, [label])
        change_tags(by=viewer, papers=[paper.pk], remove=[label])
        return Response(status=204)


def _given(viewer: Enrollment, serializer: type[TagChangeSerializer], request) -> dict:
    sent = serializer(data=request.data)
    sent.is_valid(raise_exception=True)
    _require_may_set(viewer, [*sent.validated_data["add"], *sent.validated_data["remove"]])
    return dict(sent.validated_data)


def _require_may_set(viewer: Enrollment, labels: list[Label]) -> None:
    shared = [label for label in labels if label.is_shared]
    if shared and not policies.may_share(viewer):
        raise PermissionDenied(STAFF_TAG.format(tag=shared[0].text, name=shared[0].name))


def _paper(request, course_slug, paper_key) -> tuple[Enrollment, Paper]:
    viewer = require_member(request.user, course_slug, REVIEW_RULES)
    return viewer, get_object_or_404(Paper, course=viewer.course, key=paper_key)


def _tags(viewer: Enrollment, paper: Paper) -> Response:
    tags = tags_of(viewer, [paper.pk]).get(paper.pk, ())
    return Response(PaperTagSerializer([tag._asdict() for tag in tags], many=True).data)


COURSE = "courses/<slug:course_slug>/"
PAPER = f"{COURSE}papers/<slug:paper_key>/tags/"
urlpatterns = [
    path(f"{COURSE}tags/", TagViewSet.as_view({"get": "list"}), name="tag_list"),
    path(f"{COURSE}tags/found/", TagViewSet.as_view({"post": "tag_found"}), name="tag_found"),
    path(PAPER, PaperTagViewSet.as_view({"get": "list", "post": "change"}), name="paper_tags"),
    path(f"{PAPER}<str:tag>/", PaperTagViewSet.as_view({"delete": "destroy"}), name="paper_tag"),
]
