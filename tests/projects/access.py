"""Who gets what from projects. `student` is in the team, `other` is a student in no team."""

from datetime import UTC, datetime

from django.core.files.base import ContentFile

from tests.access import Row, in_course
from tests.factories import DeliverableFactory, MilestoneFactory, ProjectRulesFactory, TeamFactory, TeamMemberFactory

FAR_OFF = datetime(2099, 1, 1, tzinfo=UTC)


def with_rules(course, student):
    ProjectRulesFactory(course=course)
    return in_course(course, student)


def of_team(course, student):
    team = TeamFactory(course=course)
    TeamMemberFactory(team=team, enrollment=student)
    return with_rules(course, student) | {"pk": team.pk}


def of_course(course, student):
    of_team(course, student)
    return in_course(course, student)


def of_empty_team(course, student):
    return with_rules(course, student) | {"pk": TeamFactory(course=course).pk}


def of_milestone(course, student):
    kwargs = of_team(course, student)
    milestone = MilestoneFactory(course=course, due_at=FAR_OFF)
    return {"course_slug": kwargs["course_slug"], "milestone_key": milestone.key}


def of_file(course, student):
    kwargs = of_milestone(course, student)
    deliverable = DeliverableFactory(
        team=course.teams.get(),
        milestone=course.milestones.get(key=kwargs["milestone_key"]),
        file=ContentFile(b"%PDF-1.4", "report.pdf"),
        file_kind="PDF",
        file_name="report.pdf",
    )
    return {"course_slug": course.slug, "pk": deliverable.pk}


ALL = {"student": 200, "other": 200, "assistant": 200, "instructor": 200}
STAFF = {"student": 403, "other": 403, "assistant": 200, "instructor": 200}
STAFF_ACT = {"student": 403, "other": 403, "assistant": 302, "instructor": 302}
STUDENTS = {"student": 200, "other": 200, "assistant": 403, "instructor": 403}
STUDENTS_ACT = {"student": 302, "other": 302, "assistant": 403, "instructor": 403}
MEMBERS_AND_STAFF = {"student": 200, "other": 403, "assistant": 200, "instructor": 200}
# What a team hands in does not exist for other students.
READERS = {"student": 200, "other": 404, "assistant": 200, "instructor": 200}
API = {"anonymous": 401}
TEAM = {"name": "Gradient", "topic": "Pruning"}
LINK = {"url": "https://example.org/report"}

ROWS = [
    Row("projects:project_home", **ALL, make=with_rules),
    Row("projects:team_create", 422, 302, 302, 302, make=of_course, method="post", data=TEAM),
    Row("projects:team_detail", **READERS, make=of_team),
    Row("projects:team_join", **STUDENTS_ACT, make=of_team, method="post"),
    Row("projects:team_leave", **STUDENTS_ACT, make=of_team, method="post"),
    Row("projects:team_edit", **MEMBERS_AND_STAFF, make=of_team),
    Row("projects:team_edit", 302, 403, 302, 302, make=of_team, method="post", data=TEAM),
    Row("projects:team_members", **STAFF, make=of_team),
    Row("projects:team_members", **STAFF_ACT, make=of_team, method="post"),
    Row("projects:team_delete", **STAFF_ACT, make=of_empty_team, method="post"),
    Row("projects:deliverable_add", **STUDENTS, make=of_milestone),
    Row("projects:deliverable_add", 302, 409, 403, 403, make=of_milestone, method="post", data=LINK),
    Row("projects:deliverable_file", **READERS, make=of_file),
    Row("api:team_list", **ALL, **API, make=with_rules),
    Row("api:team_list", 409, 201, 201, 201, **API, make=of_course, method="post", data=TEAM, json=True),
    Row("api:team_detail", **ALL, **API, make=of_team),
    Row("api:team_detail", **MEMBERS_AND_STAFF, **API, make=of_team, method="put", data=TEAM, json=True),
    Row("api:team_detail", 403, 403, 204, 204, **API, make=of_empty_team, method="delete"),
    Row("api:team_join", **STUDENTS, **API, make=of_team, method="post"),
    Row("api:team_leave", 200, 409, 403, 403, **API, make=of_team, method="post"),
    Row("api:team_members", **STAFF, **API, make=of_team, method="put", data={"members": []}, json=True),
    Row("api:milestone_list", **ALL, **API, make=with_rules),
    Row("api:deliverable_list", **ALL, **API, make=of_milestone),
    Row("api:deliverable_list", 201, 409, 403, 403, **API, make=of_milestone, method="post", data=LINK, json=True),
    Row("api:deliverable_file", **READERS, **API, make=of_file),
]
