"""Every address of the site; each app owns its own part."""

from django.urls import include, path

from accounts.urls import pages as account_pages
from courseportal.passed import counted_milestones, courses_of
from projects.urls import pages as project_pages

handler404 = "courseportal.api.page_not_found"
urlpatterns = [
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/", include("accounts.sso.urls")),
    path("account/", include((account_pages(courses_of), "accounts"))),
    path("api/v1/", include("courseportal.api")),
    path("", include("home.urls")),
    path("", include("courses.urls")),
    path("", include("machines.urls")),
    path("", include("reviews.urls")),
    path("", include("presentations.urls")),
    path("", include((project_pages(counted_milestones), "projects"))),
    path("", include("participation.urls")),
    path("", include("digest.urls")),
    path("", include("exchange.urls")),
    path("", include("similarity.urls")),
    path("", include("discussion.urls")),
    path("", include("talks.urls")),
    path("", include("grading.urls")),
    path("", include("oneroster.urls")),
    path("", include("gradefiles.urls")),
    path("", include("feed.urls")),
    path("", include("planner.urls")),
    path("", include("coursefile.urls")),
]
