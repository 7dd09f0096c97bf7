"""The project's home, teams and handing in."""

import re

import pytest
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from projects.models import Deliverable, Team, TeamMember
from tests.factories import (
    DeliverableFactory,
    EnrollmentFactory,
    MilestoneFactory,
    PolicyFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.projects.conftest import CLOSED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "rules")]
LINK = "https://example.org/report"


def url(name, course, *args):
    return reverse(f"projects:{name}", args=[course.slug, *args])


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# -- home


def test_a_student_sees_own_steps_and_every_teams_members(client, course, team, milestone, student):
    other = TeamMemberFactory(team__course=course, enrollment__user__name="Ada Lovelace")
    DeliverableFactory(team=other.team, milestone=milestone, url="https://example.org/secret")
    client.force_login(student.user)

    response = client.get(url("project_home", course))

    text = response.content.decode()
    assert (response.context["own"].team, text.count("Ada Lovelace"), text.count("secret")) == (team, 1, 0)
    assert [(row.team, len(row.steps)) for row in response.context["rows"]] == [(team, 1), (other.team, 0)]


@pytest.mark.parametrize(("is_in", "late"), [(False, 1), (True, 0)])
def test_a_past_deadline_warns_whoever_has_not_met_it(client, clock, course, team, milestone, student, is_in, late):
    if is_in:
        DeliverableFactory(team=team, milestone=milestone)
    clock.move_to(CLOSED)
    client.force_login(student.user)

    response = client.get(url("project_home", course))

    assert response.content.decode().count('<time class="late"') == late


def test_a_student_in_no_team_is_offered_teams_with_room_and_a_new_one(client, course, milestone, student):
    full, fixed, open_team = TeamFactory.create_batch(3, course=course)
    TeamMemberFactory.create_batch(3, team=full)
    DeliverableFactory(team=fixed, milestone=milestone)
    client.force_login(student.user)

    response = client.get(url("project_home", course))

    text = response.content.decode()
    assert [text.count(url("team_join", course, each.pk)) for each in (full, fixed, open_team)] == [0, 0, 1]
    assert text.count(f'action="{url("team_create", course)}"') == 1


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("student", 9), ("assistant", 10), ("instructor", 10)])
def test_home_takes_the_same_queries_for_any_number(client, course, milestone, django_assert_num_queries, who, queries, rows):
    viewer = EnrollmentFactory(course=course, role=who)
    for _ in range(rows):
        member = TeamMemberFactory(team__course=course)
        DeliverableFactory(team=member.team, milestone=milestone)
        EnrollmentFactory(course=course)
    if who == "student":
        TeamMemberFactory(team=member.team, enrollment=viewer)
    client.force_login(viewer.user)

    with django_assert_num_queries(queries):
        assert len(client.get(url("project_home", course)).context["rows"]) == rows


@pytest.mark.parametrize(
    ("component", "words"),
    [
        ({"milestones": ["final"]}, "20 points, not part of the grade"),
        ({"milestones": ["midterm"]}, "20 points"),
        ({}, "20 points"),
        (None, "20 points"),
    ],
    ids=["another counts", "it counts", "all count", "no policy"],
)
def test_points_that_the_policy_does_not_count_are_said_to_be_no_part_of_the_grade(
    client, course, team, milestone, student, component, words
):
    if component is not None:
        part = {"key": "project", "title": "Project", "weight": 100, "source": "milestones"} | component
        PolicyFactory(course=course, document={"components": [part]})
    client.force_login(student.user)

    pages = [client.get(url("project_home", course)), client.get(url("deliverable_add", course, "midterm"))]

    assert [re.search(r"\d+ points[^<·]*", page.content.decode())[0].strip() for page in pages] == [words, words]


@pytest.mark.parametrize(("who", "ways"), [("student", 0), ("instructor", 1)])
def test_home_of_a_course_without_projects_says_so(client, who, ways):
    viewer = EnrollmentFactory(role=who)
    client.force_login(viewer.user)

    text = client.get(url("project_home", viewer.course)).content.decode()

    assert text.count("This course has no projects.") == 1
    assert text.count("Switch it on in Settings") == ways


# -- teams


def test_create_says_so(client, course, student):
    client.force_login(student.user)

    response = client.post(url("team_create", course), {"name": "Gradient", "topic": ""})

    assert (response.status_code, said(response)) == (302, ["The team Gradient is there."])
    assert TeamMember.objects.get().enrollment == student


@pytest.mark.parametrize("name", ["Taken", "x" * 81, "a\x00", ""])
def test_a_refused_team_keeps_what_was_typed(client, course, student, name):
    TeamFactory(course=course, name="Taken")
    client.force_login(student.user)

    response = client.post(url("team_create", course), {"name": name, "topic": "Pruning"})

    form = response.context["form"]
    assert (response.status_code, len(form.errors["name"]), form["name"].value(), form["topic"].value()) == (
        422,
        1,
        name,
        "Pruning",
    )
    assert Team.objects.count() == 1


def test_a_team_of_staff_is_empty_and_asks_for_members(client, course, instructor):
    client.force_login(instructor.user)

    response = client.post(url("team_create", course), {"name": "Gradient"})

    team = Team.objects.get()
    assert (response["Location"], team.members.count()) == (url("team_members", course, team.pk), 0)


@pytest.mark.parametrize("action", ["team_join", "team_leave"])
def test_a_refusal_is_said_on_the_home(client, course, team, action):
    TeamMemberFactory.create_batch(2, team=team)
    client.force_login(EnrollmentFactory(course=course).user)

    response = client.post(url(action, course, team.pk))

    message = {
        "team_join": "Gradient is full: a team has at most 3 members.",
        "team_leave": "You are not in this team any more.",
    }[action]
    assert (response["Location"], said(response)) == (url("project_home", course), [message])


@pytest.mark.parametrize("name", ["team_join", "team_leave", "team_edit", "team_detail"])
def test_a_team_of_another_course_is_404(client, team, name):
    student = EnrollmentFactory()
    client.force_login(student.user)
    send = client.post if name in ("team_join", "team_leave") else client.get

    assert send(url(name, student.course, team.pk)).status_code == 404


def test_staff_set_members_by_hand(client, course, team, student, instructor):
    new = EnrollmentFactory(course=course)
    client.force_login(instructor.user)

    client.post(url("team_members", course, team.pk), {"members": [new.pk]})

    assert [member.enrollment for member in team.members.all()] == [new]


@pytest.mark.parametrize("pk", ["x", "-1", "9" * 30, "1\x00", "another course's"])
def test_members_who_cannot_be_are_refused(client, course, team, student, instructor, pk):
    value = EnrollmentFactory().pk if pk == "another course's" else pk
    client.force_login(instructor.user)

    response = client.post(url("team_members", course, team.pk), {"members": [value]})

    assert (response.status_code, len(response.context["form"].errors["members"])) == (422, 1)
    assert [member.enrollment for member in team.members.all()] == [student]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_members_page_takes_the_same_queries_for_any_number(client, course, instructor, django_assert_num_queries, rows):
    team = TeamFactory(course=course)
    for _ in range(rows):
        TeamMemberFactory(team__course=course)
        EnrollmentFactory(course=course)
    client.force_login(instructor.user)

    with django_assert_num_queries(7):
        client.get(url("team_members", course, team.pk))


def test_an_empty_team_is_deleted(client, course, instructor):
    team = TeamFactory(course=course)
    client.force_login(instructor.user)

    client.post(url("team_delete", course, team.pk))

    assert Team.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_a_team_with_all_versions_takes_the_same_queries(client, course, team, student, django_assert_num_queries, rows):
    for number in range(rows):
        DeliverableFactory(team=team, milestone=MilestoneFactory(course=course), number=number + 1)
    client.force_login(student.user)

    with django_assert_num_queries(7):
        assert len(client.get(url("team_detail", course, team.pk)).context["steps"]) == rows


# -- handing in


def test_hand_in_a_file_and_get_it_back(client, course, team, milestone, student):
    client.force_login(student.user)

    response = client.post(
        url("deliverable_add", course, "midterm"), {"file": SimpleUploadedFile("report.pdf", b"%PDF-1.7 report")}
    )

    deliverable = Deliverable.objects.get()
    assert (response.status_code, said(response)) == (302, ["Version 1 is in."])
    served = client.get(url("deliverable_file", course, deliverable.pk))
    assert (b"".join(served.streaming_content), served["Content-Type"]) == (b"%PDF-1.7 report", "application/pdf")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("setup.exe", b"Not a program.", " “setup.exe” holds plain text, so it is kept as “setup.txt”."),
        ("report.docx", b"%PDF-1.7", " “report.docx” holds a PDF, so it is kept as “report.pdf”."),
        ("Report.PDF", b"%PDF-1.7", ""),
    ],
)
def test_a_file_that_is_kept_under_another_ending_is_told(client, course, team, milestone, student, name, content, told):
    client.force_login(student.user)

    response = client.post(url("deliverable_add", course, "midterm"), {"file": SimpleUploadedFile(name, content)})

    assert said(response) == [f"Version 1 is in.{told}"]


def test_after_the_grace_the_refusal_keeps_note_and_link(client, course, team, milestone, student, clock):
    clock.move_to(CLOSED.replace(day=16))
    client.force_login(student.user)

    response = client.post(url("deliverable_add", course, "midterm"), {"url": LINK, "note": "Sorry 🦆"})

    form = response.context["form"]
    assert (response.status_code, form["url"].value(), form["note"].value()) == (409, LINK, "Sorry 🦆")
    assert form.non_field_errors() == [
        "Midterm report closed on Friday 15 October 2021 at 00:59 (America/New_York). "
        "Nothing was handed in. Ask staff if this is wrong."
    ]
    assert Deliverable.objects.count() == 0


def test_in_no_team_the_refusal_keeps_note_and_link(client, course, milestone, student):
    client.force_login(student.user)

    response = client.post(url("deliverable_add", course, "midterm"), {"url": LINK, "note": "First"})

    assert (response.status_code, response.context["form"]["note"].value()) == (409, "First")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "file"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": LINK, "note": "a\x00"}, "note"),
        ({"url": "x" * 501}, "url"),
    ],
)
def test_bad_input_is_answered_beside_its_field(client, course, team, milestone, student, data, field):
    client.force_login(student.user)

    response = client.post(url("deliverable_add", course, "midterm"), data)

    assert (len(response.context["form"].errors[field]), Deliverable.objects.count()) == (1, 0)


def test_one_version_is_late_and_the_page_says_so(client, course, team, milestone, student, clock):
    clock.move_to(CLOSED)
    client.force_login(student.user)

    response = client.post(url("deliverable_add", course, "midterm"), {"url": LINK})

    assert said(response) == ["Version 1 is in. It counts as late."]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_hand_in_page_takes_the_same_queries_for_any_number(
    client, course, team, milestone, student, django_assert_num_queries, rows
):
    for number in range(rows):
        DeliverableFactory(team=team, milestone=milestone, number=number + 1)
    client.force_login(student.user)

    with django_assert_num_queries(9):
        assert len(client.get(url("deliverable_add", course, "midterm")).context["versions"]) == rows


def test_another_teams_file_does_not_exist_even_after_leaving_it(client, course, team, milestone, student, instructor):
    deliverable = DeliverableFactory(
        team=team, milestone=milestone, file=ContentFile(b"%PDF-1.4", "a.pdf"), file_kind="PDF", file_name="a.pdf"
    )
    TeamMember.objects.filter(enrollment=student).update(team=TeamFactory(course=course))
    client.force_login(student.user)

    statuses = [
        client.get(url("deliverable_file", course, deliverable.pk)).status_code,
        client.get(url("team_detail", course, team.pk)).status_code,
    ]

    assert statuses == [404, 404]


def test_a_milestone_of_another_course_is_404(client, course, team, student):
    client.force_login(student.user)

    assert client.get(url("deliverable_add", course, MilestoneFactory().key)).status_code == 404
