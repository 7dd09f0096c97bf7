"""Grades as files over REST: the same exports and imports as on the page."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import api_view, renderer_classes
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.response import Response

from core.api import JSON_OR_FILE, JsonParser, asks_for_dry_run, problem
from core.errors import DomainError
from gradefiles import actions, policies, queries
from gradefiles.models import GradeImport, ImportState
from gradefiles.views import as_download
from gradefiles.writing import DELIMITERS, EXPORTS, XLSX, export

DELIMITER = OpenApiParameter("delimiter", str, enum=list(DELIMITERS), description="Of a CSV; with semicolons go decimal commas")
IDS = OpenApiParameter("ids", str, enum=["none"], description="Of canvas.csv: leave out ids that Canvas has not given")


@extend_schema(
    summary="Grades or marks as a file (instructors; marks.* also assistants)",
    description=f"`kind` is one of {', '.join(EXPORTS)}. With unreleased marks: an instructor's full view.",
    parameters=[DELIMITER, IDS, OpenApiParameter("kind", str, "path", enum=list(EXPORTS))],
    responses={(200, "text/csv"): OpenApiTypes.STR, (200, XLSX): OpenApiTypes.BINARY, 404: OpenApiResponse()},
)
@api_view(["GET"])
@renderer_classes(JSON_OR_FILE)
def grade_export(request, course_slug, kind):
    marker = policies.require_exporter(request.user, course_slug, kind)
    if kind not in EXPORTS:
        raise Http404(f"Found {kind}; there is {', '.join(EXPORTS)}.")
    asked = request.query_params.get("delimiter", "comma")
    if asked not in DELIMITERS:
        raise ValidationError({"delimiter": [f"Found {asked}; expected {' or '.join(DELIMITERS)}."]})
    ids = request.query_params.get("ids", "")
    if ids not in ("", "none"):
        raise ValidationError({"ids": [f"Found {ids}; expected none, or leave it out."]})
    return as_download(export(marker, kind, delimiter=DELIMITERS[asked], ids=ids))


grade_export.cls.scope_resource = "grades"


class BroughtSerializer(serializers.Serializer):
    """The file, or its text."""

    file = serializers.FileField(required=False, help_text="CSV or XLSX, as multipart/form-data")
    text = serializers.CharField(required=False, trim_whitespace=False, help_text="Of a CSV")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].validators = []  # the reader names the cell that a NUL character is in

    def validate(self, data):
        if ("file" in data) == ("text" in data):
            raise serializers.ValidationError({"file": ["Send either file or text."]})
        return data


class ColumnsSerializer(serializers.Serializer):
    columns = serializers.DictField(
        child=serializers.CharField(max_length=200),
        help_text="{heading of `plan.unknown`: key of `plan.free`}, of a file of Canvas",
    )


class ApplySerializer(serializers.Serializer):
    digest = serializers.CharField(max_length=64, help_text="Of the preview that is to be applied")


class ImportSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    state = serializers.CharField(help_text="planned, ready, failed, applying, applied, undoing or undone")
    words = serializers.CharField(help_text="Why it failed, or was not applied")
    file_name = serializers.CharField()
    file_digest = serializers.CharField(help_text="SHA-256 of the file")
    created_by = serializers.CharField(source="created_by.name")
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class ImportLineSerializer(ImportSerializer):
    changes = serializers.IntegerField(source="change_count", allow_null=True)
    kept = serializers.IntegerField(source="kept_count", help_text="Marks that undoing left")


class ImportDetailSerializer(ImportSerializer):
    digest = serializers.CharField(source="plan_digest", help_text="What `apply` asks for")
    plan = serializers.DictField(
        allow_null=True,
        help_text="changes [{work, who, title, row, column, before, after, by, at}], faults [{row, column, heading, found, "
        "message, words}], left_out, unchanged, blank, absent; null until the file is read",
    )
    kept = serializers.ListField(help_text="What undoing left: [{who, title, why}]")


class ImportViewSet(viewsets.ViewSet):
    """Marks from a file: all of it or nothing."""

    scope_resource = "grades"
    parser_classes = [JsonParser, MultiPartParser, FormParser]

    @extend_schema(operation_id="grade_imports_list", responses=ImportLineSerializer(many=True))
    def list(self, request, course_slug):
        """The latest hundred, newest first; an assistant's are their own."""
        marker = policies.require_importer(request.user, course_slug)
        return Response(ImportLineSerializer(queries.imports_of(marker)[:100], many=True).data)

    @extend_schema(
        operation_id="grade_import_create",
        request={"application/json": BroughtSerializer, "multipart/form-data": BroughtSerializer},
        parameters=[OpenApiParameter("dry_run", bool, description="Only say what would change; apply it with its digest")],
        responses={
            200: ImportDetailSerializer,
            202: ImportDetailSerializer,
            422: OpenApiResponse(description="Bad lines, named"),
        },
    )
    def create(self, request, course_slug):
        """Bring marks. A large file is read by a worker: the answer is then 202; ask the import's own address."""
        marker = policies.require_importer(request.user, course_slug)
        dry_run = asks_for_dry_run(request)
        serializer = BroughtSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        upload = serializer.validated_data.get("file")
        raw = upload.read() if upload else serializer.validated_data["text"].encode(errors="replace")
        name = upload.name if upload else "text"
        try:
            run = actions.start_import(marker=marker, raw=raw, file_name=name, applies_itself=not dry_run)
        except DomainError as refusal:
            return _unreadable(refusal.message)
        return _answer(run, refuses=not dry_run)

    @extend_schema(operation_id="grade_import_retrieve", responses=ImportDetailSerializer)
    def retrieve(self, request, course_slug, pk):
        return Response(ImportDetailSerializer(_import(request, course_slug, pk)).data)

    @extend_schema(
        operation_id="grade_import_columns",
        request=ColumnsSerializer,
        responses={200: ImportDetailSerializer, 202: ImportDetailSerializer},
    )
    def columns(self, request, course_slug, pk):
        """Say which piece of work columns of Canvas are; the file is read anew."""
        run = _import(request, course_slug, pk)
        serializer = ColumnsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return _answer(actions.name_columns(run=run, columns=serializer.validated_data["columns"]), refuses=False)

    @extend_schema(
        operation_id="grade_import_apply",
        request=ApplySerializer,
        responses={200: ImportDetailSerializer, 202: ImportDetailSerializer, 412: OpenApiResponse()},
    )
    def apply(self, request, course_slug, pk):
        """412 when a mark that the file touches has changed since the preview."""
        run = _import(request, course_slug, pk)
        serializer = ApplySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        run = actions.apply_import(run=run, digest=serializer.validated_data["digest"], by=request.user)
        return _answer(run, refuses=True)

    @extend_schema(
        operation_id="grade_import_undo", request=None, responses={200: ImportDetailSerializer, 202: ImportDetailSerializer}
    )
    def undo(self, request, course_slug, pk):
        """Marks that somebody has changed since are kept, and listed."""
        return _answer(actions.undo_import(run=_import(request, course_slug, pk), by=request.user), refuses=False)


def _answer(run: GradeImport, *, refuses: bool) -> Response:
    if run.state == ImportState.FAILED:
        return _unreadable(run.words)
    if refuses and run.plan and run.plan["faults"]:
        return problem(
            422,
            title="Unprocessable Content",
            detail="The file has bad lines; nothing was changed.",
            code="bad_lines",
            import_id=run.pk,
            errors={"file": [fault["words"] for fault in run.plan["faults"]]},
            faults=run.plan["faults"],
        )
    return Response(ImportDetailSerializer(run).data, status=202 if run.is_under_way else 200)


def _unreadable(words: str) -> Response:
    return problem(422, title="Unprocessable Content", detail=words, code="unreadable", errors={"file": [words]})


def _import(request, course_slug, pk) -> GradeImport:
    marker = policies.require_importer(request.user, course_slug)
    return get_object_or_404(policies.imports_visible_to(marker).defer("content"), pk=pk)


GRADES = "courses/<slug:course_slug>/grades/"
urlpatterns = [
    path(f"{GRADES}export/<str:kind>/", grade_export, name="grade_export"),
    path(f"{GRADES}imports/", ImportViewSet.as_view({"get": "list", "post": "create"}), name="grade_import_list"),
    path(f"{GRADES}imports/<int:pk>/", ImportViewSet.as_view({"get": "retrieve"}), name="grade_import_detail"),
    path(f"{GRADES}imports/<int:pk>/columns/", ImportViewSet.as_view({"post": "columns"}), name="grade_import_columns"),
    path(f"{GRADES}imports/<int:pk>/apply/", ImportViewSet.as_view({"post": "apply"}), name="grade_import_apply"),
    path(f"{GRADES}imports/<int:pk>/undo/", ImportViewSet.as_view({"post": "undo"}), name="grade_import_undo"),
]
