"""The API's addresses: /api/v1/. Each app's api.py exports `urlpatterns`."""

from django.http import Http404, JsonResponse
from django.urls import include, path, re_path
from django.views import defaults
from drf_spectacular.utils import extend_schema, inline_serializer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.reverse import reverse

ENTRANCES = {"courses": "course_list", "me": "me", "schema": "schema", "docs": "docs"}


@extend_schema(
    summary="Where to begin",
    auth=[],
    responses=inline_serializer("Entrances", {name: serializers.URLField() for name in ENTRANCES}),
)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def root(request):
    return Response({name: reverse(f"api:{url}", request=request) for name, url in ENTRANCES.items()})


@extend_schema(exclude=True)
@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
@authentication_classes([])
@permission_classes([AllowAny])
def not_found(request, rest):
    """What no address of the API is, refused as the API refuses. Who reads one without its last slash is sent on instead."""
    raise Http404("No such address.")


def page_not_found(request, exception):
    """Of the whole site; for the API only what lacks its last slash comes here."""
    if not request.path_info.startswith("/api/v1/"):
        return defaults.page_not_found(request, exception)
    words = "There is no such address. Those of the API end in a slash."
    return JsonResponse(
        {"type": "about:blank", "title": "Not Found", "status": 404, "detail": words},
        status=404,
        content_type="application/problem+json",
    )


app_name = "api"
urlpatterns = [
    path("", root, name="root"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("", include("courses.api")),
    path("", include("machines.api")),
    path("", include("reviews.api")),
    path("", include("reviews.api_assigning")),
    path("", include("reviews.api_staff")),
    path("", include("reviews.api_runs")),
    path("", include("reviews.api_bulk")),
    path("", include("reviews.form_editing.api")),
    path("", include("reviews.api_offline")),
    path("", include("reviews.api_search")),
    path("", include("reviews.tags.api")),
    path("", include("reviews.search.saved.api")),
    path("", include("presentations.api")),
    path("", include("projects.api")),
    path("", include("participation.api")),
    path("", include("discussion.api")),
    path("", include("digest.api")),
    path("", include("similarity.api")),
    path("", include("talks.api")),
    path("", include("exchange.api")),
    path("", include("grading.api")),
    path("", include("oneroster.api")),
    path("", include("gradefiles.api")),
    path("", include("feed.api")),
    path("", include("planner.api")),
    path("", include("coursefile.api")),
    re_path(r"^(?P<rest>[\s\S]*/)$", not_found, name="not_found"),
]
