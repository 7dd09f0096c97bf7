"""Milestones: the team's mark is every member's result, a member's own mark takes its place, in reading and in writing."""

import pytest

from grading.models import Mark
from tests.factories import EnrollmentFactory, MilestoneFactory, PolicyFactory, TeamFactory, TeamMemberFactory
from tests.oneroster.examples import mark, with_exam

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["talk", "proposal"])
def milestone(course, request):
    """Called as its component is, or not."""
    document = with_exam()
    document["components"][3]["parts"][0]["milestones"] = [request.param]
    PolicyFactory(course=course, number=2, document=document)
    return MilestoneFactory(course=course, key=request.param, max_points=100)


@pytest.fixture
def team(course, student, teacher, milestone):
    """Of two; it has 80, and the first of them has 60 of their own."""
    team = TeamFactory(course=course)
    team.milestone, team.first, team.second = milestone, student, EnrollmentFactory(course=course)
    for member in (team.first, team.second):
        TeamMemberFactory(team=team, enrollment=member)
    mark(student, "60", teacher, milestone=milestone, enrollment=student)
    mark(student, "80", teacher, milestone=milestone, team=team)
    return team


@pytest.fixture
def result(ask, course, milestone):
    item = "" if milestone.key == "talk" else milestone.key

    def find(member, method="get", body=None):
        return ask(f"/results/result.{course.pk}.talk.{item}.{member.pk}", method, body)

    return find


def scores(result, team):
    return [result(member).json()["result"].get("score") for member in (team.first, team.second)]


def test_what_is_put_is_the_mark_that_counts_for_the_student(result, team):
    assert scores(result, team) == [60, 80]

    for member, score in ((team.first, 65), (team.second, 85)):
        seen = result(member).json()["result"] | {"score": score}
        answer = result(member, "put", {"result": seen})
        assert (answer.status_code, answer.json()["result"]["score"]) == (201, score)

    assert scores(result, team) == [65, 85]
    assert {(row.enrollment_id, row.points) for row in Mark.objects.all()} == {(team.first.pk, 65), (None, 85)}


def test_clearing_a_members_own_mark_leaves_the_teams(result, team):
    assert result(team.first, "delete").status_code == 204
    assert scores(result, team) == [80, 80]
    assert result(team.first).json()["result"]["status"] == "active"

    assert result(team.first, "delete").status_code == 204
    assert scores(result, team) == [None, None]
    assert result(team.first).json()["result"]["status"] == "tobedeleted"
