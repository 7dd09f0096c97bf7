"""A worker that is killed in the middle of a release at a date: nothing is half released, and the next tick does it once."""

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from courses.models import Enrollment
from grading.actions import set_mark
from grading.models import Mark, MarkChange, ScheduledRelease
from grading.tasks import release_at_date, release_what_is_due
from tests.factories import EnrollmentFactory
from tests.grading.examples import course_with_policy, one_component, reviewed

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

STUDENTS = 3
WORKER = "import django; django.setup(); from grading.tasks import release_at_date; release_at_date({})"
# Sessions that have written to the marks, and wait to write the history.
WAITING = """
    SELECT count(*) FROM pg_locks waits JOIN pg_locks has USING (pid)
    WHERE waits.relation = 'grading_markchange'::regclass AND NOT waits.granted
    AND has.relation = 'grading_mark'::regclass AND has.mode = 'RowExclusiveLock' AND has.granted
"""


def due_release() -> ScheduledRelease:
    course = course_with_policy(one_component())
    instructor = EnrollmentFactory(course=course, role="instructor")
    for points in range(STUDENTS):
        review = reviewed(EnrollmentFactory(course=course))
        set_mark(review=review, points=Decimal(points), comment="Good", revision=0, by=instructor.user)
    due_at = timezone.now() - timedelta(minutes=1)
    return ScheduledRelease.objects.create(course=course, component="only", due_at=due_at, ordered_by=instructor.user)


def start_worker(release: ScheduledRelease) -> subprocess.Popen:
    """The task in a process of its own, on the test's database."""
    database = connection.settings_dict
    address = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT'] or 5432}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{address}/{database['NAME']}",
        "DJANGO_SETTINGS_MODULE": "courseportal.settings",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER.format(release.pk)], env=environment, cwd=settings.BASE_DIR)


def wait_until_it_stands(worker: subprocess.Popen) -> None:
    end = time.monotonic() + 60
    with connection.cursor() as cursor:
        while not cursor.execute(WAITING).fetchone()[0]:
            assert worker.poll() is None, "the worker ended before it came to the history"
            assert time.monotonic() < end, "the worker did not come to the history in time"
            time.sleep(0.05)


def told() -> Counter:
    return Counter(MarkChange.objects.values_list("kind", flat=True))


def stand() -> tuple:
    """What a release changes: marks, when grades changed, the release itself."""
    marks = list(Mark.objects.order_by("pk").values_list("released_points", "released_comment", "released_at"))
    stamps = list(Enrollment.objects.order_by("pk").values_list("released_changed_at", "grade_changed_at"))
    return marks, stamps, ScheduledRelease.objects.values_list("done_at", "marks", "cancelled_at").get()


def test_a_worker_killed_in_the_middle_leaves_nothing_half_released_and_the_next_tick_does_it_once():
    release = due_release()
    before = stand()
    with transaction.atomic(), connection.cursor() as cursor:
        # The worker has written to the marks when it comes to their history, and there it waits for this lock.
        cursor.execute("LOCK TABLE grading_markchange IN SHARE MODE")
        worker = start_worker(release)
        wait_until_it_stands(worker)
        worker.kill()
        worker.wait(10)
    with transaction.atomic():
        ScheduledRelease.objects.select_for_update().get()  # once the database has noticed that nobody is there any more
    killed = stand(), told()

    release_what_is_due()
    first = stand()
    for _ in range(2):
        release_at_date(release.pk)  # the broker brings again what nobody acknowledged
        release_what_is_due()

    assert killed == (before, {"marked": STUDENTS})
    marks, _, (done_at, count, cancelled_at) = first
    assert [(points, comment) for points, comment, _ in marks] == [(points, "Good") for points in range(STUDENTS)]
    assert all(released_at >= release.due_at for *_, released_at in marks)
    assert (done_at is not None, count, cancelled_at) == (True, STUDENTS, None)
    assert (stand(), told()) == (first, {"marked": STUDENTS, "released": STUDENTS})
