"""The history of grades: everything that happened, latest first, filtered, paged, at a constant price."""

from decimal import Decimal

import pytest
from django.urls import reverse

from grading.actions import hide_component, release_component, set_mark, set_override, set_policy
from tests.factories import EnrollmentFactory, MilestoneFactory, TeamFactory, TeamMemberFactory
from tests.grading.examples import course_with_policy, one_component, reviewed


@pytest.fixture
def course(db):
    return course_with_policy()


@pytest.fixture
def by(client, course):
    instructor = EnrollmentFactory(course=course, role="instructor", user__name="Ingrid Halloran")
    client.force_login(instructor.user)
    return instructor.user


@pytest.fixture
def student(course):
    return EnrollmentFactory(course=course, user__name="Amara Lindqvist")


def events(client, course, **asked):
    answer = client.get(reverse("api:grade_history", args=[course.slug]), asked)
    assert answer.status_code == 200
    return [(row["kind"], row["whose"], row["before"], row["after"]) for row in answer.json()["results"]]


def lived(course, student, by):
    review = reviewed(student)
    set_mark(review=review, points=Decimal(8), revision=0, by=by)
    release_component(course=course, component_key="reviews", by=by)
    set_mark(review=review, points=Decimal("8.5"), revision=1, by=by)
    hide_component(course=course, component_key="reviews", by=by)
    set_override(student=student, component="reviews", percent=Decimal(90), reason="Illness", is_shown=False, by=by)
    set_policy(course=course, document=one_component(), by=by)


def test_everything_is_there_latest_first(client, course, student, by):
    lived(course, student, by)

    assert events(client, course) == [
        ("policy", "", "", "version 2 in force"),
        ("set", "Amara Lindqvist", "", "90 %"),
        ("hidden", "Amara Lindqvist", "8", "no mark"),
        ("marked", "Amara Lindqvist", "8", "8.5"),
        ("released", "Amara Lindqvist", "no mark", "8"),
        ("marked", "Amara Lindqvist", "no mark", "8"),
        ("policy", "", "", "version 1 in force"),
    ]


def test_filters_narrow_it(client, course, student, by):
    lived(course, student, by)
    other = EnrollmentFactory(course=course, user__name="Bo Ek")
    set_mark(review=reviewed(other), points=Decimal(5), revision=0, by=EnrollmentFactory(course=course).user)

    assert events(client, course, student="bo ek") == [("marked", "Bo Ek", "no mark", "5")]
    assert {kind for kind, *_ in events(client, course, kind="hidden")} == {"hidden"}
    assert len(events(client, course, who="ingrid")) == 6
    assert client.get(reverse("api:grade_history", args=[course.slug]), {"kind": "eaten"}).status_code == 400


def test_a_teams_mark_is_found_by_its_members(client, course, student, by):
    member = TeamMemberFactory(team=TeamFactory(course=course, name="Blue"), enrollment=student)
    set_mark(milestone=MilestoneFactory(course=course), team=member.team, points=Decimal(9), revision=0, by=by)

    assert events(client, course, student="amara") == [("marked", "Blue", "no mark", "9")]


def test_pages_follow_one_another_without_a_gap(client, course, student, by):
    lived(course, student, by)
    address, found = reverse("api:grade_history", args=[course.slug]) + "?page_size=3", []
    while address:
        answer = client.get(address).json()
        found += [row["kind"] for row in answer["results"]]
        address = answer["next"]

    assert found == [kind for kind, *_ in events(client, course)]


def test_the_page_shows_who_when_from_and_to(client, course, student, by):
    lived(course, student, by)

    text = client.get(reverse("grading:history", args=[course.slug])).content.decode()

    assert all(
        words in text for words in ("Amara Lindqvist", "Ingrid Halloran", "8.5", "90 %", "Illness", "version 2 in force")
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_history_queries(client, course, by, django_assert_num_queries, rows):
    for _ in range(rows):
        lived_by = EnrollmentFactory(course=course)
        set_mark(review=reviewed(lived_by), points=Decimal(8), revision=0, by=by)
        set_override(student=lived_by, component="reviews", percent=Decimal(90), reason="Illness", is_shown=False, by=by)

    with django_assert_num_queries(9):
        client.get(reverse("grading:history", args=[course.slug]))
