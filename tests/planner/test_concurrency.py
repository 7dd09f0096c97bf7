"""Two ticks and two workers at once, on real connections."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection

from planner.actions import claim_reminders, plan_course_reminders
from planner.models import Reminder
from planner.tasks import send_reminder
from tests.factories import EnrollmentFactory, PaperFactory, ReminderFactory
from tests.planner.conftest import DUE

THREADS = 8


def at_once(work):
    """Run `work(number)` in threads that start together; what each returned."""
    barrier, results = threading.Barrier(THREADS), [None] * THREADS

    def run(number):
        try:
            barrier.wait(10)
            results[number] = work(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_worker_gets_the_claim(paper, student):
    reminder = ReminderFactory(enrollment=student, key="rammer", due_at=DUE, hours_before=3)

    results = at_once(lambda number: claim_reminders(reminders=[reminder]))

    assert sorted(results) == [False] * (THREADS - 1) + [True]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_name_two_papers_in_one_mail(paper, student):
    second = PaperFactory(course=paper.course, meeting=paper.meeting, key="roller")
    pks = [ReminderFactory(enrollment=student, key=each.key, due_at=DUE, hours_before=3).pk for each in (paper, second)]

    with time_machine.travel(DUE - timedelta(hours=2), tick=False):
        at_once(lambda number: send_reminder(pks[number % 2]))

    assert len(mail.outbox) == 1
    assert Reminder.objects.filter(sent_at=None).count() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ticks_and_workers_at_once_send_each_reminder_once(paper, student):
    students = [student] + [EnrollmentFactory(course=paper.course) for _ in range(9)]

    with time_machine.travel(DUE - timedelta(hours=20), tick=False):
        at_once(lambda number: plan_course_reminders(course=type(paper.course).objects.get(pk=paper.course_id)))
        at_once(lambda number: [send_reminder(pk) for pk in Reminder.objects.values_list("pk", flat=True)])

    assert sorted(message.to[0] for message in mail.outbox) == sorted(each.user.email for each in students)
    assert Reminder.objects.filter(sent_at=None).count() == 0
