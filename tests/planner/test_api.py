from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from tests.factories import CourseFactory, EnrollmentFactory, PaperFactory, ReminderFactory, ReviewFactory, TokenFactory
from tests.planner.conftest import DUE


def get(client, name, course, secret=None, **query):
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    with time_machine.travel(DUE - timedelta(hours=5), tick=False):
        return client.get(reverse(f"api:{name}", args=[course.slug]), query, headers=headers)


def token_of(enrollment, *scopes):
    TokenFactory(user=enrollment.user, scopes=list(scopes), secret="cp_test")
    return "cp_test"


def test_deadline_list_is_the_callers_own(client, paper, student):
    ReviewFactory(paper=paper, reviewer=student, words=143)
    ReviewFactory(paper=paper, words=7)

    response = get(client, "deadline_list", paper.course, token_of(student, "course:read"))

    assert response.json() == [
        {
            "kind": "review",
            "key": "rammer",
            "title": "Rammer",
            "due_at": "2021-09-02T03:59:00Z",
            "opens_at": None,
            "closes_at": "2021-09-02T04:59:00Z",
            "state": "draft",
            "is_required": True,
            "is_owed": True,
            "words": 143,
            "url": f"http://testserver/c/{paper.course.slug}/papers/rammer/review/",
        }
    ]


def test_deadline_list_needs_its_scope(client, paper, student):
    assert get(client, "deadline_list", paper.course, token_of(student, "grades:read")).status_code == 403


def test_reminder_list_gives_one_course_and_its_states(client, paper, student, instructor):
    reminder = ReminderFactory(enrollment=student, due_at=DUE, skipped_at=DUE, skip_reason="already done")
    ReminderFactory(enrollment=EnrollmentFactory(course=CourseFactory()))

    response = get(client, "reminder_list", paper.course, token_of(instructor, "course:read"))

    (found,) = response.json()["results"]
    assert (found["id"], found["email"], found["state"], found["skip_reason"]) == (
        reminder.pk,
        student.user.email,
        "skipped",
        "already done",
    )


@pytest.mark.parametrize(("state", "count"), [("planned", 1), ("sent", 0)])
def test_reminder_list_filters_by_state(client, paper, student, instructor, state, count):
    ReminderFactory(enrollment=student)

    response = get(client, "reminder_list", paper.course, token_of(instructor, "course:read"), state=state)

    assert len(response.json()["results"]) == count


def test_reminder_list_names_the_states_it_knows(client, paper, instructor):
    response = get(client, "reminder_list", paper.course, token_of(instructor, "course:read"), state="lost")

    expected = "Expected one of planned, sending, failed, unconfirmed, sent, skipped; found lost."
    assert (response.status_code, response.json()["errors"]) == (400, {"state": [expected]})


def test_reminder_coming_counts_who_owes(client, paper, student, instructor):
    EnrollmentFactory(course=paper.course)

    response = get(client, "reminder_coming", paper.course, token_of(instructor, "course:read"))

    assert response.json() == [
        {
            "sends_at": "2021-09-02T00:59:00Z",
            "hours_before": 3,
            "kind": "review",
            "key": "rammer",
            "title": "Rammer",
            "due_at": "2021-09-02T03:59:00Z",
            "students": 2,
        }
    ]


def test_lists_ask_as_often_for_three_as_for_one(client, paper, student, instructor, django_assert_num_queries):
    client.force_login(instructor.user)
    ReminderFactory(enrollment=student)
    with django_assert_num_queries(4):
        get(client, "reminder_list", paper.course)
    for _ in range(2):
        ReminderFactory(enrollment=EnrollmentFactory(course=paper.course))
    with django_assert_num_queries(4):
        get(client, "reminder_list", paper.course)

    client.force_login(student.user)
    with django_assert_num_queries(10):
        get(client, "deadline_list", paper.course)
    for _ in range(2):
        PaperFactory(course=paper.course, meeting=paper.meeting)
    with django_assert_num_queries(10):
        get(client, "deadline_list", paper.course)
