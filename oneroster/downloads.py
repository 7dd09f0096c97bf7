"""The bulk files for an instructor, from the gradebook page and from the API."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, renderer_classes
from rest_framework.exceptions import ValidationError

from core.api import JSON_OR_FILE
from core.pulls import pulls_grades
from courses.policies import require_instructor
from machines.models import Sees
from oneroster.bulk import bulk_zip


def _zip_response(course, sees: str) -> HttpResponse:
    content, rows = bulk_zip(course, audience="staff" if sees == Sees.ALL else "student")
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{course.slug}-oneroster.zip"'
    response["Cache-Control"] = "private, no-cache"
    response.pulled_rows = rows
    return response


@pulls_grades
@login_required
@require_safe
def bulk_download(request, course_slug):
    """`?marks=all` has every mark; without it the released ones, which is what another system's record should hold."""
    enrollment = require_instructor(request.user, course_slug)
    return _zip_response(enrollment.course, request.GET.get("marks", Sees.RELEASED))


@extend_schema(
    summary="The gradebook as OneRoster 1.2 bulk CSV files in a zip (instructors)",
    parameters=[OpenApiParameter("marks", str, enum=list(Sees.values), description="Which marks; released ones by default")],
    responses={(200, "application/zip"): OpenApiTypes.BINARY},
)
@api_view(["GET"])
@renderer_classes(JSON_OR_FILE)
def bulk_api(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    sees = request.query_params.get("marks", Sees.RELEASED)
    if sees not in Sees.values:
        raise ValidationError({"marks": [f"Found {sees!r}; expected released or all."]})
    return _zip_response(enrollment.course, sees)


bulk_api.cls.scope_resource = "grades"
