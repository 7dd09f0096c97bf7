"""The project's pages, by noun."""

from projects.views.deliverable import deliverable_add, deliverable_file
from projects.views.team import (
    project_home,
    team_create,
    team_delete,
    team_detail,
    team_edit,
    team_join,
    team_leave,
    team_members,
)

__all__ = [
    "deliverable_add",
    "deliverable_file",
    "project_home",
    "team_create",
    "team_delete",
    "team_detail",
    "team_edit",
    "team_join",
    "team_leave",
    "team_members",
]
