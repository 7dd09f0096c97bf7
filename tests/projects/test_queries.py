"""What other rooms read of projects, and who may read what."""

from datetime import timedelta
from decimal import Decimal

import pytest

from courses.deadlines import State
from courses.models import Course
from projects import policies, queries
from projects.models import Deliverable, Milestone, Team
from tests.factories import DeliverableFactory, EnrollmentFactory, MilestoneFactory, TeamFactory, TeamMemberFactory
from tests.projects.conftest import BEFORE, CLOSED, DUE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ROLES = ("student", "assistant", "instructor", "observer")


def test_a_milestone_is_owed_by_its_deadline(team, milestone, student):
    deadline = queries.deadlines_for(student)[0]

    assert (deadline.kind, deadline.key, deadline.title) == ("milestone", "midterm", "Midterm report")
    assert (deadline.due_at, deadline.closes_at, deadline.state) == (DUE, CLOSED, State.OPEN)
    assert (deadline.url, deadline.detail) == (f"/c/{student.course.slug}/project/", "Project")


def test_a_student_in_no_team_owes_it_too(milestone, student):
    deadline = queries.deadlines_for(student)[0]

    assert (deadline.is_owed, deadline.detail) == (True, "Project · you are in no team yet")


@pytest.mark.parametrize(
    ("moment", "versions", "state", "detail"),
    [
        (DUE + timedelta(minutes=1), [], State.OPEN, "Project · late, still taken"),
        (CLOSED + timedelta(minutes=1), [], State.MISSING, "Project"),
        (BEFORE, [False], State.SUBMITTED, "Project · version 1 is in"),
        (CLOSED, [True], State.LATE, "Project · version 1 is in"),
        # The latest version counts, so handing in again after the deadline makes the work late.
        (CLOSED, [False, True], State.LATE, "Project · version 2 is in"),
    ],
)
def test_the_state_follows_the_latest_version(team, milestone, student, clock, moment, versions, state, detail):
    for number, is_late in enumerate(versions, start=1):
        came = DUE + timedelta(minutes=1) if is_late else BEFORE
        DeliverableFactory(team=team, milestone=milestone, number=number, submitted_at=came, is_late=is_late)
    clock.move_to(moment)

    deadline = queries.deadlines_for(student)[0]

    assert (deadline.state, deadline.detail) == (state, detail)


def test_what_came_late_is_in_time_once_the_deadline_is_moved_behind_it(team, milestone, student, clock):
    DeliverableFactory(team=team, milestone=milestone, submitted_at=DUE + timedelta(minutes=1), is_late=True)
    before = queries.deadlines_for(student)[0].state
    Milestone.objects.update(due_at=CLOSED)

    assert (before, queries.deadlines_for(student)[0].state) == (State.LATE, State.SUBMITTED)


@pytest.mark.parametrize("change", [{"role": "assistant"}, {"role": "instructor"}, {"is_active": False}])
def test_only_active_students_owe_a_milestone(milestone, course, change):
    assert queries.deadlines_for(EnrollmentFactory(course=course, **change)) == []


def test_a_course_without_rules_owes_nothing(course, student):
    MilestoneFactory(course=course)

    assert (queries.deadlines_for(student), queries.owed_between(course, BEFORE, CLOSED)) == ([], [])
    assert queries.grading_facts(course) == {student.pk: []}


@pytest.mark.parametrize("rows", [1, 3])
def test_deadlines_take_four_queries_however_many(course, team, student, django_assert_num_queries, rows):
    for _ in range(rows):
        DeliverableFactory(team=team, milestone=MilestoneFactory(course=course))
    student.course = Course.objects.get(pk=course.pk)

    with django_assert_num_queries(4):
        assert len(queries.deadlines_for(student)) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_owed_between_names_everybody_who_has_not_handed_in(course, team, milestone, django_assert_num_queries, rows):
    DeliverableFactory(team=team, milestone=milestone)
    owing = EnrollmentFactory.create_batch(rows, course=course)
    EnrollmentFactory(course=course, is_active=False)
    MilestoneFactory(course=course, due_at=DUE + timedelta(days=30))

    with django_assert_num_queries(3):
        owed = queries.owed_between(course, BEFORE, DUE)

    assert [(deadline.enrollment_id, deadline.key) for deadline in owed] == [(student.pk, "midterm") for student in owing]


@pytest.mark.parametrize(
    ("start", "end", "count"), [(DUE, CLOSED, 0), (BEFORE, DUE, 1), (BEFORE, DUE - timedelta(seconds=1), 0)]
)
def test_owed_between_takes_the_end_and_not_the_start(course, milestone, student, start, end, count):
    assert len(queries.owed_between(course, start, end)) == count


@pytest.mark.parametrize("rows", [1, 3])
def test_grading_facts_hold_every_milestone_for_every_active_student(
    course, team, milestone, student, django_assert_num_queries, rows
):
    others = EnrollmentFactory.create_batch(rows, course=course)
    EnrollmentFactory(course=course, is_active=False)
    for number in (1, 2):
        DeliverableFactory(
            team=team, milestone=milestone, number=number, submitted_at=DUE + timedelta(minutes=number), is_late=True
        )
    course = Course.objects.get(pk=course.pk)

    with django_assert_num_queries(4):
        facts = queries.grading_facts(course)

    known = (milestone.pk, "midterm", "Midterm report", Decimal(20), DUE, CLOSED)
    assert facts == {student.pk: [queries.MilestoneFact(*known, team.pk, DUE + timedelta(minutes=2), True)]} | {
        other.pk: [queries.MilestoneFact(*known, None, None, False)] for other in others
    }


def test_without_team_names_active_students_only(course, team):
    alone = EnrollmentFactory(course=course)
    EnrollmentFactory(course=course, is_active=False)

    assert queries.without_team(course) == [alone]


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("section", ["", "A", "B"])
@pytest.mark.parametrize("role", ROLES)
def test_readable_teams_and_deliverables_are_those_of_the_policy(course, milestone, role, section, is_active):
    viewer = EnrollmentFactory(course=course, role=role, section=section, is_active=is_active)
    teams = TeamFactory.create_batch(5, course=course)
    for team, person in zip(teams, ({"section": "A"}, {"section": "B"}, {"is_active": False}, {"section": ""}), strict=False):
        TeamMemberFactory(
            team=team, enrollment__course=course, **{f"enrollment__{name}": value for name, value in person.items()}
        )
    TeamMemberFactory(team=teams[0], enrollment__section="B")
    if role in ("student", "observer"):  # who was a student before
        TeamMemberFactory(team=teams[1], enrollment=viewer)
    deliverables = [DeliverableFactory(team=team, milestone=milestone) for team in teams] + [DeliverableFactory()]

    visible = set(Deliverable.objects.visible_to(viewer))
    readable = set(Team.objects.readable_by(viewer))

    members = {each: list(each.team.members.select_related("enrollment")) for each in deliverables}
    assert visible == {each for each in deliverables if policies.may_read(viewer, each, members[each])}
    assert readable == {each.team for each in deliverables if policies.may_read_of(viewer, each.team, members[each])}


@pytest.mark.parametrize(
    ("role", "section", "may"),
    [
        ("student", "", False),
        ("assistant", "", True),
        ("assistant", "A", False),
        ("instructor", "", True),
        ("observer", "", False),
    ],
)
def test_teams_are_arranged_by_staff_of_the_whole_course(course, role, section, may):
    assert policies.may_arrange_teams(EnrollmentFactory(course=course, role=role, section=section)) is may
