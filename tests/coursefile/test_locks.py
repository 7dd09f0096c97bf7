"""Two loads at once, and a load against somebody's work: with real threads, on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest
from django.db import connections

from coursefile.dump import dump_course
from coursefile.load import load_course
from courses.models import Course, Enrollment
from presentations.actions import assign_presenter
from presentations.models import SignUp
from reviews.actions import save_draft
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


@pytest.mark.parametrize("delay", [0, 0.01, 0.02, 0.04, 0.08, 0.12])
def test_review_and_the_removal_of_its_paper_never_both_happen(delay):
    author = UserFactory()
    load_course(small(), by=author)
    course = Course.objects.get()
    student = EnrollmentFactory(course=course, user=UserFactory(name="Student One"))
    paper = course.papers.select_related("meeting").get(key="rammer")

    def write():
        sleep(delay)
        return save_draft(paper=paper, reviewer=student, answers={"summary": "Good."}, revision=0)

    written, loaded = at_once(write, lambda: load_course(small((RAMMER, "")), by=author))

    outcome = (type(written).__name__, type(loaded).__name__, Review.objects.count(), course.papers.count())
    assert outcome in [("Review", "WouldLoseWork", 1, 2), ("DomainError", "Plan", 0, 1)]


def test_sign_up_and_the_removal_of_its_slot_never_both_happen():
    author = UserFactory()
    load_course(small(), by=author)
    course = Course.objects.get()
    student = EnrollmentFactory(course=course)
    role = course.slots.get(key="rammer").roles.first()

    signed, loaded = at_once(
        lambda: assign_presenter(role=role, enrollment=student, by=author), lambda: load_course(small((RAMMER, "")), by=author)
    )

    outcome = (type(signed).__name__, type(loaded).__name__, SignUp.objects.count(), course.slots.count())
    assert outcome in [("SignUp", "WouldLoseWork", 1, 2), ("DomainError", "Plan", 0, 1)]
