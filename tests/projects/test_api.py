"""Projects over REST."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from projects.models import Deliverable, Team
from tests.factories import DeliverableFactory, EnrollmentFactory, TeamFactory, TeamMemberFactory, TokenFactory
from tests.projects.conftest import BEFORE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "rules")]
JSON = "application/json"
LINK = "https://example.org/report"


def url(name, course, *args):
    return reverse(f"api:{name}", args=[course.slug, *args])


@pytest.mark.parametrize("rows", [1, 3])
def test_teams_and_members_are_read_by_everybody_in_the_course(client, course, student, django_assert_num_queries, rows):
    members = [TeamMemberFactory(team__course=course) for _ in range(rows)]
    TeamFactory()
    client.force_login(student.user)

    with django_assert_num_queries(6):
        answer = client.get(url("team_list", course)).json()

    assert answer["results"] == [
        {
            "id": member.team.pk,
            "name": member.team.name,
            "topic": "",
            "members": [{"enrollment_id": member.enrollment.pk, "name": member.enrollment.user.name}],
        }
        for member in members
    ]


def test_a_team_lives_through_the_api(client, course, student):
    client.force_login(student.user)

    made = client.post(url("team_list", course), {"name": "Gradient"}, content_type=JSON)
    pk = made.json()["id"]
    renamed = client.put(url("team_detail", course, pk), {"name": "Descent", "topic": "Pruning"}, content_type=JSON)
    left = client.post(url("team_leave", course, pk))
    joined = client.post(url("team_join", course, pk))

    assert [each.status_code for each in (made, renamed, left, joined)] == [201, 200, 200, 200]
    assert (renamed.json()["topic"], left.json()["members"], len(joined.json()["members"])) == ("Pruning", [], 1)


def test_a_full_team_is_a_conflict(client, course, team):
    TeamMemberFactory.create_batch(2, team=team)
    client.force_login(EnrollmentFactory(course=course).user)

    response = client.post(url("team_join", course, team.pk))

    assert (response.status_code, response.json()["code"]) == (409, "team_is_full")


@pytest.mark.parametrize("data", [{}, {"name": "x" * 81}, {"name": "a\x00"}, {"name": None}, []])
def test_a_bad_team_is_refused(client, course, student, data):
    client.force_login(student.user)

    response = client.post(url("team_list", course), data, content_type=JSON)

    assert (response.status_code, response["Content-Type"], Team.objects.count()) == (400, "application/problem+json", 0)


def test_staff_set_members_and_delete_the_empty_team(client, course, team, student, instructor):
    client.force_login(instructor.user)

    emptied = client.put(url("team_members", course, team.pk), {"members": []}, content_type=JSON)
    gone = client.delete(url("team_detail", course, team.pk))

    assert (emptied.json()["members"], gone.status_code, Team.objects.count()) == ([], 204, 0)


def test_members_of_another_course_are_named_in_the_refusal(client, course, team, student, instructor):
    stranger = EnrollmentFactory()
    client.force_login(instructor.user)

    response = client.put(url("team_members", course, team.pk), {"members": [stranger.pk]}, content_type=JSON)

    message = f"Not active students of this course: {stranger.pk}."
    assert (response.status_code, response.json()["errors"]) == (400, {"members": [message]})
    assert [member.enrollment for member in team.members.all()] == [student]


@pytest.mark.parametrize(("who", "state"), [("student", "submitted"), ("instructor", None)])
def test_milestones_carry_the_callers_state(client, course, team, milestone, student, instructor, who, state):
    DeliverableFactory(team=team, milestone=milestone)
    client.force_login({"student": student, "instructor": instructor}[who].user)

    answer = client.get(url("milestone_list", course)).json()

    assert answer == [
        {
            "key": "midterm",
            "title": "Midterm report",
            "description": "",
            "due_at": "2021-10-15T03:59:00Z",
            "closes_at": "2021-10-15T04:59:00Z",
            "max_points": "20.00",
            "state": state,
        }
    ]


def test_a_token_hands_in_a_file_and_reads_it_back(client, course, team, milestone, student):
    TokenFactory(user=student.user, secret="cp_x", scopes=["projects:write"])
    bearer = {"Authorization": "Bearer cp_x"}

    made = client.post(
        url("deliverable_list", course, "midterm"),
        {"file": SimpleUploadedFile("report.pdf", b"%PDF-1.7 report"), "note": "First"},
        headers=bearer,
    )
    served = client.get(made.json()["file"], headers=bearer)

    deliverable = Deliverable.objects.get()
    assert (made.status_code, b"".join(served.streaming_content)) == (201, b"%PDF-1.7 report")
    assert made.json() == {
        "id": deliverable.pk,
        "team": team.pk,
        "milestone": "midterm",
        "number": 1,
        "note": "First",
        "url": "",
        "file_name": "report.pdf",
        "file": f"http://testserver{url('deliverable_file', course, deliverable.pk)}",
        "submitted_at": BEFORE.isoformat().replace("+00:00", "Z"),
        "submitted_by": student.user.name,
        "is_late": False,
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_deliverables_are_those_the_caller_may_read(client, course, team, milestone, student, django_assert_num_queries, rows):
    own = [DeliverableFactory(team=team, milestone=milestone, number=number + 1) for number in range(rows)]
    DeliverableFactory(team__course=course, milestone=milestone)
    client.force_login(student.user)

    with django_assert_num_queries(6):
        answer = client.get(url("deliverable_list", course, "midterm")).json()

    assert [each["id"] for each in answer["results"]] == [each.pk for each in own]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 422),
        ({"note": "Only a note.", "url": " "}, 422),
        ({"url": "javascript:alert(1)"}, 409),
        ({"url": LINK, "note": "x" * 5001}, 409),
        ({"url": LINK, "note": "a\x00"}, 400),
        ({"url": 7, "file": "x"}, 400),
    ],
)
def test_a_bad_deliverable_is_refused(client, course, team, milestone, student, data, status):
    client.force_login(student.user)

    response = client.post(url("deliverable_list", course, "midterm"), data, content_type=JSON)

    assert (response.status_code, response["Content-Type"], Deliverable.objects.count()) == (
        status,
        "application/problem+json",
        0,
    )
