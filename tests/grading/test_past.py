"""The gradebook at every moment that was: what the live one said then, to the digit."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from courses.actions import change_enrollment
from courses.models import Course
from grading.actions import excuse, release_component, revoke_excuse, set_mark, set_override, set_policy
from grading.moments import read_moment
from grading.presenting import present
from grading.queries import grades_of, read_in_force
from grading.queries.past import gradebook_at
from grading.queries.release import release_states
from reviews.models import Review
from reviews.restoring import restore_version
from tests.effort import params
from tests.factories import EnrollmentFactory, ReviewVersionFactory, SubmittedReviewFactory
from tests.grading.examples import course_with_policy, one_component, reviewed
from tests.grading.life import Life

START = datetime(2021, 9, 1, 12, tzinfo=UTC)


def shown(grades) -> dict:
    return {pk: {**present(grade), "changed_at": None} for pk, grade in grades.items()}


def live(course: Course) -> tuple:
    """All that the gradebook says now."""
    course = Course.objects.get(pk=course.pk)
    policy = read_in_force(course)[1]
    return (
        shown(grades_of(course, audience="staff")),
        shown(grades_of(course, audience="student")),
        {key: (state.words, state.word) for key, state in release_states(course, policy).items()},
    )


def past(course: Course, at: datetime) -> tuple:
    course = Course.objects.get(pk=course.pk)
    book = gradebook_at(course, at, audience="staff")
    return (
        shown({line.student.pk: line.grade for line in book.lines}),
        shown(grades_of(course, audience="student", at=at)),
        {column.key: (column.release.words, column.release.word) for column in book.columns},
    )


@pytest.mark.django_db
@pytest.mark.parametrize("seed", params([(0,), (1,), (2,), (3,)]))
def test_every_past_moment_is_what_the_live_gradebook_said_then(seed):
    said = []
    with time_machine.travel(START, tick=False) as clock:
        life = Life(seed)
        for _ in range(35):
            clock.shift(timedelta(hours=life.random.randrange(1, 60)))
            said.append((datetime.now(UTC), "before", live(life.course)))
            clock.shift(timedelta(minutes=1))
            what = life.act()
            said.append((datetime.now(UTC), what, live(life.course)))

        for at, what, then in said:
            assert past(life.course, at) == then, f"seed {seed}, {what} at {at}"


@pytest.fixture
def course(db):
    with time_machine.travel(START, tick=False):
        return course_with_policy(one_component(steps=[{"step": "mean"}]))


@pytest.fixture
def by(client, course):
    instructor = EnrollmentFactory(course=course, role="instructor")
    client.force_login(instructor.user)
    return instructor.user


def at(day: int, hour: int = 12, month: int = 10) -> datetime:
    return datetime(2021, month, day, hour, tzinfo=UTC)


def lived(course, by, name="Amara Lindqvist"):
    """A mark of 8 on the 4th, released on the 5th, 9 on the 6th, excused from the 7th to the 8th, set by hand on the 9th."""
    with time_machine.travel(START, tick=False):
        student = EnrollmentFactory(course=course, user__name=name)
        review = reviewed(student)
    with time_machine.travel(at(4), tick=False):
        set_mark(review=review, points=Decimal(8), comment="Good", revision=0, by=by)
    with time_machine.travel(at(5), tick=False):
        release_component(course=course, component_key="only", by=by)
    with time_machine.travel(at(6), tick=False):
        set_mark(review=review, points=Decimal(9), revision=1, by=by)
    with time_machine.travel(at(7), tick=False):
        excused = excuse(student=student, source="reviews", item=review.paper.key, reason="illness", by=by)
    with time_machine.travel(at(8), tick=False):
        revoke_excuse(excuse=excused, by=by)
    with time_machine.travel(at(9), tick=False):
        set_override(student=student, component="only", percent=Decimal(50), reason="Agreed", is_shown=False, by=by)
    return student


def totals(client, course, **asked):
    answer = client.get(reverse("api:grades_at", args=[course.slug]), asked)
    assert answer.status_code == 200, answer.content
    return [row["total_so_far"] for row in answer.json()["results"]]


def test_the_api_tells_each_step(client, course, by):
    lived(course, by)

    said = [totals(client, course, at=f"2021-10-{day:02d}T12:00Z")[0] for day in range(3, 10)]
    students = [totals(client, course, at=f"2021-10-{day:02d}T12:00Z", marks="released")[0] for day in range(3, 10)]

    assert said == [None, "80.0", "80.0", "90.0", None, "90.0", "50.0"]
    assert students == [None, None, "80.0", "80.0", None, "80.0", "80.0"]


def test_a_date_is_the_end_of_that_day_in_the_courses_zone(client, course, by):
    lived(course, by)

    assert totals(client, course, at="2021-10-03") == [None]
    assert totals(client, course, at="2021-10-04") == ["80.0"]
    assert totals(client, course, at="2021-10-04T07:59") == [None]  # the mark came at 8:00 in New York
    assert totals(client, course, at="2021-10-04T08:00") == ["80.0"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2021-10-20T17:00", datetime(2021, 10, 20, 21, tzinfo=UTC)),
        ("2021-10-20 17:00", datetime(2021, 10, 20, 21, tzinfo=UTC)),
        ("2021-10-20T17:00+02:00", datetime(2021, 10, 20, 15, tzinfo=UTC)),
        ("2021-10-20T17:00 02:00", datetime(2021, 10, 20, 15, tzinfo=UTC)),
        ("2021-11-07T01:30", datetime(2021, 11, 7, 5, 30, tzinfo=UTC)),  # shown twice: the first
        ("2021-11-07", datetime(2021, 11, 8, 5, tzinfo=UTC) - timedelta(microseconds=1)),  # a day of 25 hours
    ],
)
def test_moments_as_people_write_them(course, text, found):
    assert read_moment(course, text) == found


@pytest.mark.parametrize(
    "text", ["", "soon", "2021-13-01", "2021-02-30", "9999-12-31", "2021-03-14T02:30", "0001-01-01T00:00-23:00", "1899-12-31"]
)
def test_what_is_no_moment_is_refused(client, course, by, text):
    with pytest.raises(ValueError, match=r"Found|clocks skip"):
        read_moment(course, text)
    assert client.get(reverse("api:grades_at", args=[course.slug]), {"at": text}).status_code == 400
    assert client.get(reverse("grading:history_at", args=[course.slug]), {"at": text}).status_code == 422


def test_the_future_is_refused(client, course, by):
    tomorrow = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"

    assert client.get(reverse("api:grades_at", args=[course.slug]), {"at": tomorrow}).status_code == 400
    assert "still to come" in client.get(reverse("grading:history_at", args=[course.slug]), {"at": tomorrow}).content.decode()


def test_the_policy_is_that_of_the_moment(client, course, by):
    lived(course, by)
    with time_machine.travel(at(10), tick=False):
        set_policy(course=course, document=one_component(source="manual"), by=by)

    answer = client.get(reverse("api:grades_at", args=[course.slug]), {"at": "2021-10-06"}).json()
    assert (answer["policy_version"], answer["results"][0]["total_so_far"]) == (1, "90.0")
    answer = client.get(reverse("api:grades_at", args=[course.slug]), {"at": "2021-10-10"}).json()
    assert answer["policy_version"] == 2
    assert client.get(reverse("api:grades_at", args=[course.slug]), {"at": "2021-08-01"}).json()["policy_version"] == 0


def test_one_student_with_everything_it_came_from(client, course, by):
    student = lived(course, by)

    answer = client.get(reverse("api:grade_at", args=[course.slug, student.pk]), {"at": "2021-10-05"}).json()

    item = answer["components"][0]["items"][0]
    assert (item["points"], item["comment"], item["released"]) == ("8.00", "Good", True)
    assert len(answer["not_known"]) == 4
    page = client.get(reverse("grading:history_at", args=[course.slug]), {"at": "2021-10-07T09:00", "student": student.pk})
    assert "excused: illness" in page.content.decode()


def test_who_left_is_there_until_they_left(client, course, by):
    student = lived(course, by)
    with time_machine.travel(at(12), tick=False):
        change_enrollment(enrollment=student, role="student", section="", is_active=False)

    assert totals(client, course, at="2021-10-11") == ["50.0"]
    assert totals(client, course, at="2021-10-12") == []
    assert totals(client, course, at="2021-08-20") == []  # not enrolled yet
    gone = reverse("api:grade_at", args=[course.slug, student.pk])
    assert [client.get(gone, {"at": day}).status_code for day in ("2021-10-11", "2021-10-12")] == [200, 404]


def test_a_restored_review_counts_from_its_restoring(course, by):
    student = EnrollmentFactory(course=course, created_at=START)
    review = SubmittedReviewFactory(
        paper__course=course, paper__meeting__course=course, reviewer=student, version__submitted_at=at(1)
    )
    first = review.current
    review.current = ReviewVersionFactory(review=review, number=2, submitted_at=at(3), is_late=True)
    review.save()
    with time_machine.travel(at(5), tick=False):
        restore_version(version=first, by=by, current=2)

    def note(day):
        (item,) = grades_of(course, audience="staff", at=at(day))[student.pk].components[0].items
        return item.note

    assert [note(day) for day in (1, 3, 4, 5)] == ["handed in", "handed in late", "handed in late", "handed in"]
    assert Review.objects.get().current.number == 3


def test_the_page_shows_the_grid_and_says_what_it_cannot_know(client, course, by):
    student = lived(course, by)

    text = client.get(reverse("grading:history_at", args=[course.slug]), {"at": "2021-10-06T09:00"}).content.decode()

    assert "as of Wed 6 Oct 2021, 09:00" in text
    assert "Policy version 1 was in force" in text
    assert "90.0" in text
    assert "the team before that is not known" in text
    assert f"student={student.pk}" in text


def test_the_page_without_a_moment_asks_for_one(client, course, by):
    text = client.get(reverse("grading:history_at", args=[course.slug])).content.decode()

    assert "Name a moment" in text


@pytest.mark.parametrize("rows", [1, 3])
def test_past_gradebook_queries(client, course, by, django_assert_num_queries, rows):
    for place in range(rows):
        lived(course, by, name=f"Student {place}")

    with django_assert_num_queries(16):
        client.get(reverse("grading:history_at", args=[course.slug]), {"at": "2021-10-09"})
    with django_assert_num_queries(18):
        client.get(reverse("api:grades_at", args=[course.slug]), {"at": "2021-10-09"})


@pytest.mark.parametrize("rows", [1, 3])
def test_past_grade_queries(client, course, by, django_assert_num_queries, rows):
    student = [lived(course, by, name=f"Student {place}") for place in range(rows)][0]

    with django_assert_num_queries(16):
        client.get(reverse("api:grade_at", args=[course.slug, student.pk]), {"at": "2021-10-09"})
