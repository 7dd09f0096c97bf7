"""A change that puts a deadline into the past is told before it is made, with the people whom it catches."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from coursefile.facts import facts_of
from coursefile.load import load_course
from coursefile.overdue import overdue_warnings
from coursefile.snapshot import document_of
from tests.coursefile.files import MEETING_ONE, RAMMER, small
from tests.factories import EnrollmentFactory, ReviewFactory, SubmittedReviewFactory, UserFactory

# In the example the review of Rammer is due on 1 September, that of TVM on 6 September at 23:59 in New York.
NOW = datetime(2021, 9, 4, 12, 0, tzinfo=UTC)
MOVED = ('key = "two"\ndate = 2021-09-07', 'key = "two"\ndate = 2021-09-03')


@pytest.fixture
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def students(small_course):
    people = [EnrollmentFactory(course=small_course, user=UserFactory(name=name)) for name in ("Ada", "Bob", "Cy")]
    EnrollmentFactory(course=small_course, user=UserFactory(name="Gone"), is_active=False)
    tvm = small_course.papers.get(key="tvm")
    SubmittedReviewFactory(paper=tvm, reviewer=people[0])
    ReviewFactory(paper=tvm, reviewer=people[1])
    return people


def warnings(text: str, author) -> list[str]:
    plan = load_course(text, by=author, dry_run=True)
    return [warning.message for warning in plan.warnings]


def test_moved_meeting_names_who_would_be_missing(now, students, author):
    assert warnings(small(MOVED), author) == [
        "Review of paper tvm would be due on 2021-09-02 at 23:59, which has passed. "
        "Not handed in by 2 students, who would be counted as missing: Bob and Cy."
    ]


def test_changed_rule_with_grace_names_who_would_be_late(now, students, author):
    text = small(("[reviews]", "[reviews]\ndue_days_before = 4\ngrace_minutes = 1440"))

    assert warnings(text, author) == [
        "Review of paper tvm would be due on 2021-09-03 at 23:59, which has passed. "
        "Not handed in by 2 students, who would be counted as late from now on: Bob and Cy."
    ]


def test_shortened_grace_that_is_over_is_told(students, author, time_machine):
    load_course(small(("[reviews]", "[reviews]\ngrace_minutes = 1440")), by=author)
    time_machine.move_to(datetime(2021, 9, 7, 12, 0, tzinfo=UTC), tick=False)

    assert warnings(small(), author) == [
        "Review of paper tvm would be due on 2021-09-06 at 23:59, which has passed. "
        "Not handed in by 2 students, who would be counted as missing: Bob and Cy."
    ]


def test_deadline_of_which_nobody_is_caught_says_so(now, small_course, author):
    SubmittedReviewFactory(paper=small_course.papers.get(key="tvm"), reviewer=EnrollmentFactory(course=small_course))

    assert warnings(small(MOVED), author) == [
        "Review of paper tvm would be due on 2021-09-02 at 23:59, which has passed; nobody still owes it."
    ]


def test_new_paper_that_is_due_already_is_told(now, students, author):
    text = small((MEETING_ONE + RAMMER, MEETING_ONE + RAMMER + RAMMER.replace("ammer", "oller")))

    assert warnings(text, author) == [
        "Review of paper roller would be due on 2021-09-01 at 23:59, which has passed: nobody could hand it in at all."
    ]


def test_milestone_put_into_the_past_is_told(now, students, author):
    assert warnings(small(("due_at = 2021-12-07T23:59:00", "due_at = 2021-09-03T23:59:00")), author) == [
        "Milestone report would be due on 2021-09-03 at 23:59, which has passed. "
        "Not handed in by 3 students, who would be counted as missing: Ada, Bob and Cy."
    ]


def test_what_was_due_before_and_what_is_still_to_come_is_not_told(now, students, author):
    moved = (MOVED[0], 'key = "two"\ndate = 2021-09-08')

    assert warnings(small(moved, ("date = 2021-09-02", "date = 2021-09-01")), author) == []


def test_the_preview_on_the_web_says_it(now, students, author, client):
    client.force_login(author)

    response = client.post(reverse("coursefile:course_edit", args=["small"]), {"text": small(MOVED)})

    assert "Not handed in by 2 students, who would be counted as missing: Bob and Cy." in response.content.decode()


def test_nothing_in_the_past_costs_no_query(now, students, author, django_assert_num_queries):
    course = students[0].course
    facts = facts_of(document_of(course))

    with django_assert_num_queries(0):
        assert overdue_warnings(course, facts, facts) == []
