"""Teams under real concurrency; needs PostgreSQL."""

import pytest

from projects.actions import add_deliverable, create_team, join_team, leave_team, set_team_members
from projects.models import Deliverable, Team, TeamMember
from tests.factories import EnrollmentFactory, TeamFactory, TeamMemberFactory
from tests.threads import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock", "rules"),
]
LINK = "https://example.org/report"


def test_five_students_joining_a_team_with_one_place_at_once_gives_it_to_one(course, team):
    TeamMemberFactory(team=team)
    students = EnrollmentFactory.create_batch(5, course=course)

    results = at_once([lambda student=student: join_team(team=team, enrollment=student) for student in students])

    assert (results.count("team_is_full"), team.members.count()) == (4, 3)


def test_a_student_joining_five_teams_at_once_is_in_one(course, student):
    teams = TeamFactory.create_batch(5, course=course)

    results = at_once([lambda team=team: join_team(team=team, enrollment=student) for team in teams])

    assert (results.count("in_a_team"), TeamMember.objects.count()) == (4, 1)


def test_five_teams_of_one_name_made_at_once_are_one(course):
    students = EnrollmentFactory.create_batch(5, course=course)

    results = at_once(
        [lambda student=student: create_team(course=course, enrollment=student, name="Gradient") for student in students]
    )

    assert (results.count("name_is_taken"), Team.objects.count()) == (4, 1)


def test_handing_in_at_once_numbers_the_versions_one_by_one(team, milestone, student):
    at_once([lambda: add_deliverable(team=team, milestone=milestone, by=student.user, url=LINK)] * 8)

    assert sorted(Deliverable.objects.values_list("number", flat=True)) == list(range(1, 9))


def test_leaving_moving_and_handing_in_at_once_end(course, team, milestone, student, instructor):
    """No order of the locks may close a circle; and nobody leaves a team that has handed something in."""
    other = TeamFactory(course=course)
    mover = TeamMemberFactory(team=other).enrollment

    results = at_once(
        [
            lambda: leave_team(team=team, enrollment=student),
            lambda: add_deliverable(team=team, milestone=milestone, by=student.user, url=LINK),
            lambda: set_team_members(team=other, enrollments=[mover, student], by=instructor.user),
            lambda: join_team(team=team, enrollment=EnrollmentFactory(course=course)),
        ]
        * 2
    )

    assert len(results) == 8
    assert TeamMember.objects.filter(enrollment=student).count() <= 1
