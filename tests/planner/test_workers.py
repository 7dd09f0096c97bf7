"""Real Celery workers on Redis and PostgreSQL, killed while mail is leaving."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from django.utils import timezone
from redis import Redis

from courses.models import Course
from planner.models import Reminder
from tests.factories import EnrollmentFactory, MeetingFactory, PaperFactory, ReminderRulesFactory, ReviewRulesFactory

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.django_db(transaction=True)]

STUDENTS = 8


class MailServer(threading.Thread):
    """Counts the mails it was given; those after the first `answers` wait for an answer until `release`."""

    def __init__(self, answers):
        super().__init__(daemon=True)
        self.received = []
        self.answers = threading.Semaphore(answers)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        # A worker that is killed breaks its connections off.
        with suppress(OSError), connection, connection.makefile("rw", newline="\r\n") as lines:
            print("220 test ESMTP", file=lines, flush=True)
            recipient = ""
            while line := lines.readline().strip():
                command = line[:4].upper()
                recipient = line[9:-1] if command == "RCPT" else recipient
                if command == "DATA":
                    self.take(lines, recipient)
                print("221 bye" if command == "QUIT" else "250 ok", file=lines, flush=True)

    def take(self, lines, recipient):
        print("354 go on", file=lines, flush=True)
        for _ in iter(lines.readline, ".\r\n"):
            pass
        self.received.append(recipient)
        self.answers.acquire()

    def release(self):
        self.answers.release(1000)

    def close(self):
        self.release()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.join(5)


@pytest.fixture
def mail_server():
    server = MailServer(answers=2)
    server.start()
    yield server
    server.close()


@pytest.fixture
def broker():
    """(address, prefix of its keys): a database of its own on the server that REDIS_URL names."""
    return urlunsplit(urlsplit(settings.REDIS_URL)._replace(path="/5")), f"test-{secrets.token_hex(4)}-"


@pytest.fixture
def start_worker(broker, queues, mail_server, tmp_path):
    """Start worker processes on the test's database; each is killed at the end if the test has not done it."""
    database = connection.settings_dict
    address = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT'] or 5432}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{address}/{database['NAME']}",
        "REDIS_URL": broker[0],
        "TEST_KEY_PREFIX": broker[1],
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
        "VAR_DIR": str(tmp_path),
    }
    workers = []

    def start():
        command = [sys.executable, "-m", "celery", "-A", "tests.planner.worker", "worker", "-Q", "work,ticks", "-c", "2"]
        command += ["-n", f"{secrets.token_hex(4)}@test", "--without-gossip", "--without-mingle", "-l", "WARNING"]
        worker = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, start_new_session=True)
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        kill(worker)


@pytest.fixture
def queues(broker):
    """Queue tasks by name, and see what is left of them."""
    address, prefix = broker
    with Queues(address, prefix) as opened:
        yield opened


class Queues:
    def __init__(self, address, prefix):
        self.prefix = prefix
        self.celery = Celery(broker=address, set_as_current=False)
        self.celery.conf.broker_transport_options = {"global_keyprefix": prefix}
        self.redis = Redis.from_url(address)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for key in self.redis.keys(f"{self.prefix}*"):
            self.redis.delete(key)
        self.redis.close()
        self.celery.close()

    def tick(self):
        self.celery.send_task("planner.tasks.plan_reminders", queue="ticks")

    def send(self, pk):
        self.celery.send_task("planner.tasks.send_reminder", args=[pk], queue="work")

    def are_done(self) -> bool:
        """Nothing waits and nothing is unacknowledged: a killed worker's tasks were delivered again and done with."""
        waiting = (self.redis.llen(f"{self.prefix}{queue}") for queue in ("work", "ticks"))
        return not any([self.redis.hlen(f"{self.prefix}unacked"), *waiting])


def kill(worker):
    """SIGKILL to the worker and its children, as a power cut would."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(10)


def wait_until(holds, *, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


def reminded_course() -> Course:
    course = Course.objects.get(pk=ReviewRulesFactory().course_id)
    ReminderRulesFactory(course=course, hours_before=[24, 3])
    due_at = timezone.now() + timedelta(hours=2, minutes=30)
    PaperFactory(course=course, meeting=MeetingFactory(course=course, date=due_at.date()), review_due_at=due_at)
    for _ in range(STUDENTS):
        EnrollmentFactory(course=course)
    return course


def test_killed_workers_and_repeated_ticks_send_none_twice(mail_server, queues, start_worker):
    course = reminded_course()
    first = start_worker()
    for _ in range(3):
        queues.tick()
    # Two mails are through; the worker's two processes have handed over one more each and wait for the answer.
    wait_until(lambda: len(mail_server.received) == 4)
    wait_until(lambda: Reminder.objects.filter(sent_at__isnull=False).count() == 2)
    kill(first)
    assert not queues.are_done()
    in_doubt = set(Reminder.objects.filter(claimed_at__isnull=False, sent_at=None).values_list("pk", flat=True))

    mail_server.release()
    start_worker()
    start_worker()
    for pk in Reminder.objects.filter(skipped_at=None).values_list("pk", flat=True):
        queues.send(pk)
    for _ in range(3):
        queues.tick()
    wait_until(lambda: Reminder.objects.filter(sent_at__isnull=False).count() == STUDENTS - 2)
    wait_until(queues.are_done)

    students = course.enrollments.values_list("user__email", flat=True)
    assert Counter(mail_server.received) == Counter(students)
    assert len(in_doubt) == 2
    assert set(Reminder.objects.filter(skipped_at=None, sent_at=None).values_list("pk", flat=True)) == in_doubt
