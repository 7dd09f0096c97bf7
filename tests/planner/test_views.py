from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from planner.models import HANDING_OVER, Reminder, ReminderState
from tests.factories import CourseFactory, EnrollmentFactory, ReminderFactory
from tests.planner.conftest import DUE

NOW = DUE - timedelta(hours=5)
STATES = {
    ReminderState.PLANNED: {},
    ReminderState.SENDING: {"claimed_at": NOW - timedelta(seconds=5)},
    ReminderState.UNCONFIRMED: {"claimed_at": NOW - HANDING_OVER},
    ReminderState.FAILED: {"error": "The mail server refused it: 450"},
    ReminderState.SENT: {"claimed_at": NOW - timedelta(hours=1), "sent_at": NOW - timedelta(hours=1)},
    ReminderState.SKIPPED: {"skipped_at": NOW, "skip_reason": "already done"},
}


@pytest.fixture
def one_of_each(paper):
    return {
        state: ReminderFactory(enrollment=EnrollmentFactory(course=paper.course), due_at=DUE, **moments)
        for state, moments in STATES.items()
    }


@pytest.fixture
def shown(client, instructor):
    """The page, as the instructor gets it at NOW."""
    client.force_login(instructor.user)

    def show(**query):
        with time_machine.travel(NOW, tick=False):
            return client.get(reverse("planner:reminder_list", args=[instructor.course.slug]), query)

    return show


@pytest.mark.parametrize("state", list(ReminderState))
def test_set_and_row_agree_about_the_state(one_of_each, state):
    in_state = list(Reminder.objects.in_state(state, NOW))

    assert in_state == [one_of_each[state]]
    assert one_of_each[state].state_at(NOW) == state


def test_doubt_of_the_connection_shows_at_once(paper, student):
    reminder = ReminderFactory(enrollment=student, claimed_at=NOW, error="The connection to the mail server broke")

    assert reminder.state_at(NOW) == ReminderState.UNCONFIRMED
    assert list(Reminder.objects.in_state(ReminderState.UNCONFIRMED, NOW)) == [reminder]


def test_reminder_list_filters_by_state(one_of_each, shown):
    response = shown(state="sent")

    assert list(response.context["page"]) == [one_of_each[ReminderState.SENT]]


def test_reminder_list_takes_an_unknown_state_for_all(one_of_each, shown):
    assert len(shown(state="nonsense", page="x").context["page"]) == len(STATES)


def test_reminder_list_says_what_may_not_have_left(one_of_each, shown):
    assert "1 reminder may not have left" in " ".join(shown().content.decode().split())


def test_reminder_list_shows_what_comes_next(paper, student, shown):
    assert [(coming.hours_before, coming.students) for coming in shown().context["coming"]] == [(3, 1)]


def test_reminder_list_is_of_one_course(paper, shown):
    ReminderFactory(enrollment=EnrollmentFactory(course=CourseFactory()))

    assert list(shown().context["page"]) == []


def test_reminder_list_answers_htmx_with_the_fragment(one_of_each, client, instructor):
    client.force_login(instructor.user)

    response = client.get(reverse("planner:reminder_list", args=[instructor.course.slug]), headers={"HX-Request": "true"})

    assert [template.name for template in response.templates][0] == "planner/_reminders.html"


def test_reminder_list_asks_as_often_for_three_as_for_one(paper, shown, django_assert_num_queries):
    ReminderFactory(enrollment=EnrollmentFactory(course=paper.course))
    with django_assert_num_queries(15):
        shown()
    for _ in range(2):
        ReminderFactory(enrollment=EnrollmentFactory(course=paper.course))
    with django_assert_num_queries(15):
        shown()
