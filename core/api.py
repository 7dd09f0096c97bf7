"""What every API endpoint shares: problem details (RFC 9457), linked pages, ETags, JSON by orjson."""

import hashlib
import json
from http import HTTPStatus
from math import ceil

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions, metadata, pagination, parsers, renderers, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.errors import DomainError, StaleVersion
from core.reasons import MAX_REASON


class OrjsonRenderer(renderers.BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None:
            return b""
        encoded = getattr((renderer_context or {}).get("response"), "encoded", None)
        if encoded is not None:
            return encoded
        try:
            return orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)
        except orjson.JSONEncodeError:
            # A refusal that repeats half of a character (a lone surrogate), which JSON can say and UTF-8 cannot.
            return json.dumps(data, default=str).encode()


class FileRenderer(OrjsonRenderer):
    """For views that answer with a file: it comes as what it is, whatever `Accept` prefers. All else they say is JSON."""

    media_type = "*/*"
    format = "file"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        response = (renderer_context or {}).get("response")
        if response is not None and response.headers.get("Content-Type") == self.media_type:
            response["Content-Type"] = super().media_type
        return super().render(data, accepted_media_type, renderer_context)


JSON_OR_FILE = [OrjsonRenderer, FileRenderer]


class JsonParser(parsers.JSONParser):
    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise exceptions.ParseError("The lists and objects of this body are nested too deep.") from None


class Metadata(metadata.SimpleMetadata):
    """What OPTIONS answers: what a body looks like is the OpenAPI document's to say, for every address alike."""

    def determine_actions(self, request, view) -> dict:
        return {}


class LinkedPagination(pagination.CursorPagination):
    """Pages are followed by `next`, an opaque address; 100 rows by default, 2,000 at most."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 2000
    ordering = "pk"

    def get_page_size(self, request):
        return page_size_of(request.query_params)


def page_size_of(query) -> int:
    """How many rows the query asks for on a page; ValidationError for what is no such number."""
    text = query.get(LinkedPagination.page_size_query_param, str(LinkedPagination.page_size))
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) > 0):
        expected = f"a whole number from 1 to {LinkedPagination.max_page_size}"
        raise exceptions.ValidationError({"page_size": [f"Found {text!r}; expected {expected}."]})
    return min(int(text), LinkedPagination.max_page_size)


def problem(status: int, *, title: str, detail: str, **extra) -> Response:
    """A problem-details response; `extra` members such as `code`, `errors`, `current` are added as they are."""
    return Response(
        {"type": "about:blank", "title": title, "status": status, "detail": detail, **extra},
        status=status,
        content_type="application/problem+json",
    )


def problem_details(exc, context) -> Response | None:
    """DRF's exception handler: every refusal as problem details; unknown faults stay faults (500)."""
    if isinstance(exc, DomainError):
        set_rollback()
        return _refusal(exc)
    if isinstance(exc, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return problem(413, title="Content Too Large", detail=f"The body is larger than {limit:,} bytes; nothing was changed.")
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied(*exc.args)
    if not isinstance(exc, exceptions.APIException):
        return None
    set_rollback()
    title = HTTPStatus(exc.status_code).phrase
    extra = {}
    if isinstance(exc, exceptions.ValidationError):
        detail = "Some values were not taken; nothing was changed."
        extra["errors"] = exc.detail
    else:
        detail = str(exc.detail)
    response = problem(exc.status_code, title=title, detail=detail, **extra)
    if getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = exc.auth_header
    if getattr(exc, "wait", None):
        response["Retry-After"] = str(ceil(exc.wait))  # rounded down, it would send the client into the same refusal
    return response


# No rule of the course was asked: the body says nothing that could be done.
HOLDS_NOTHING = ("nothing_handed_in", "file_or_link")


def _refusal(exc: DomainError) -> Response:
    if isinstance(exc, StaleVersion):
        return problem(412, title="Precondition Failed", detail=exc.message, code=exc.code)
    errors = {"errors": {exc.field: [exc.message]}} if exc.field else {}
    if exc.code in HOLDS_NOTHING:
        return problem(422, title="Unprocessable Content", detail=exc.message, code=exc.code, **errors)
    return problem(409, title="Conflict", detail=exc.message, code=exc.code, **errors)


def etag_of(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def with_etag(request, response: Response) -> Response:
    """Set the ETag of an unrendered DRF response and turn it into 304 when the client has that copy."""
    response.encoded = orjson.dumps(response.data, default=str, option=orjson.OPT_NON_STR_KEYS)  # the renderer sends these
    tag = etag_of(response.encoded)
    if tag in {part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")}:
        response = Response(status=304)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def expected_revision(request) -> int | None:
    """The revision that the client's `If-Match: "12"` header names; None when the header is absent.

    Raises ValidationError when the header is there but is not a revision.
    """
    value = request.headers.get("If-Match")
    if value is None:
        return None
    try:
        return int(value.strip().removeprefix("W/").strip('"'))
    except ValueError:
        raise exceptions.ValidationError({"If-Match": [f'Expected a revision such as "12", found {value}.']}) from None


DRY_RUN_WORDS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def asks_for_dry_run(request) -> bool:
    """Whether `?dry_run=` asks to change nothing; ValidationError for a word that is not known, or a slip would store."""
    value = request.query_params.get("dry_run", "false")
    if value.lower() not in DRY_RUN_WORDS:
        raise exceptions.ValidationError({"dry_run": [f"Expected true or false, found {value or 'nothing'}."]})
    return DRY_RUN_WORDS[value.lower()]


class ReasonSerializer(serializers.Serializer):
    """The body of a request that may say why."""

    reason = serializers.CharField(
        max_length=MAX_REASON, allow_blank=True, default="", help_text="Why, for the history; students do not read it"
    )


def reason_of(request) -> str:
    given = ReasonSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    return given.validated_data["reason"]
