"""Reminders through a real broker and real worker processes, in the real time of the clock on the wall."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from email import message_from_string
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone

from planner.models import Reminder
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    PaperFactory,
    ReminderFactory,
    ReminderRulesFactory,
    ReviewRulesFactory,
    SubmittedReviewFactory,
)

pytestmark = [
    pytest.mark.postgres,  # a worker in another process cannot see a test's database in memory
    pytest.mark.redis,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("worker"),
]
WITHIN = 60  # seconds


@pytest.fixture(autouse=True)
def broker():
    """Send to the broker instead of running at once, as other tests do."""
    current_app.conf.task_always_eager = False
    yield
    current_app.conf.task_always_eager = True
    current_app.control.purge()


@pytest.fixture
def mailbox() -> Path:
    folder = Path(settings.VAR_DIR) / "mail"
    for file in folder.glob("*.log"):
        file.unlink()
    return folder


@pytest.fixture
def owed(course):
    """A paper whose review is due in two hours: the reminder of 3 h before is the one to send."""
    ReviewRulesFactory(course=course)
    ReminderRulesFactory(course=course, hours_before=[24, 3])
    meeting = MeetingFactory(course=course, date=timezone.now().date() + timedelta(days=1))
    return PaperFactory(course=course, meeting=meeting, review_due_at=timezone.now() + timedelta(hours=2))


@contextmanager
def worker(name: str):
    """A Celery worker on this test's database and broker."""
    user, host, port = (connection.settings_dict[key] for key in ("USER", "HOST", "PORT"))
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{user}@{host}:{port or 5432}/{connection.settings_dict['NAME']}",
        "VAR_DIR": str(settings.VAR_DIR),
    }
    command = [sys.executable, "-m", "celery", "-A", "courseportal", "--quiet", "worker"]
    options = ["-Q", "work,ticks", "-c", "2", "-n", f"{name}@%h", "-l", "WARNING", "--without-gossip", "--without-mingle"]
    process = subprocess.Popen([*command, *options], env=environment, cwd=settings.BASE_DIR)
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()
        process.wait()


def recipients(mailbox: Path) -> list[str]:
    return sorted(message_from_string(file.read_text())["To"] for file in mailbox.glob("*.log"))


def wait_until(is_done) -> None:
    until = time.monotonic() + WITHIN
    while not is_done() and time.monotonic() < until:
        time.sleep(0.2)


def tick(times: int) -> None:
    for _ in range(times):
        current_app.send_task("planner.tasks.plan_reminders")


def all_sent(count: int) -> bool:
    return Reminder.objects.filter(sent_at__isnull=False).count() == count


def test_two_workers_and_many_ticks_remind_each_student_once(course, owed, mailbox):
    students = EnrollmentFactory.create_batch(5, course=course)
    SubmittedReviewFactory(course=course, paper=owed, reviewer=students[0])

    with worker("one"), worker("two"):
        tick(times=5)
        wait_until(lambda: all_sent(4))
        tick(times=5)
        time.sleep(3)

    assert recipients(mailbox) == sorted(student.user.email for student in students[1:])


def test_a_reminder_left_in_the_queue_by_a_killed_worker_is_sent_once(course, owed, student, mailbox):
    reminder = ReminderFactory(enrollment=student, kind="review", key=owed.key, due_at=owed.review_due_at, hours_before=3)

    def queue():
        current_app.send_task("planner.tasks.send_reminder", args=[reminder.pk])

    queue()
    with worker("doomed") as doomed:
        wait_until(lambda: all_sent(1))
        queue()
        doomed.kill()
    queue()
    with worker("next"):
        time.sleep(8)

    assert recipients(mailbox) == [student.user.email]
