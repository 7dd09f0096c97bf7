"""The API's addresses: /api/v1/. Each app's api.py exports `urlpatterns`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

app_name = "api"
urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("", include("courses.api")),
    path("", include("reviews.api")),
    path("", include("presentations.api")),
    path("", include("projects.api")),
    path("", include("participation.api")),
    path("", include("grading.api")),
    path("", include("planner.api")),
    path("", include("coursefile.api")),
]
