"""Two loads at once, and a load against somebody's work: with real threads, on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, connections, transaction

from coursefile.dump import dump_course
from coursefile.load import load_course
from coursefile.problems import WouldLoseWork
from courses.models import Course, Enrollment
from reviews.models import Review
from tests.coursefile.files import RAMMER, small
from tests.factories import EnrollmentFactory, UserFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*acts) -> list:
    """What each act gives, or the exception it raised; all start at the same moment."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait(10)
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_loads_of_a_new_course_make_one():
    authors = [UserFactory(), UserFactory()]

    plans = at_once(*(lambda by=by: load_course(small(), by=by) for by in authors))

    assert sorted((plan.is_new, bool(plan.changes)) for plan in plans) == [(False, False), (True, True)]
    assert (Course.objects.count(), Enrollment.objects.count()) == (1, 1)


def test_two_different_loads_leave_what_one_of_them_says():
    author = UserFactory()
    load_course(small(), by=author)
    texts = [
        small(("A seminar", "First"), ("2021-09-07", "2021-09-08"), (RAMMER, "")),
        small(("A seminar", "Second"), ('title = "TVM"', 'title = "Another TVM"')),
    ]

    plans = at_once(*(lambda text=text: load_course(text, by=author) for text in texts))

    course = Course.objects.get()
    assert [type(plan).__name__ for plan in plans] == ["Plan", "Plan"]
    # The later one found what the earlier one had left: the same as one after the other.
    assert [load_course(text, by=author, dry_run=True).is_empty for text in texts].count(True) == 1
    assert load_course(dump_course(course), by=author).is_empty


def test_two_new_courses_at_once_are_one_for_who_came_first():
    authors = [UserFactory(), UserFactory()]

    results = at_once(*(lambda by=by: load_course(small(), by=by, only_new=True) for by in authors))

    assert sorted(type(result).__name__ for result in results) == ["DomainError", "Plan"]
    assert Enrollment.objects.count() == 1


def test_review_that_is_being_written_keeps_its_paper():
    """The load waits for the review that another transaction is about to commit, and then sees it."""
    author = UserFactory()
    load_course(small(), by=author)
    course = Course.objects.get()
    student = EnrollmentFactory(course=course, user=UserFactory(name="Student One"))
    paper = course.papers.get(key="rammer")
    is_written = Event()

    def write():
        with transaction.atomic():
            Review.objects.create(course=course, paper=paper, reviewer=student)
            is_written.set()
            _wait_until_somebody_waits()

    def load():
        is_written.wait(10)
        return load_course(small((RAMMER, "")), by=author)

    written, refusal = at_once(write, load)

    assert (written, type(refusal)) == (None, WouldLoseWork)
    assert refusal.reasons == ["Paper rammer cannot be removed: 1 review of “Rammer”, by Student One."]


def _wait_until_somebody_waits() -> None:
    # Not pg_stat_activity, which one transaction sees as it first was.
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.02)")
    raise AssertionError("nobody came to wait for the lock")
