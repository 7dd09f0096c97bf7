"""One file of the course as a response, for the page and the API alike."""

from django.http import Http404, HttpResponse
from django.urls import reverse

from courses.models import Enrollment
from exchange import policies
from exchange.records import collect
from exchange.shapes import SHAPES, USERS, users_csv
from reviews import search


def file_response(request, viewer: Enrollment, kind: str) -> HttpResponse:
    """`?q=` narrows the reviews to the papers that a search finds; raises Http404, PermissionDenied or SearchError."""
    policies.require_export(viewer)
    slug = viewer.course.slug
    if kind == USERS:
        policies.require_export_of_people(viewer)
        people = Enrollment.objects.active().filter(course=viewer.course).for_display()
        return _attached(users_csv(people), f"{slug}-users.csv", "text/csv; charset=utf-8")
    if kind not in SHAPES:
        raise Http404("There is no such file.")
    shape, query = SHAPES[kind], request.GET.get("q", "").strip()
    only = search.find(viewer, query).ids if query else None
    url = request.build_absolute_uri(reverse("reviews:offline_forms", args=[slug]))
    body = shape.write(viewer.course, collect(viewer, only=only), url)
    return _attached(body, f"{slug}-{kind.partition('-')[0]}.{shape.ending}", shape.content_type)


def _attached(body: str | bytes, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache"}
    return HttpResponse(body, content_type=content_type, headers=headers)
