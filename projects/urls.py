"""The addresses of the project's pages."""

from collections.abc import Callable

from django.urls import path

from courses.models import Course
from projects import views


def pages(counted: Callable[[Course], frozenset[str] | None]) -> list:
    """`counted` says which milestones the grade rests on, by key; None for all: grading, which knows, is above this room."""
    told = {"counted": counted}
    return [
        path("c/<slug:course_slug>/project/", views.project_home, told, name="project_home"),
        path("c/<slug:course_slug>/project/teams/new/", views.team_create, told, name="team_create"),
        path("c/<slug:course_slug>/project/teams/<int:pk>/", views.team_detail, name="team_detail"),
        path("c/<slug:course_slug>/project/teams/<int:pk>/join/", views.team_join, name="team_join"),
        path("c/<slug:course_slug>/project/teams/<int:pk>/leave/", views.team_leave, name="team_leave"),
        path("c/<slug:course_slug>/project/teams/<int:pk>/edit/", views.team_edit, name="team_edit"),
        path("c/<slug:course_slug>/project/teams/<int:pk>/members/", views.team_members, name="team_members"),
        path("c/<slug:course_slug>/project/teams/<int:pk>/delete/", views.team_delete, name="team_delete"),
        path("c/<slug:course_slug>/project/<slug:milestone_key>/hand-in/", views.deliverable_add, told, name="deliverable_add"),
        path("c/<slug:course_slug>/project/deliverables/<int:pk>/file/", views.deliverable_file, name="deliverable_file"),
    ]
