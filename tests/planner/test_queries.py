from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from planner import queries
from planner.queries import ComingReminder, coming_reminders, next_owed, to_do
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    MilestoneFactory,
    PaperFactory,
    ParticipationRulesFactory,
    ProjectRulesFactory,
    ReminderFactory,
    ReviewFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
    SubmittedReviewFactory,
)
from tests.planner.conftest import DUE


@pytest.fixture
def everything(course, paper):
    ParticipationRulesFactory(course=course)
    ProjectRulesFactory(course=course)
    MilestoneFactory(course=course, key="proposal", title="Proposal", due_at=DUE - timedelta(hours=1), max_points=Decimal(10))
    return paper


def test_to_do_joins_the_features_by_deadline(everything, student):
    with time_machine.travel(DUE + timedelta(hours=10), tick=False):  # in class
        found = [(deadline.kind, deadline.key) for deadline in to_do(student)]

    assert found == [
        ("milestone", "proposal"),
        ("review", "rammer"),
        ("participation", everything.meeting.key),
    ]


@pytest.mark.parametrize("role", ["assistant", "instructor", "observer"])
def test_to_do_is_empty_for_others(everything, course, role):
    assert to_do(EnrollmentFactory(course=course, role=role)) == []


def test_to_do_asks_as_often_for_three_papers_as_for_one(everything, student, django_assert_num_queries):
    student.refresh_from_db()
    with time_machine.travel(DUE, tick=False):
        with django_assert_num_queries(12):
            to_do(student)
        for _ in range(2):
            PaperFactory(course=student.course, meeting=everything.meeting)
            MilestoneFactory(course=student.course, due_at=DUE)
        student.refresh_from_db()
        with django_assert_num_queries(12):
            to_do(student)


def test_next_owed_leaves_out_what_is_done_and_what_has_passed(course, paper, student):
    later = PaperFactory(course=course, meeting=MeetingFactory(course=course, date=date(2021, 9, 9)), key="later")
    SubmittedReviewFactory(paper=paper, reviewer=student)
    with time_machine.travel(DUE - timedelta(hours=1), tick=False):
        found = next_owed([student])

    assert {key: deadline.key for key, deadline in found.items()} == {student.pk: later.key}


def test_coming_reminders_are_those_of_the_next_week(course, paper, student):
    with time_machine.travel(DUE - timedelta(days=3), tick=False) as traveller:
        coming = coming_reminders(course, DUE - timedelta(days=3))
        traveller.move_to(DUE - timedelta(hours=5))
        nearer = coming_reminders(course, DUE - timedelta(hours=5))

    day_before = ComingReminder(DUE - timedelta(hours=24), 24, "review", "rammer", "Rammer", DUE, 1)
    hours_before = ComingReminder(DUE - timedelta(hours=3), 3, "review", "rammer", "Rammer", DUE, 1)
    assert (coming, nearer) == ([day_before, hours_before], [hours_before])


def test_a_reminder_of_a_talk_comes_as_many_hours_before_it_when_the_clocks_change_between(course, student, rules):
    """In New York they were set back on Sunday 7 November 2021."""
    slot = SlotFactory(course=course, meeting=MeetingFactory(course=course, date=date(2021, 11, 9)))
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=student)
    now = datetime(2021, 11, 1, 12, 0, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        (coming,) = [reminder for reminder in coming_reminders(course, now) if reminder.kind == "presentation"]

    assert (coming.sends_at, coming.hours_before) == (datetime(2021, 11, 2, 13, 30, tzinfo=UTC), 168)


def test_coming_reminders_are_none_without_rules(course, student):
    assert coming_reminders(course, DUE) == []


CHECKS = [
    ("owed", 24, timedelta(hours=20), ""),
    ("owed", 3, timedelta(hours=2), ""),
    ("owed", 24, timedelta(hours=2), "a nearer reminder takes its place"),
    ("owed", 6, timedelta(hours=5), "a nearer reminder takes its place"),
    ("owed", 24, timedelta(minutes=-1), "the deadline has passed"),
    ("owed", 24, timedelta(days=-1), "the deadline has passed"),
    ("owed", 3, timedelta(hours=30), "the course's rules changed"),
    ("draft", 24, timedelta(hours=20), ""),
    ("submitted", 24, timedelta(hours=20), "already done"),
    ("enough submitted", 24, timedelta(hours=20), "no longer required"),
    ("moved", 24, timedelta(hours=20), "the deadline moved"),
    ("paper gone", 24, timedelta(hours=20), "no longer asked for"),
    ("left", 24, timedelta(hours=20), "no longer in the course"),
    ("account closed", 24, timedelta(hours=20), "no longer in the course"),
]


@pytest.mark.parametrize(("case", "hours", "left", "reason"), CHECKS)
def test_check_says_why_a_reminder_is_not_sent(course, paper, student, case, hours, left, reason):
    reminder = ReminderFactory(enrollment=student, key="rammer", due_at=DUE, hours_before=hours)
    arrange(case, paper, student)

    with time_machine.travel(DUE - left, tick=False):
        [(_, _, found)] = queries.checks_of([reminder], DUE - left)

    assert found == reason


def arrange(case, paper, student):
    if case == "draft":
        ReviewFactory(paper=paper, reviewer=student)
    elif case == "submitted":
        SubmittedReviewFactory(paper=paper, reviewer=student)
    elif case == "enough submitted":
        rules = student.course.review_rules
        rules.required_count = 1
        rules.save()
        SubmittedReviewFactory(paper=PaperFactory(course=student.course), reviewer=student)
    elif case == "moved":
        paper.review_due_at = DUE + timedelta(days=1)
        paper.save()
    elif case == "paper gone":
        paper.delete()
    elif case == "left":
        student.is_active = False
        student.save()
    elif case == "account closed":
        student.user.is_active = False
        student.user.save()
