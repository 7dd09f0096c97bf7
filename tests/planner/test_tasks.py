"""Reminders from the tick to the mailbox; Celery runs the tasks at once here."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from courses.models import Course
from planner.actions import claim_reminders, plan_course_reminders
from planner.models import Reminder, ReminderState
from planner.tasks import plan_reminders, send_reminder
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    MeetingFactory,
    MilestoneFactory,
    PaperFactory,
    ProjectRulesFactory,
    ReminderFactory,
    ReminderRulesFactory,
    ReviewFactory,
    ReviewRulesFactory,
    SubmittedReviewFactory,
)
from tests.planner.conftest import DUE


def tick(moment, capture):
    """One tick of beat at this moment, with what it queues."""
    with time_machine.travel(moment, tick=False), capture(execute=True):
        plan_reminders()


def states():
    return sorted((reminder.hours_before, reminder.state.value) for reminder in Reminder.objects.all())


def test_each_reminder_is_sent_once_at_its_time(paper, student, django_capture_on_commit_callbacks):
    counts = []
    for left in (25, 24, 23.9, 12, 3.1, 3, 2.9, 1, 0, -1):
        tick(DUE - timedelta(hours=left), django_capture_on_commit_callbacks)
        counts.append(len(mail.outbox))

    assert counts == [0, 1, 1, 1, 1, 2, 2, 2, 2, 2]
    assert [message.subject for message in mail.outbox] == [
        f"Review due in 24 h: Rammer ({paper.course.code})",
        f"Review due in 3 h: Rammer ({paper.course.code})",
    ]
    assert [message.to for message in mail.outbox] == [[student.user.email]] * 2


def test_after_a_downtime_only_the_nearest_is_sent(paper, student, django_capture_on_commit_callbacks):
    tick(DUE - timedelta(hours=2), django_capture_on_commit_callbacks)
    tick(DUE - timedelta(hours=1), django_capture_on_commit_callbacks)

    assert [message.subject.split(":")[0] for message in mail.outbox] == ["Review due in 2 h"]
    assert states() == [(3, "sent"), (24, "skipped")]


def test_a_student_who_comes_late_gets_only_the_nearest(paper, student, django_capture_on_commit_callbacks):
    tick(DUE - timedelta(hours=20), django_capture_on_commit_callbacks)
    late = EnrollmentFactory(course=paper.course)
    tick(DUE - timedelta(hours=2.5), django_capture_on_commit_callbacks)

    sent = sorted((message.to[0], message.subject.split(":")[0]) for message in mail.outbox)
    assert sent == sorted(
        [
            (student.user.email, "Review due in 20 h"),
            (student.user.email, "Review due in 2 h"),
            (late.user.email, "Review due in 2 h"),
        ]
    )


def test_a_new_rule_farther_from_the_deadline_sends_nothing_more(paper, student, rules, django_capture_on_commit_callbacks):
    tick(DUE - timedelta(hours=20), django_capture_on_commit_callbacks)
    rules.hours_before = [48]
    rules.save()
    tick(DUE - timedelta(hours=19), django_capture_on_commit_callbacks)

    assert len(mail.outbox) == 1
    assert states() == [(24, "sent"), (48, "skipped")]


def test_a_moved_deadline_is_a_new_one(paper, student, django_capture_on_commit_callbacks):
    tick(DUE - timedelta(hours=20), django_capture_on_commit_callbacks)
    paper.review_due_at = DUE + timedelta(days=7)
    paper.save()
    tick(DUE + timedelta(days=6, hours=1), django_capture_on_commit_callbacks)

    assert [reminder.due_at for reminder in Reminder.objects.order_by("due_at")] == [DUE, DUE + timedelta(days=7)]
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("who", ["submitted", "inactive", "assistant", "observer"])
def test_those_who_owe_nothing_get_none(paper, who, django_capture_on_commit_callbacks):
    role = who if who in ("assistant", "observer") else "student"
    enrollment = EnrollmentFactory(course=paper.course, role=role, is_active=who != "inactive")
    if who == "submitted":
        SubmittedReviewFactory(paper=paper, reviewer=enrollment)

    tick(DUE - timedelta(hours=2), django_capture_on_commit_callbacks)

    assert (len(mail.outbox), Reminder.objects.count()) == (0, 0)


def test_submitting_between_plan_and_mail_stops_the_mail(paper, student):
    reminder = ReminderFactory(enrollment=student, key="rammer", due_at=DUE, hours_before=3)
    SubmittedReviewFactory(paper=paper, reviewer=student)

    with time_machine.travel(DUE - timedelta(hours=2), tick=False):
        send_reminder(reminder.pk)

    reminder.refresh_from_db()
    assert (len(mail.outbox), reminder.state, reminder.skip_reason) == (0, ReminderState.SKIPPED, "already done")


def test_sending_twice_sends_once(paper, student):
    reminder = ReminderFactory(enrollment=student, key="rammer", due_at=DUE, hours_before=3)

    with time_machine.travel(DUE - timedelta(hours=2), tick=False):
        send_reminder(reminder.pk)
        send_reminder(reminder.pk)

    assert len(mail.outbox) == 1


def test_what_a_dead_worker_had_claimed_is_not_sent_again(paper, student, django_capture_on_commit_callbacks):
    claimed_at = DUE - timedelta(hours=2.9)
    reminder = ReminderFactory(enrollment=student, key="rammer", due_at=DUE, hours_before=3, claimed_at=claimed_at)

    tick(DUE - timedelta(hours=2), django_capture_on_commit_callbacks)

    reminder.refresh_from_db()
    with time_machine.travel(DUE - timedelta(hours=2), tick=False):
        assert (len(mail.outbox), reminder.state) == (0, ReminderState.UNCONFIRMED)


def test_a_lost_message_is_queued_again(paper, student, django_capture_on_commit_callbacks):
    queued_at = DUE - timedelta(hours=2.9)
    ReminderFactory(enrollment=student, key="rammer", due_at=DUE, hours_before=3, queued_at=queued_at)

    tick(queued_at + timedelta(minutes=1), django_capture_on_commit_callbacks)
    soon = len(mail.outbox)
    tick(queued_at + timedelta(minutes=11), django_capture_on_commit_callbacks)

    assert (soon, len(mail.outbox)) == (0, 1)


def test_courses_without_reminders_send_none(paper, student, rules, django_capture_on_commit_callbacks):
    rules.hours_before = []
    rules.save()

    tick(DUE - timedelta(hours=2), django_capture_on_commit_callbacks)

    assert (len(mail.outbox), Reminder.objects.count()) == (0, 0)


def test_a_course_reminds_its_own_students_only(paper, student, django_capture_on_commit_callbacks):
    EnrollmentFactory(course=CourseFactory())

    tick(DUE - timedelta(hours=2), django_capture_on_commit_callbacks)

    assert [message.to for message in mail.outbox] == [[student.user.email]]


def test_reminder_says_what_where_and_by_when(paper, student):
    ReviewFactory(paper=paper, reviewer=student, words=143)
    other = EnrollmentFactory(course=paper.course)
    SubmittedReviewFactory(paper=paper, reviewer=other, words=999)
    reminder = ReminderFactory(enrollment=student, key="rammer", due_at=DUE, hours_before=3)

    with time_machine.travel(DUE - timedelta(hours=3), tick=False):
        send_reminder(reminder.pk)

    (message,) = mail.outbox
    course = paper.course
    assert message.body == (
        f"Dear {student.user.name},\n\n"
        "your review of “Rammer” is due in 3 h:\n"
        "Wednesday 1 September 2021 at 23:59 (America/New_York).\n\n"
        "So far: a draft of 143 words, not submitted.\n\n"
        "Continue here:\n"
        f"http://testserver/c/{course.slug}/papers/rammer/review/\n\n"
        "After the deadline it is taken as late until Thursday 2 September 2021 at 00:59.\n\n"
        f"{course.code} ML and Systems reminds those who still owe work; once it is in, no further mail comes about it.\n"
    )
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


@pytest.fixture
def second_paper(paper):
    """Due with the first."""
    return PaperFactory(course=paper.course, meeting=paper.meeting, key="roller", title="Roller")


def test_two_papers_due_together_are_one_mail_each_time(paper, second_paper, student, django_capture_on_commit_callbacks):
    for left in (24, 23.9, 3, 2.9):
        tick(DUE - timedelta(hours=left), django_capture_on_commit_callbacks)

    assert [message.subject for message in mail.outbox] == [
        f"2 reviews due in 24 h: Rammer, Roller ({paper.course.code})",
        f"2 reviews due in 3 h: Rammer, Roller ({paper.course.code})",
    ]
    assert states() == [(3, "sent"), (3, "sent"), (24, "sent"), (24, "sent")]


def test_mail_about_two_names_only_what_is_still_owed(paper, second_paper, student):
    waiting = [ReminderFactory(enrollment=student, key=key, due_at=DUE, hours_before=3) for key in ("rammer", "roller")]
    SubmittedReviewFactory(paper=paper, reviewer=student)

    with time_machine.travel(DUE - timedelta(hours=2), tick=False):
        send_reminder(waiting[0].pk)

    assert [message.subject.split(" (")[0] for message in mail.outbox] == ["Review due in 2 h: Roller"]
    assert states() == [(3, "sent"), (3, "skipped")]


def test_paper_that_another_worker_has_claimed_is_left_to_it(paper, second_paper, student):
    claimed_at = DUE - timedelta(hours=2)
    ReminderFactory(enrollment=student, key="rammer", due_at=DUE, hours_before=3, claimed_at=claimed_at)
    waiting = ReminderFactory(enrollment=student, key="roller", due_at=DUE, hours_before=3)

    with time_machine.travel(claimed_at, tick=False):
        send_reminder(waiting.pk)

    assert [message.subject.split(" (")[0] for message in mail.outbox] == ["Review due in 2 h: Roller"]


def test_claim_on_two_takes_both_or_none(paper, student):
    claimed_at = DUE - timedelta(hours=2)
    free = ReminderFactory(enrollment=student, key="rammer", due_at=DUE, hours_before=3)
    taken = ReminderFactory(enrollment=student, key="roller", due_at=DUE, hours_before=3, claimed_at=claimed_at)

    assert claim_reminders(reminders=[free, taken]) is False

    free.refresh_from_db()
    assert free.claimed_at is None


def test_mail_about_two_says_each_state_and_link(course, paper, student):
    ProjectRulesFactory(course=course)
    MilestoneFactory(course=course, key="proposal", title="Proposal", due_at=DUE)
    ReviewFactory(paper=paper, reviewer=student, words=143)
    first = ReminderFactory(enrollment=student, key="rammer", due_at=DUE, hours_before=3)
    ReminderFactory(enrollment=student, kind="milestone", key="proposal", due_at=DUE, hours_before=3)

    with time_machine.travel(DUE - timedelta(hours=3), tick=False):
        send_reminder(first.pk)

    (message,) = mail.outbox
    assert message.subject == f"2 things due in 3 h: Rammer, Proposal ({course.code})"
    assert message.body == (
        f"Dear {student.user.name},\n\n"
        "this is due in 3 h, on Wednesday 1 September 2021 at 23:59 (America/New_York):\n\n"
        "- Your review of “Rammer”\n"
        "  So far: a draft of 143 words, not submitted. "
        "After the deadline it is taken as late until Thursday 2 September 2021 at 00:59.\n"
        f"  http://testserver/c/{course.slug}/papers/rammer/review/\n\n"
        "- Your team's hand-in for “Proposal”\n"
        "  So far: nothing yet.\n"
        f"  http://testserver/c/{course.slug}/project/\n\n"
        f"{course.code} ML and Systems reminds those who still owe work; once it is in, no further mail comes about it.\n"
    )


def test_milestones_are_reminded_of(course, student, django_capture_on_commit_callbacks):
    ReminderRulesFactory(course=course)
    ProjectRulesFactory(course=course)
    MilestoneFactory(course=course, title="Proposal", due_at=DUE)

    tick(DUE - timedelta(hours=23.9), django_capture_on_commit_callbacks)

    assert [message.subject for message in mail.outbox] == [f"Project hand-in due in 24 h: Proposal ({course.code})"]


@pytest.mark.parametrize(
    ("day", "due"),
    [
        # New York's clocks go back in the night to Sunday 7 November 2021, and forward on 14 March 2021.
        (date(2021, 11, 8), datetime(2021, 11, 8, 4, 59, tzinfo=UTC)),
        (date(2021, 11, 7), datetime(2021, 11, 7, 3, 59, tzinfo=UTC)),
        (date(2021, 3, 15), datetime(2021, 3, 15, 3, 59, tzinfo=UTC)),
        (date(2021, 3, 14), datetime(2021, 3, 14, 4, 59, tzinfo=UTC)),
    ],
)
def test_reminders_keep_the_courses_clock_when_it_changes(db, day, due, django_capture_on_commit_callbacks):
    course = CourseFactory(time_zone="America/New_York", starts_on=date(2021, 1, 1))
    ReviewRulesFactory(course=course)
    ReminderRulesFactory(course=course, hours_before=[24])
    PaperFactory(course=course, meeting=MeetingFactory(course=course, date=day))
    EnrollmentFactory(course=course)

    tick(due - timedelta(hours=24, seconds=1), django_capture_on_commit_callbacks)
    before = len(mail.outbox)
    tick(due - timedelta(hours=24), django_capture_on_commit_callbacks)

    assert (before, len(mail.outbox)) == (0, 1)
    assert "at 23:59 (America/New_York)" in mail.outbox[0].body


def test_planning_asks_as_often_for_three_students_as_for_one(paper, student, django_assert_num_queries):
    course = Course.objects.get(pk=paper.course_id)
    with time_machine.travel(DUE - timedelta(hours=2), tick=False):
        with django_assert_num_queries(15):
            plan_course_reminders(course=course)
        for _ in range(2):
            EnrollmentFactory(course=course)
        course = Course.objects.get(pk=paper.course_id)
        with django_assert_num_queries(15):
            plan_course_reminders(course=course)
