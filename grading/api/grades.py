"""Grades to pull: everybody's for the instructor, one's own released one for a student."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson
from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import renderers
from rest_framework.decorators import api_view, renderer_classes
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api import OrjsonRenderer, etag_of, page_size_of, with_etag
from core.csv_text import csv_text
from courses.models import Enrollment
from grading.api.schema import FILTER_PARAMETERS, PAGE_PARAMETERS, GradeListSerializer, GradeTreeSerializer
from grading.engine import Policy
from grading.filter_forms import GradeFilterForm
from grading.policies import audience_of, require_graded
from grading.presenting import present, summarise
from grading.queries import Grade, grades_of, read_in_force
from grading.queries.grade_filter import NO_FILTER, GradeFilter

# A change is stamped before its transaction commits, so a reader may be told of it only later. Whoever asks again from this
# much before the last answer misses none, as long as no writing transaction takes longer.
OVERLAP = timedelta(minutes=2)
# What of a query the next page is asked with, too.
KEPT = ("updated_since", "page_size", "name", "section", "team", "missing", "below", "of", "reading")


class CsvRenderer(renderers.BaseRenderer):
    """Rows of cells as CSV; refusals stay problem details."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if renderer_context["response"].exception:
            return orjson.dumps(data, default=str)
        if data is None:
            return b""
        return csv_text(data).encode()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the query asks for. `started_at` is when the first page was answered: later pages stay with it."""

    since: datetime | None
    after: int
    started_at: datetime
    page_size: int
    filter: GradeFilter = NO_FILTER

    @classmethod
    def of(cls, query, policy: Policy) -> "Asked":
        form = GradeFilterForm(query, policy=policy)
        if not form.is_valid():
            raise ValidationError(form.errors)
        since = _moment(query["updated_since"], "updated_since") if "updated_since" in query else None
        after, started_at = _read_cursor(query["cursor"]) if "cursor" in query else (0, timezone.now())
        return cls(since, after, started_at, page_size_of(query), form.kept())

    def next_address(self, request, last: int) -> str:
        cursor = base64.urlsafe_b64encode(orjson.dumps([last, self.started_at.isoformat()])).decode()
        query = {name: request.query_params[name] for name in KEPT if name in request.query_params}
        return request.build_absolute_uri(f"{request.path}?{urlencode(query | {'cursor': cursor})}")


def _moment(text: str, name: str) -> datetime:
    try:
        # An unencoded + in an address arrives as a space.
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise ValidationError({name: [f"Found {text!r}; expected ISO 8601 with a time zone, such as 2021-10-20T14:00:00Z."]})
    return moment


def _read_cursor(text: str) -> tuple[int, datetime]:
    try:
        last, started_at = orjson.loads(base64.urlsafe_b64decode(text))
        started_at = _moment(started_at, "cursor")
        if not 2000 <= started_at.year <= 9000:  # no page of ours began then, and no moment lies before the first
            raise ValueError(started_at)
        return int(last), started_at
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise ValidationError({"cursor": ["This is not a cursor of ours; follow `next` as it is."]}) from None


@extend_schema(
    operation_id="courses_grades_list",
    summary="Everybody's grades, or one's own",
    description="An instructor gets every active student with all marks, a student only themselves with released marks. "
    "With `Accept: text/csv` or `?format=csv` the answer is a table of all of them, without pages. Filters narrow both.",
    parameters=[*PAGE_PARAMETERS, *FILTER_PARAMETERS],
    responses={(200, "application/json"): GradeListSerializer, (200, "text/csv"): OpenApiTypes.STR, 304: OpenApiResponse()},
)
@api_view(["GET"])
@renderer_classes([OrjsonRenderer, CsvRenderer])
def grade_list(request, course_slug):
    enrollment = require_graded(request.user, course_slug)
    row, policy = read_in_force(enrollment.course)
    asked = Asked.of(request.query_params, policy)
    students = _students(enrollment)
    is_csv = request.accepted_renderer.format == "csv"
    rows, has_more = _rows(enrollment, students, asked, everything=is_csv)
    if is_csv:
        return _csv_response(course_slug, policy, rows)
    results = [{"student": student_line(student), **summarise(grade)} for student, grade in rows]
    data = {"policy_version": row.number if row else 0, "results": results}
    # The tag leaves out what differs at every asking: the moment in next_updated_since and in the cursor.
    tag = "W/" + etag_of(orjson.dumps([data, has_more], default=str))
    if tag.removeprefix("W/") in _tags(request):
        return _tagged(Response(status=304), tag)
    data["next"] = asked.next_address(request, rows[-1][0].pk) if has_more else None
    data["next_updated_since"] = asked.started_at - OVERLAP
    return _tagged(Response(data), tag)


grade_list.cls.scope_resource = "grades"


def _tags(request) -> set[str]:
    return {part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")}


def _tagged(response: Response, tag: str) -> Response:
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def _students(enrollment: Enrollment):
    students = Enrollment.objects.active().students().filter(course=enrollment.course_id).select_related("user").order_by("pk")
    return students if enrollment.is_instructor else students.filter(pk=enrollment.pk)


def _rows(enrollment, students, asked: Asked, *, everything: bool) -> tuple[list[tuple[Enrollment, Grade]], bool]:
    """The page's students with their grades, and whether more follow."""
    students = asked.filter.narrow(students.filter(pk__gt=asked.after))
    if not everything and asked.since is None and not asked.filter.is_on:
        students = students[: asked.page_size + 1]
    students = [student for student in students if asked.filter.names(student.user.name, student.user.email)]
    # On one page with everybody, nothing has to be narrowed to the students of the page.
    is_all = enrollment.is_instructor and not asked.after and (everything or len(students) <= asked.page_size)
    is_all = is_all and not asked.filter.is_on
    ids = None if is_all else [student.pk for student in students]
    grades = grades_of(enrollment.course, audience=audience_of(enrollment), enrollment_ids=ids)
    rows = [(student, grades[student.pk]) for student in students if student.pk in grades]
    rows = [(student, grade) for student, grade in rows if asked.filter.takes(grade)]
    if asked.since:
        rows = [(student, grade) for student, grade in rows if grade.changed_at > asked.since]
    return (rows, False) if everything else (rows[: asked.page_size], len(rows) > asked.page_size)


def student_line(student: Enrollment) -> dict[str, Any]:
    return {"id": student.pk, "email": student.user.email, "name": student.user.name, "section": student.section}


def _csv_response(course_slug: str, policy: Policy, rows: Iterable[tuple[Enrollment, Grade]]) -> Response:
    response = Response(list(_table(policy, rows)))
    response["Content-Disposition"] = f'attachment; filename="{course_slug}-grades.csv"'
    response["Cache-Control"] = "private, no-cache"
    return response


TOTALS = ("total_so_far", "total_final", "out_of", "letter", "letter_final", "total_is_set", "changed_at")


def _table(policy: Policy, rows: Iterable[tuple[Enrollment, Grade]]) -> Iterable[list]:
    """A header row, then one row a student; empty cells are what nothing counts for yet, or what the student's track lacks."""
    keys = [leaf.key for leaf in policy.leaves()]
    yield ["id", "email", "name", "section", *(f"{key}{suffix}" for key in keys for suffix in ("", " out of")), *TOTALS]
    for student, grade in rows:
        line = summarise(grade)
        parts = {part["key"]: part for part in line["components"]}
        cells = [parts.get(key, {}).get(name) for key in keys for name in ("earned", "out_of")]
        line["total_is_set"] = "true" if line["total_is_set"] else "false"
        yield [*student_line(student).values(), *cells, *(line[name] for name in TOTALS)]


@extend_schema(
    summary="One student's grade with everything it came from", responses={200: GradeTreeSerializer, 304: OpenApiResponse()}
)
@api_view(["GET"])
def grade_detail(request, course_slug, student_id):
    enrollment = require_graded(request.user, course_slug)
    student = _students(enrollment).filter(pk=student_id).first()
    if student is None:
        raise Http404("No such student.")
    grade = grades_of(enrollment.course, audience=audience_of(enrollment), enrollment_ids=[student.pk])[student.pk]
    return with_etag(request, Response({"student": student_line(student), **present(grade)}))


grade_detail.cls.scope_resource = "grades"
