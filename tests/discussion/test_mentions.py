"""Who is offered while a mention is typed: nobody whose name, or whose right to read, the rules keep from the viewer."""

from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.urls import reverse

from courses.models import Enrollment
from reviews.models import Assignment, Review, ReviewVersion
from reviews.queries.readers import readers_of
from tests.discussion.conftest import BEFORE, CLOSED, reviewed, viewed
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    SubmittedReviewFactory,
    ThreadFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(course, paper):
    """{name: enrollment}, a few of each role; Ada has reviewed the paper, Ben has not."""
    roles = {"Ada": "student", "Ben": "student", "Ivy": "instructor", "Tom": "assistant", "Oda": "observer"}
    people = {name: EnrollmentFactory(course=course, role=role, user__name=name) for name, role in roles.items()}
    EnrollmentFactory(course=course, user__name="Left", is_active=False)
    EnrollmentFactory(course=CourseFactory(), user__name="Elsewhere")
    reviewed(paper, people["Ada"])
    return people


def offered(client, viewer, paper, **query):
    client.force_login(viewer.user)
    response = client.get(reverse("api:mentionable_list", args=[paper.course.slug, paper.key]), query)
    assert response.status_code == 200
    return [row["name"] for row in response.json()]


STAFF, EVERYBODY = ["Ivy", "Tom"], ["Ada", "Ben", "Ivy", "Oda", "Tom"]


@pytest.mark.parametrize(
    ("names", "on", "expected"),
    [
        ("shown", "paper", ["Ada", "Ben", "Ivy", "Tom"]),
        ("hidden", "paper", STAFF),
        ("choice", "paper", STAFF),
        # On a review: whoever the viewer sees named at a review of this paper, which Ben is not.
        ("shown", "review", ["Ada", "Ivy", "Tom"]),
        ("hidden", "review", STAFF),
        ("choice", "review", STAFF),
    ],
)
def test_a_student_is_offered_whoever_they_see_named(client, rules, paper, people, closed, names, on, expected):
    rules.names = names
    rules.save()
    thread = ThreadFactory(paper=paper, review=Review.objects.get() if on == "review" else None)
    viewer = EnrollmentFactory(course=paper.course, user__name="Me")

    assert offered(client, viewer, paper, thread=thread.handle) == expected


def test_who_lets_their_name_be_shown_is_offered_where_it_is_their_choice(client, rules, paper, people, closed):
    rules.names = "choice"
    rules.save()
    Review.objects.update(shows_name=True)
    ReviewVersion.objects.update(shows_name=True)
    viewer = EnrollmentFactory(course=paper.course)

    assert offered(client, viewer, paper, review=Review.objects.get().handle) == ["Ada", *STAFF]


def test_a_student_learns_nothing_of_reviews_that_are_not_open(client, rules, paper, people):
    """Their own review is read by staff alone before the deadline; Ada's stands there and is not told."""
    rules.names, rules.visibility = "shown", "after_deadline"
    rules.save()
    own = reviewed(paper, people["Ben"])

    with time_machine.travel(BEFORE, tick=False):
        assert offered(client, people["Ben"], paper, review=own.handle) == STAFF


@pytest.mark.parametrize("role", ["assistant", "instructor"])
@pytest.mark.parametrize("names", ["shown", "hidden"])
def test_staff_are_offered_whoever_may_read_the_thread(client, rules, paper, people, role, names):
    rules.names, rules.visibility = names, "after_own"
    rules.save()
    viewer = EnrollmentFactory(course=paper.course, role=role)
    review = Review.objects.get()

    with time_machine.travel(BEFORE, tick=False):
        assert offered(client, viewer, paper) == EVERYBODY
        assert offered(client, viewer, paper, review=review.handle) == ["Ada", *STAFF]
        assert offered(client, viewer, paper, is_staff_only="true") == STAFF
        thread = ThreadFactory(paper=paper, is_staff_only=True)
        assert offered(client, viewer, paper, thread=thread.handle) == STAFF
    with time_machine.travel(CLOSED, tick=False):
        assert offered(client, viewer, paper, review=review.handle) == EVERYBODY


def test_staff_are_marked_and_two_of_one_name_are_one(client, rules, paper, people, closed):
    EnrollmentFactory(course=paper.course, role="instructor", user__name="Ada")
    client.force_login(people["Tom"].user)

    rows = client.get(reverse("api:mentionable_list", args=[paper.course.slug, paper.key])).json()

    assert rows[:2] == [{"name": "Ada", "is_staff": True}, {"name": "Ben", "is_staff": False}]


def test_observers_who_say_nothing_are_offered_nobody(client, paper, people):
    client.force_login(people["Oda"].user)

    assert client.get(reverse("api:mentionable_list", args=[paper.course.slug, paper.key])).status_code == 403


@pytest.mark.parametrize("query", [{"thread": "nothing"}, {"review": "nothing"}])
def test_what_is_not_there_is_not_found(client, paper, people, query):
    client.force_login(people["Ben"].user)

    assert client.get(reverse("api:mentionable_list", args=[paper.course.slug, paper.key]), query).status_code == 404


@pytest.mark.parametrize("visibility", ["after_own", "after_mine", "after_deadline", "always", "never"])
@pytest.mark.parametrize("moment", [BEFORE, CLOSED])
def test_readers_are_just_those_who_may_read(rules, paper, people, visibility, moment):
    rules.visibility = visibility
    rules.save()
    extended = EnrollmentFactory(course=paper.course)
    Assignment.objects.create(course=paper.course, paper=paper, reviewer=extended, due_at=CLOSED + timedelta(days=3))
    SubmittedReviewFactory(paper=paper, reviewer=EnrollmentFactory(course=paper.course))
    review = Review.objects.get(reviewer=people["Ada"])
    members = [viewed(member) for member in Enrollment.objects.filter(course=paper.course)]
    course = members[0].course
    paper.course = course
    for member in members:
        member.course = course

    with time_machine.travel(moment, tick=False):
        found = {member.pk for member in readers_of(review, paper, members)}
        by_set = {m.pk for m, r in product(members, [review]) if Review.objects.visible_to(m).filter(pk=r.pk).exists()}

    assert found == by_set


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("role", "on", "queries"), [("student", "review", 13), ("instructor", "review", 11), ("student", "paper", 5)]
)
def test_the_list_takes_as_many_queries_for_many(
    client, django_assert_num_queries, rules, paper, closed, count, role, on, queries
):
    rules.names, rules.visibility = "shown", "after_mine"
    rules.save()
    reviews = [reviewed(paper, EnrollmentFactory(course=paper.course)) for _ in range(count)]
    viewer = EnrollmentFactory(course=paper.course, role=role)
    client.force_login(viewer.user)
    query = {"review": reviews[0].handle} if on == "review" else {}

    with django_assert_num_queries(queries):
        rows = client.get(reverse("api:mentionable_list", args=[paper.course.slug, paper.key]), query).json()

    assert len(rows) == count
