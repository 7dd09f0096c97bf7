"""Publishers and writers that meet, with real threads and real transactions."""

import threading
from decimal import Decimal

import pytest
from django.db import connection, transaction

from courses.actions import stamp_course_change
from courses.models import Course
from feed.actions.publish import publish_changes
from feed.models import Entry, Stream
from feed.queries.reading import page_after, read_cursor
from grading.actions import set_mark
from reviews.models import Review
from tests.factories import EnrollmentFactory, UserFactory
from tests.grading.examples import course_with_policy, reviewed
from tests.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def course():
    return course_with_policy()


def marks(review, points, by, after=None, stamped=None):
    """Mark in a transaction that, once it has stamped, says so and stays open until `after` is set."""
    with transaction.atomic():
        found = Review.objects.select_related("course", "current").get(pk=review.pk)
        set_mark(review=found, points=Decimal(points), revision=0, by=by)
        if stamped:
            stamped.set()
            assert after.wait(20)


def entries_after(stream, cursor):
    return {change.entry.enrollment_id for change in page_after(stream, cursor, 100).changes}


def test_a_slow_transaction_that_stamps_early_and_commits_late_is_not_skipped(course):
    slow, quick = EnrollmentFactory.create_batch(2, course=course)
    reviews, marker = [reviewed(slow), reviewed(quick)], UserFactory()
    publish_changes(course=course)
    stamped, may_commit = threading.Event(), threading.Event()

    def run():
        try:
            marks(reviews[0], 3, marker, may_commit, stamped)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert stamped.wait(20)
    marks(reviews[1], 8, marker)  # stamps later, commits first
    stream = publish_changes(course=course)
    page = page_after(stream, read_cursor(stream, page_after(stream, None, 100).cursor.text(stream)), 100)
    stamp_course_change(course=course)  # and time goes on for whoever would ask "later than"
    again = publish_changes(course=course)
    before = entries_after(again, page.cursor)
    may_commit.set()
    thread.join(20)

    after = publish_changes(course=course)

    assert Entry.objects.filter(stream=stream, is_current=True, enrollment=quick).get().number == 3
    assert (before, entries_after(after, page.cursor)) == (set(), {slow.pk})


def test_publishers_at_once_leave_no_gap_and_tell_nothing_twice(course):
    students, marker = EnrollmentFactory.create_batch(4, course=course), UserFactory()
    reviews = [reviewed(student) for student in students]
    publish_changes(course=course)
    for review in reviews:
        marks(review, 8, marker)

    at_once([lambda: publish_changes(course=Course.objects.get(pk=course.pk)) for _ in range(6)])

    numbers = list(Entry.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 9))
    assert Stream.objects.get().last_number == 8


def test_publishing_while_others_mark_misses_nobody_once_they_are_through(course):
    students, marker = EnrollmentFactory.create_batch(4, course=course), UserFactory()
    reviews = [reviewed(student) for student in students]
    stream = publish_changes(course=course)
    cursor = page_after(stream, None, 100).cursor

    at_once(
        [
            *(lambda review=review: marks(review, 8, marker) for review in reviews),
            *[lambda: publish_changes(course=Course.objects.get(pk=course.pk)) for _ in range(3)],
        ]
    )

    stream = publish_changes(course=course)
    numbers = list(Entry.objects.filter(stream=stream).values_list("number", flat=True))
    assert entries_after(stream, cursor) == {student.pk for student in students}
    assert numbers == list(range(1, len(numbers) + 1))


def test_two_first_readers_share_one_stream(course):
    EnrollmentFactory(course=course)

    at_once([lambda: publish_changes(course=Course.objects.get(pk=course.pk)) for _ in range(4)])

    assert (Stream.objects.count(), Entry.objects.count()) == (1, 1)
