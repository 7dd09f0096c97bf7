"""Every address of the site; each app owns its own part."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("account/", include("accounts.urls")),
    path("api/v1/", include("courseportal.api")),
    path("", include("home.urls")),
    path("", include("courses.urls")),
    path("", include("reviews.urls")),
    path("", include("presentations.urls")),
    path("", include("projects.urls")),
    path("", include("participation.urls")),
    path("", include("grading.urls")),
    path("", include("planner.urls")),
    path("", include("coursefile.urls")),
]
