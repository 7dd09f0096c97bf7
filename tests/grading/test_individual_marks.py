"""A member's own mark in place of the team's: what counts, who sees it, and its history."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.errors import DomainError
from grading.actions import ask_regrade, decide_regrade, hide_component, release_component, set_mark
from grading.models import Mark
from grading.queries import grades_of
from tests.factories import EnrollmentFactory, MarkFactory, MilestoneFactory, PolicyFactory, TeamFactory, TeamMemberFactory
from tests.grading.examples import course_with_policy, one_component


@pytest.fixture
def team(db):
    """(course, instructor's user, milestone, team, two members); the team has 8 of 10."""
    course = course_with_policy(one_component(source="milestones", steps=[]))
    milestone = MilestoneFactory(course=course, max_points=10)
    team = TeamFactory(course=course)
    members = [TeamMemberFactory(team=team, enrollment=EnrollmentFactory(course=course)).enrollment for _ in range(2)]
    marker = EnrollmentFactory(course=course, role="instructor").user
    set_mark(milestone=milestone, team=team, points=Decimal(8), revision=0, by=marker)
    return course, marker, milestone, team, members


def points_of(student, audience="student"):
    grade = grades_of(student.course, audience=audience, enrollment_ids=[student.pk])[student.pk]
    return [item.points for leaf in grade.explanation.leaves() for item in leaf.items]


def test_own_mark_counts_for_its_member_only_and_cleared_the_teams_counts_again(team):
    _, marker, milestone, _, (ada, bob) = team

    mark = set_mark(milestone=milestone, enrollment=ada, points=Decimal(5), revision=0, by=marker)
    own, others = points_of(ada, "staff"), points_of(bob, "staff")
    set_mark(milestone=milestone, enrollment=ada, points=None, revision=1, by=marker)

    assert (own, others, points_of(ada, "staff")) == ([Decimal(5)], [Decimal(8)], [Decimal(8)])
    assert [(change.points_before, change.points_after) for change in mark.changes.all()] == [(None, 5), (5, None)]


def test_own_mark_is_released_and_hidden_with_its_component(team):
    course, marker, milestone, _, (ada, bob) = team
    release_component(course=course, component_key="only", by=marker)

    set_mark(milestone=milestone, enrollment=ada, points=Decimal(5), comment="You wrote little", revision=0, by=marker)
    waiting = points_of(ada)
    count = release_component(course=course, component_key="only", by=marker)
    released = points_of(ada), points_of(bob)
    hide_component(course=course, component_key="only", by=marker)

    assert (waiting, count, released) == ([Decimal(8)], 1, ([Decimal(5)], [Decimal(8)]))
    assert points_of(ada) == [None]
    assert list(Mark.objects.get(enrollment=ada).changes.values_list("kind", flat=True)) == ["marked", "released", "hidden"]


def test_other_members_never_see_it_nor_its_traces(team, client):
    course, marker, milestone, _, (ada, bob) = team
    release_component(course=course, component_key="only", by=marker)
    client.force_login(bob.user)
    grade, grades, marks = (
        reverse("api:grade_detail", args=[course.slug, bob.pk]),
        reverse("api:grade_list", args=[course.slug]),
        reverse("api:mark_list", args=[course.slug]),
    )
    before = client.get(grade).content, client.get(grades).headers["ETag"], client.get(marks).json()

    set_mark(milestone=milestone, enrollment=ada, points=Decimal(5), comment="Secret", revision=0, by=marker)
    release_component(course=course, component_key="only", by=marker)

    assert (client.get(grade).content, client.get(grades).headers["ETag"], client.get(marks).json()) == before
    work = f"milestone-{milestone.pk}-student-{ada.pk}"
    assert client.get(reverse("grading:regrade_new", args=[course.slug, work])).status_code == 404


def test_its_student_sees_and_may_contest_it(team, client):
    course, marker, milestone, _, (ada, _) = team
    PolicyFactory(course=course, document=one_component(source="milestones", steps=[]) | {"regrade_days": 7}, number=2)
    set_mark(milestone=milestone, enrollment=ada, points=Decimal(5), comment="You wrote little", revision=0, by=marker)
    release_component(course=course, component_key="only", by=marker)
    client.force_login(ada.user)
    work = f"milestone-{milestone.pk}-student-{ada.pk}"

    page = client.get(reverse("grading:grade_home", args=[course.slug])).content.decode()

    assert "You wrote little" in page
    assert reverse("grading:regrade_new", args=[course.slug, work]) in page
    assert client.get(reverse("grading:regrade_new", args=[course.slug, work])).status_code == 200


def test_marking_page_lists_members_under_the_teams_mark_and_marks_one(team, client):
    course, marker, milestone, team, (ada, bob) = team
    client.force_login(marker)
    own = f"milestone-{milestone.pk}-student-{ada.pk}"
    page = reverse("grading:marking_queue", args=[course.slug])

    answer = client.post(
        reverse("grading:mark_save", args=[course.slug, own]),
        {"points": "5", "comment": "", "revision": "0", "tab": "milestones"},
    )
    of_team = client.get(page, {"tab": "milestones", "work": f"milestone-{milestone.pk}-{team.pk}"}).content.decode()
    of_member = client.get(page, {"tab": "milestones", "work": own}).content.decode()

    assert answer.status_code == 302
    assert f'work={own}">{ada.user.name}</a> 5' in of_team
    assert f'{bob.user.name}</a> <span class="muted">as the team' in of_team
    assert f"{ada.user.name}'s own mark" in of_member


def test_marking_page_lists_no_members_while_names_are_hidden(team, client):
    course, marker, milestone, team, (ada, _) = team
    PolicyFactory(course=course, document=one_component(source="milestones", steps=[], anonymous=True), number=2)
    client.force_login(marker)
    page = reverse("grading:marking_queue", args=[course.slug])

    shown = client.get(page, {"tab": "milestones", "work": f"milestone-{milestone.pk}-{team.pk}"}).content.decode()

    assert ada.user.name not in shown


def test_own_mark_needs_a_team_and_stands_once(team):
    course, marker, milestone, _, (ada, _) = team
    alone = EnrollmentFactory(course=course)

    with pytest.raises(DomainError) as refusal:
        set_mark(milestone=milestone, enrollment=alone, points=Decimal(5), revision=0, by=marker)
    set_mark(milestone=milestone, enrollment=ada, points=Decimal(5), revision=0, by=marker)

    assert refusal.value.code == "no_team"
    with pytest.raises(IntegrityError), transaction.atomic():
        MarkFactory(review=None, course=course, milestone=milestone, enrollment=ada)


def test_api_marks_one_member(team, client):
    course, marker, milestone, _, (ada, _) = team
    client.force_login(marker)
    address = reverse("api:member_mark", args=[course.slug, milestone.pk, ada.pk])

    given = client.put(address, {"points": "5", "comment": "x"}, content_type="application/json")

    assert (given.status_code, given.json()["work"]) == (200, f"milestone-{milestone.pk}-student-{ada.pk}")
    assert client.get(address).json()["mark"]["points"] == "5.00"


def test_a_contested_own_mark_is_changed_and_the_teams_stays(team):
    course, marker, milestone, group, (ada, bob) = team
    PolicyFactory(course=course, document=one_component(source="milestones", steps=[]) | {"regrade_days": 7}, number=2)
    set_mark(milestone=milestone, enrollment=ada, points=Decimal(5), revision=0, by=marker)
    release_component(course=course, component_key="only", by=marker)
    mark = Mark.objects.get(enrollment=ada)

    request = ask_regrade(mark=mark, by=ada, text="I wrote half of it.")
    staff = course.enrollments.get(user=marker)
    decide_regrade(request=request, by=staff, outcome="changed", text="So you did.", points=Decimal(7), revision=1)

    assert (points_of(ada), points_of(bob)) == ([Decimal(7)], [Decimal(8)])
