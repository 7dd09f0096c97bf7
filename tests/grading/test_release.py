"""What students see of marks, and what they cannot tell before the release."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from core.errors import DomainError
from grading.actions import hide_component, hide_student, release_component, release_student, set_mark
from grading.models import Mark
from grading.presenting import present, summarise
from grading.queries import grades_of
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    MilestoneFactory,
    PolicyFactory,
    SignUpFactory,
    SlotRoleFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.grading.examples import course_with_policy, one_component, reviewed

NOW = datetime(2021, 10, 20, 16, tzinfo=UTC)


@pytest.fixture
def seminar(db):
    """A course mid-term, one student with a review that is in."""
    with time_machine.travel(NOW, tick=False):
        course = course_with_policy()
        student = EnrollmentFactory(course=course)
        instructor = EnrollmentFactory(course=course, role="instructor")
        yield course, student, instructor.user, reviewed(student)


def seen_by(student):
    return grades_of(student.course, audience="student", enrollment_ids=[student.pk])[student.pk]


def shown(response) -> str:
    """The answer without what is random in every page."""
    return re.sub(r'(nonce="|X-CSRFToken": "|name="csrfmiddlewaretoken" value=")[^"]+', "", response.content.decode())


def test_a_mark_that_is_not_released_is_exactly_no_mark(seminar, client):
    course, student, marker, review = seminar
    client.force_login(student.user)
    addresses = [
        reverse("grading:grade_home", args=[course.slug]),
        reverse("api:grade_list", args=[course.slug]),
        reverse("api:grade_detail", args=[course.slug, student.pk]),
        reverse("api:mark_list", args=[course.slug]),
    ]
    before = [shown(client.get(address)) for address in addresses]

    with time_machine.travel(NOW.replace(minute=5), tick=False):
        set_mark(review=review, points=Decimal(3), comment="Too short", revision=0, by=marker)
    after = [shown(client.get(address)) for address in addresses]

    assert before == after


def test_release_shows_points_and_comment(seminar):
    course, student, marker, review = seminar
    set_mark(review=review, points=Decimal("8.5"), comment="Clear", revision=0, by=marker)

    count = release_component(course=course, component_key="reviews", by=marker)

    item = next(leaf for leaf in seen_by(student).explanation.leaves() if leaf.key == "reviews").items[0]
    assert count == 1
    assert (item.state, item.points, item.ref.comment) == ("marked", Decimal("8.5"), "Clear")


def test_a_change_after_the_release_waits_for_its_own(seminar):
    course, student, marker, review = seminar
    set_mark(review=review, points=Decimal(8), revision=0, by=marker)
    release_component(course=course, component_key="reviews", by=marker)
    released = summarise(seen_by(student))

    with time_machine.travel(NOW.replace(minute=5), tick=False):
        set_mark(review=review, points=Decimal(2), revision=1, by=marker)

    assert summarise(seen_by(student)) == released
    assert grades_of(course, audience="staff")[student.pk].components[2].so_far.earned == 4


def test_release_twice_changes_nothing(seminar):
    course, student, marker, review = seminar
    set_mark(review=review, points=Decimal(8), revision=0, by=marker)
    release_component(course=course, component_key="reviews", by=marker)

    with time_machine.travel(NOW.replace(minute=5), tick=False):
        count = release_component(course=course, component_key="reviews", by=marker)

    student.refresh_from_db()
    assert count == 0
    assert student.released_changed_at == NOW
    assert review.mark.changes.count() == 2


def test_hide_takes_marks_back_and_keeps_them(seminar):
    course, student, marker, review = seminar
    before = present(seen_by(student))
    set_mark(review=review, points=Decimal(8), comment="Good", revision=0, by=marker)
    release_component(course=course, component_key="reviews", by=marker)

    count = hide_component(course=course, component_key="reviews", by=marker)

    mark = Mark.objects.get()
    assert count == 1
    assert (mark.points, mark.comment, mark.released_points, mark.released_comment, mark.released_at) == (
        Decimal(8), "Good", None, "", None,
    )  # fmt: skip
    assert present(seen_by(student)) == before


def test_release_and_hiding_are_kept_in_the_history(seminar):
    course, _, marker, review = seminar
    set_mark(review=review, points=Decimal(8), revision=0, by=marker)
    release_component(course=course, component_key="reviews", by=marker)
    hide_component(course=course, component_key="reviews", by=marker)

    rows = list(review.mark.changes.values_list("kind", "points_before", "points_after", "changed_by"))
    assert rows == [
        ("marked", None, Decimal(8), marker.pk),
        ("released", None, Decimal(8), marker.pk),
        ("hidden", Decimal(8), None, marker.pk),
    ]


def test_releasing_a_cleared_mark_withdraws_it(seminar):
    course, student, marker, review = seminar
    before = summarise(seen_by(student))
    set_mark(review=review, points=Decimal(8), revision=0, by=marker)
    release_component(course=course, component_key="reviews", by=marker)
    set_mark(review=review, points=None, revision=1, by=marker)

    release_component(course=course, component_key="reviews", by=marker)

    assert summarise(seen_by(student)) == before


def test_a_release_is_of_its_component_only(seminar):
    course, student, marker, review = seminar
    meeting = MeetingFactory(course=course, date=NOW.date().replace(day=5))
    sign_up = SignUpFactory(role=SlotRoleFactory(slot__course=course, slot__meeting=meeting), enrollment=student)
    set_mark(review=review, points=Decimal(8), revision=0, by=marker)
    set_mark(sign_up=sign_up, points=Decimal(9), revision=0, by=marker)

    release_component(course=course, component_key="presentation", by=marker)

    earned = {leaf.key: leaf.so_far.earned for leaf in seen_by(student).explanation.leaves()}
    assert (earned["presentation"], earned["reviews"]) == (9, 0)


def test_releasing_a_group_releases_its_parts_for_the_whole_team(seminar):
    course, student, marker, _ = seminar
    team = TeamFactory(course=course)
    partner = EnrollmentFactory(course=course)
    for member in (student, partner):
        TeamMemberFactory(team=team, enrollment=member)
    talk = course.milestones.create(key="talk", title="Talk", due_at=NOW, max_points=20)
    set_mark(milestone=talk, team=team, points=Decimal(10), revision=0, by=marker)

    with time_machine.travel(NOW.replace(minute=5), tick=False):
        release_component(course=course, component_key="project", by=marker)

    grades = grades_of(course, audience="student")
    assert [grades[member.pk].components[3].so_far.earned for member in (student, partner)] == [5, 5]
    partner.refresh_from_db()
    assert partner.released_changed_at == NOW.replace(minute=5)


def test_marks_of_another_course_stay_as_they_are(seminar):
    course, _, marker, _ = seminar
    elsewhere = EnrollmentFactory(course=course_with_policy())
    set_mark(review=reviewed(elsewhere), points=Decimal(8), revision=0, by=marker)

    assert release_component(course=course, component_key="reviews", by=marker) == 0


@pytest.mark.parametrize(("component", "code"), [("participation", "nothing_to_release"), ("quizzes", "unknown_component")])
def test_a_component_without_marks_cannot_be_released(seminar, component, code):
    course, _, marker, _ = seminar

    with pytest.raises(DomainError) as refusal:
        release_component(course=course, component_key=component, by=marker)

    assert refusal.value.code == code


def test_a_mark_by_hand_is_hidden_until_released(seminar):
    course, student, marker, _ = seminar
    PolicyFactory(course=course, number=2, document=one_component(source="manual"))
    set_mark(enrollment=student, component="only", points=Decimal(7), revision=0, by=marker)
    hidden = seen_by(student).total

    release_component(course=course, component_key="only", by=marker)

    assert (hidden, seen_by(student).total) == (None, Decimal("70.0"))


def test_one_students_marks_are_released_and_hidden_alone(db):
    course = course_with_policy()
    student, other, instructor = (EnrollmentFactory(course=course, role=role) for role in ("student", "student", "instructor"))
    team = TeamMemberFactory(team=TeamFactory(course=course), enrollment=student).team
    for of in (student, other):
        set_mark(review=reviewed(of), points=Decimal(8), revision=0, by=instructor.user)
    set_mark(milestone=MilestoneFactory(course=course), team=team, points=Decimal(9), revision=0, by=instructor.user)

    assert release_student(student=student, by=instructor.user) == 1
    assert [mark.review and mark.review.reviewer_id for mark in Mark.objects.exclude(released_at=None)] == [student.pk]
    assert release_student(student=student, by=instructor.user) == 0

    assert hide_student(student=student, by=instructor.user) == 1
    assert not Mark.objects.exclude(released_at=None).exists()


def test_more_marks_than_a_statement_can_name_are_released_and_hidden(db, monkeypatch):
    monkeypatch.setattr("core.batches.MOST", 2)
    course, marker = course_with_policy(), EnrollmentFactory().user
    milestone, students = MilestoneFactory(course=course, key="talk"), []
    for _ in range(3):
        team = TeamFactory(course=course)
        students += [member.enrollment for member in TeamMemberFactory.create_batch(2, team=team)]
        set_mark(milestone=milestone, team=team, points=Decimal(9), revision=0, by=marker)
    for student in students[:5]:
        set_mark(review=reviewed(student), points=Decimal(8), revision=0, by=marker)

    acts = (release_component, hide_component)
    counts = [act(course=course, component_key=key, by=marker) for key in ("reviews", "talk") for act in acts]

    assert counts == [5, 5, 3, 3]
    assert not Mark.objects.exclude(released_at=None).exists()
    for student in students:
        before = student.released_changed_at
        student.refresh_from_db()
        assert student.released_changed_at > before
