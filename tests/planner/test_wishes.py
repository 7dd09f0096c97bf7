"""The reminder before wishes close, and its line among what a student owes."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from planner.models import Reminder
from planner.queries import to_do
from presentations.actions import save_wishes
from presentations.models import PresentationRules, Ranked
from tests.factories import EnrollmentFactory, MeetingFactory, PresentationRulesFactory, ReminderRulesFactory, SlotFactory
from tests.planner.test_tasks import tick

CLOSES = datetime(2021, 9, 1, 16, 0, tzinfo=UTC)


@pytest.fixture
def slot(course):
    ReminderRulesFactory(course=course, hours_before=[24, 3])
    PresentationRulesFactory(course=course, wishes_close_at=CLOSES)
    return SlotFactory(course=course, meeting=MeetingFactory(course=course, date=date(2021, 9, 16)))


def rank(student, slot):
    with time_machine.travel(CLOSES - timedelta(hours=30), tick=False):
        save_wishes(enrollment=student, ranked=[Ranked(slot_id=slot.pk)], revision=0)


def test_who_ranked_nothing_gets_one_mail_a_day_before(course, student, slot, django_capture_on_commit_callbacks):
    ranker = EnrollmentFactory(course=course)
    rank(ranker, slot)
    EnrollmentFactory(course=course, role="assistant")
    EnrollmentFactory(course=course, is_active=False)

    counts = []
    for left in (25, 24, 23, 3, 1, -1):
        tick(CLOSES - timedelta(hours=left), django_capture_on_commit_callbacks)
        counts.append(len(mail.outbox))

    assert counts == [0, 1, 1, 1, 1, 1]
    assert mail.outbox[0].to == [student.user.email]
    assert mail.outbox[0].subject == f"Wishes due in 24 h: Rank the presentations ({course.code})"
    assert reverse("presentations:wish_list", args=[course.slug]) in mail.outbox[0].body


def test_who_ranks_between_planning_and_sending_gets_none(student, slot, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks():
        tick(CLOSES - timedelta(hours=24), lambda execute: django_capture_on_commit_callbacks())
    rank(student, slot)
    Reminder.objects.update(queued_at=None)

    tick(CLOSES - timedelta(hours=23), django_capture_on_commit_callbacks)

    assert mail.outbox == []
    assert Reminder.objects.get().skip_reason == "already done"


def test_a_date_only_said_is_no_ranking(student, slot, django_capture_on_commit_callbacks):
    with time_machine.travel(CLOSES - timedelta(hours=30), tick=False):
        save_wishes(enrollment=student, ranked=[], away=[slot.meeting_id], revision=0)

    tick(CLOSES - timedelta(hours=24), django_capture_on_commit_callbacks)

    assert len(mail.outbox) == 1


@pytest.mark.parametrize("change", [{"wishes_close_at": None}, {"wishes_close_at": CLOSES + timedelta(days=9)}])
def test_no_mail_where_wishes_do_not_close(student, slot, change, django_capture_on_commit_callbacks):
    PresentationRules.objects.update(**change)

    tick(CLOSES - timedelta(hours=20), django_capture_on_commit_callbacks)

    assert mail.outbox == []


def test_no_mail_where_nothing_is_to_be_presented(student, slot, django_capture_on_commit_callbacks):
    slot.delete()

    tick(CLOSES - timedelta(hours=20), django_capture_on_commit_callbacks)

    assert mail.outbox == []


def test_home_asks_to_rank_until_wishes_close(client, course, student, slot):
    client.force_login(student.user)
    home = reverse("home:today", args=[course.slug])

    with time_machine.travel(CLOSES - timedelta(hours=30), tick=False):
        before = client.get(home).content.decode()
    rank(student, slot)
    with time_machine.travel(CLOSES - timedelta(hours=2), tick=False):
        ranked = [(each.kind, each.state.value) for each in to_do(student)]
    with time_machine.travel(CLOSES, tick=False):
        closed = to_do(student)

    assert before.count("Rank the presentations") >= 1
    assert "nothing ranked" in before
    assert (ranked, closed) == ([("wishes", "submitted")], [])
