"""Reviews as HotCRP's text forms over REST: /api/v1/courses/{slug}/review-forms/."""

import orjson
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import renderers, serializers, viewsets
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.response import Response

from core.api import OrjsonRenderer, asks_for_dry_run
from courses.policies import require_member
from reviews import policies
from reviews.offline.apply import Desk, Result, apply_sources
from reviews.offline.choosing import ALL, OWED, UnknownPaper, chosen_papers
from reviews.offline.files import MAX_BYTES, read_uploads
from reviews.offline.parse import Note
from reviews.offline.write import print_forms, zip_forms


class _FormsRenderer(renderers.BaseRenderer):
    """Bytes as they are; refusals stay problem details."""

    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if renderer_context["response"].exception:
            return orjson.dumps(data, default=str)
        return data


class TextRenderer(_FormsRenderer):
    media_type, format = "text/plain", "txt"


class ZipRenderer(_FormsRenderer):
    media_type, format, charset, render_style = "application/zip", "zip", None, "binary"


class _FileParser(BaseParser):
    """The body as one file."""

    def parse(self, stream, media_type=None, parser_context=None):
        return [("upload", stream.read(MAX_BYTES + 1))]


class TextParser(_FileParser):
    media_type = "text/plain"


class ZipParser(_FileParser):
    media_type = "application/zip"


class NoteSerializer(serializers.Serializer):
    line = serializers.IntegerField()
    message = serializers.CharField()
    text = serializers.CharField(help_text="What found no place in the review; empty where the note is about no text")


class FormConflictSerializer(serializers.Serializer):
    revision = serializers.IntegerField(help_text="What is saved now; a form that names it replaces it")
    saved = serializers.DictField(help_text="The answers that are saved")
    yours = serializers.DictField(help_text="The answers of the form")
    saved_shows_name = serializers.BooleanField(help_text="Whether the reviewer's name is shown, as saved")
    yours_shows_name = serializers.BooleanField(
        allow_null=True, help_text="The same by the form; null where the course does not leave it to reviewers"
    )


class FormResultSerializer(serializers.Serializer):
    file = serializers.CharField()
    line = serializers.IntegerField(help_text="Where the form begins; 0: the file holds none")
    paper = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(["submitted", "draft", "unchanged", "conflict", "refused"])
    message = serializers.CharField()
    revision = serializers.IntegerField(allow_null=True)
    notes = NoteSerializer(many=True)
    conflict = FormConflictSerializer(allow_null=True)


class FormResultsSerializer(serializers.Serializer):
    dry_run = serializers.BooleanField()
    results = FormResultSerializer(many=True)


def _query(name: str, about: str, **extra) -> OpenApiParameter:
    return OpenApiParameter(name, description=about, **extra)


PAPERS = _query("paper", "A paper's key; may be repeated. Without it `which` decides.", many=True)
WHICH = _query("which", "What is owed (the default) or everything to be reviewed.", enum=[OWED, ALL])
ONLY = _query("paper", "Refuse forms for any other paper than this key.")
DRY_RUN = _query("dry_run", "Say what would happen, and change nothing.", type=bool)
FORMS = {(200, "text/plain"): OpenApiTypes.STR, (200, "application/zip"): OpenApiTypes.BINARY}
UPLOADS = {"text/plain": OpenApiTypes.STR, "application/zip": OpenApiTypes.BINARY, "multipart/form-data": OpenApiTypes.OBJECT}


class ReviewFormsViewSet(viewsets.ViewSet):
    """The caller's own reviews, as text forms."""

    scope_resource = "reviews"
    parser_classes = [TextParser, ZipParser, MultiPartParser]

    def get_renderers(self):
        gives_forms = self.request is None or self.request.method in ("GET", "HEAD")
        return [TextRenderer(), ZipRenderer()] if gives_forms else [OrjsonRenderer()]

    @extend_schema(operation_id="review_forms_retrieve", parameters=[PAPERS, WHICH], responses=FORMS)
    def retrieve(self, request, course_slug):
        """Forms to fill in, as one text; with `Accept: application/zip` or `?format=zip` one file each."""
        desk = _desk(request, course_slug)
        try:
            papers = chosen_papers(
                desk.duties, keys=request.query_params.getlist("paper"), which=request.query_params.get("which", "")
            )
        except UnknownPaper as unknown:
            raise NotFound(str(unknown)) from None
        produce = zip_forms if request.accepted_renderer.format == "zip" else print_forms
        url = request.build_absolute_uri(reverse("reviews:offline_forms", args=[course_slug]))
        body = produce([desk.sheet(paper) for paper in papers], course_slug=course_slug, url=url)
        return Response(body, headers={"Cache-Control": "private, no-cache"})

    @extend_schema(
        operation_id="review_forms_upload",
        parameters=[ONLY, DRY_RUN],
        request=UPLOADS,
        responses={200: FormResultsSerializer},
    )
    def create(self, request, course_slug):
        """Save and submit forms that were filled in. 200 with one result a form, whatever became of each."""
        desk = _desk(request, course_slug, only=request.query_params.get("paper", ""))
        uploads = _uploads(request)
        if not any(raw.strip() for _, raw in uploads):
            raise ValidationError({"file": ["Send the forms as text/plain, application/zip or files of a multipart form."]})
        is_dry_run = asks_for_dry_run(request)
        results = apply_sources(desk=desk, sources=read_uploads(uploads), is_dry_run=is_dry_run)
        return Response({"dry_run": is_dry_run, "results": [_shown(result) for result in results]})


def _desk(request, course_slug, *, only: str = "") -> Desk:
    writer = require_member(request.user, course_slug, policies.REVIEW_RULES)
    return Desk.of(writer, policies.require_writer(writer), only=only.casefold())


def _uploads(request) -> list[tuple[str, bytes]]:
    if isinstance(request.data, list):
        return request.data
    files = [file for name in request.FILES for file in request.FILES.getlist(name)]
    return [(file.name, file.read(MAX_BYTES + 1)) for file in files]


def _shown(result: Result) -> dict:
    conflict = None
    if result.mine:
        conflict = {
            "revision": result.review.revision,
            "saved": result.review.answers,
            "yours": result.mine.answers,
            "saved_shows_name": result.review.shows_name,
            "yours_shows_name": result.mine.shows_name,
        }
    return {
        "file": result.file,
        "line": result.line,
        "paper": result.paper.key if result.paper else None,
        "status": result.status,
        "message": result.message,
        "revision": result.review.revision if result.review else None,
        "notes": [_shown_note(note) for note in result.notes],
        "conflict": conflict,
    }


def _shown_note(note: Note) -> dict:
    return {"line": note.line, "message": note.message, "text": note.text}


urlpatterns = [
    path(
        "courses/<slug:course_slug>/review-forms/",
        ReviewFormsViewSet.as_view({"get": "retrieve", "post": "create"}),
        name="review_forms",
    ),
]
