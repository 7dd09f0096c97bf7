"""A paper's digest over REST, with the rules of the page: /api/v1/courses/{slug}/papers/{key}/digest/."""

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import renderers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api import expected_revision, problem, with_etag
from core.errors import StaleVersion
from courses.models import Enrollment, Paper
from courses.policies import require_member
from digest import actions, policies
from digest.models import Pick
from digest.queries import picks_for, read_digest
from digest.quotes import seen_mark
from digest.serializers import (
    DigestSerializer,
    MovePickSerializer,
    PickNoteSerializer,
    PickPassageSerializer,
    PickSerializer,
    ShareSerializer,
    SheetQuerySerializer,
)
from digest.sheets import as_markdown, sheet_of
from reviews.policies import REVIEW_RULES, require_rules

OF_NOTE = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The note's revision that this was typed on")
OF_ORDER = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The digest's revision whose order was read")


class MarkdownRenderer(renderers.BaseRenderer):
    """Text as it is; refusals stay problem details."""

    media_type, format, charset = "text/markdown", "md", "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return orjson.dumps(data, default=str) if renderer_context["response"].exception else data


class DigestUsers(viewsets.ViewSet):
    """For staff and for those who present the paper; everybody else is refused."""

    scope_resource = "reviews"

    def user_and_paper(self, course_slug, paper_key) -> tuple[Enrollment, Paper]:
        viewer = require_member(self.request.user, course_slug, REVIEW_RULES)
        papers = Paper.objects.filter(course=viewer.course).select_related("meeting")
        paper = get_object_or_404(papers, key=paper_key)
        policies.require_user(viewer, paper)
        require_rules(viewer)
        return viewer, paper

    def given(self, serializer) -> dict:
        serializer = serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class DigestViewSet(DigestUsers):
    @extend_schema(operation_id="digest_retrieve", responses=DigestSerializer)
    def retrieve(self, request, course_slug, paper_key):
        """Every answer by field, the scores, and what is picked."""
        return with_etag(request, _digest(*self.user_and_paper(course_slug, paper_key)))

    @extend_schema(operation_id="digest_share", request=ShareSerializer, responses=ShareSerializer)
    def share(self, request, course_slug, paper_key):
        """For staff: let those who present the paper read its reviews before the course's rule does, or stop that."""
        viewer, paper = self.user_and_paper(course_slug, paper_key)
        if not policies.may_share(viewer):
            raise PermissionDenied("Staff share the digest.")
        digest = actions.share_digest(paper=paper, by=viewer, **self.given(ShareSerializer))
        return Response({"is_shared": digest.shared_at is not None})


class DigestSheetViewSet(DigestUsers):
    renderer_classes = [MarkdownRenderer]

    @extend_schema(
        operation_id="digest_markdown",
        parameters=[SheetQuerySerializer],
        responses={(200, "text/markdown"): OpenApiTypes.STR},
    )
    def retrieve(self, request, course_slug, paper_key):
        """The picks in their order; every answer while nothing is picked."""
        viewer, paper = self.user_and_paper(course_slug, paper_key)
        query = SheetQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        reading = read_digest(viewer, paper)
        if not reading.is_open:
            raise PermissionDenied("The reviews of this paper are not open to you yet.")
        text = as_markdown(sheet_of(paper, reading, with_names=query.validated_data["names"]))
        return Response(text, headers={"Cache-Control": "private, no-store"})


class PickViewSet(DigestUsers):
    @extend_schema(operation_id="pick_add", request=PickPassageSerializer, responses={201: PickSerializer})
    def create(self, request, course_slug, paper_key):
        """Take an answer, or a part of it, into the digest; the same passage is there once only.

        412 with the answer as it is now, `current`, when the review was handed in anew.
        """
        viewer, paper = self.user_and_paper(course_slug, paper_key)
        given = self.given(PickPassageSerializer)
        try:
            pick = actions.pick_passage(paper=paper, by=viewer, **given)
        except StaleVersion as stale:
            text = stale.current.answers[given["field_key"]]
            return _stale(stale, {"text": text, "seen": seen_mark(text)})
        return Response(_pick(viewer, paper, pick), status=201)

    @extend_schema(operation_id="pick_note", request=PickNoteSerializer, responses=PickSerializer, parameters=[OF_NOTE])
    def update(self, request, course_slug, paper_key, pk):
        """Set what is to be said about the passage; an empty note takes it away. 412 with theirs when another came between."""
        viewer, paper, pick = self._found(course_slug, paper_key, pk)
        note, revision = self.given(PickNoteSerializer)["note"], _revision(request, "the note")
        try:
            pick = actions.save_note(pick=pick, by=viewer, note=note, revision=revision)
        except StaleVersion as stale:
            return _stale(stale, {"revision": stale.current.revision, "note": stale.current.note})
        return Response(_pick(viewer, paper, pick))

    @extend_schema(operation_id="pick_remove", responses={204: None})
    def destroy(self, request, course_slug, paper_key, pk):
        """It can be put back."""
        viewer, _, pick = self._found(course_slug, paper_key, pk)
        actions.remove_pick(pick=pick, by=viewer)
        return Response(status=204)

    @extend_schema(operation_id="pick_restore", request=None, responses=DigestSerializer)
    def restore(self, request, course_slug, paper_key, pk):
        """Put a removed pick back where it was, with its note."""
        viewer, paper, pick = self._found(course_slug, paper_key, pk)
        actions.restore_pick(pick=pick, by=viewer)
        return _digest(viewer, paper)

    @extend_schema(operation_id="pick_move", request=MovePickSerializer, responses=DigestSerializer, parameters=[OF_ORDER])
    def move(self, request, course_slug, paper_key, pk):
        """One place up or down, or to the front. 412 when somebody changed the list."""
        viewer, paper, pick = self._found(course_slug, paper_key, pk)
        move, revision = self.given(MovePickSerializer)["move"], _revision(request, "the digest")
        try:
            actions.move_pick(pick=pick, by=viewer, move=move, revision=revision)
        except StaleVersion as stale:
            return _stale(stale, {"revision": stale.current.revision})
        return _digest(viewer, paper)

    def _found(self, course_slug, paper_key, pk) -> tuple[Enrollment, Paper, Pick]:
        viewer, paper = self.user_and_paper(course_slug, paper_key)
        return viewer, paper, get_object_or_404(picks_for(viewer, paper), pk=pk)


def _revision(request, of: str) -> int:
    revision = expected_revision(request)
    if revision is None:
        raise ValidationError({"If-Match": [f"Name the revision of {of} that you read."]})
    return revision


def _digest(viewer: Enrollment, paper: Paper) -> Response:
    return Response(DigestSerializer(read_digest(viewer, paper)).data)


def _pick(viewer: Enrollment, paper: Paper, pick: Pick) -> dict:
    """As the digest shows it."""
    for shown in read_digest(viewer, paper).picks:
        if shown.pick.pk == pick.pk:
            return PickSerializer(shown).data
    raise Http404("Its review was withdrawn a moment ago.")


def _stale(stale: StaleVersion, current: dict) -> Response:
    return problem(412, title="Precondition Failed", detail=stale.message, code=stale.code, current=current)


DIGEST = "courses/<slug:course_slug>/papers/<slug:paper_key>/digest/"
PICK = f"{DIGEST}picks/<int:pk>/"
urlpatterns = [
    path(DIGEST, DigestViewSet.as_view({"get": "retrieve"}), name="digest_detail"),
    path(f"{DIGEST}share/", DigestViewSet.as_view({"put": "share"}), name="digest_share"),
    path(f"{DIGEST}markdown/", DigestSheetViewSet.as_view({"get": "retrieve"}), name="digest_markdown"),
    path(f"{DIGEST}picks/", PickViewSet.as_view({"post": "create"}), name="pick_list"),
    path(PICK, PickViewSet.as_view({"put": "update", "delete": "destroy"}), name="pick_detail"),
    path(f"{PICK}move/", PickViewSet.as_view({"post": "move"}), name="pick_move"),
    path(f"{PICK}restore/", PickViewSet.as_view({"post": "restore"}), name="pick_restore"),
]
