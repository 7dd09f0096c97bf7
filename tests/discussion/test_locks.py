"""Comments, edits and ratings that meet, with real threads; needs PostgreSQL."""

import pytest
import time_machine
from django.core import mail

from discussion.actions import add_comment, edit_comment, rate_review, start_thread, take_back_rating
from discussion.models import Comment, Follow, Notice, Rating, Thread
from discussion.tasks import send_notice
from tests.discussion.conftest import CLOSED
from tests.factories import CommentFactory, EnrollmentFactory, FollowFactory, ThreadFactory
from tests.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(CLOSED, tick=True):
        yield


def test_one_reader_rating_many_times_at_once_has_one_rating(review, student):
    verdicts = [("helpful", []), ("needs_work", ["vague"])] * 4

    at_once([lambda v=v, r=r: rate_review(review=review, by=student, verdict=v, reasons=r) for v, r in verdicts])

    rating = Rating.objects.get()
    assert (rating.verdict, rating.reasons) in verdicts


def test_rating_and_taking_back_at_once_leave_one_or_none(review, student):
    def rate():
        rate_review(review=review, by=student, verdict="helpful")

    at_once([rate, lambda: take_back_rating(review=review, by=student)] * 4)

    assert Rating.objects.count() in (0, 1)


def test_of_edits_at_once_one_wins_and_no_text_is_lost(paper, student):
    comment = CommentFactory(thread__paper=paper, author=student, text="First")

    def edit(number):
        return lambda: edit_comment(comment=comment, by=student, text=f"Text {number}", revision=0)

    results = at_once([edit(number) for number in range(6)])

    comment.refresh_from_db()
    assert results.count("stale_version") == 5
    assert (comment.revision, comment.versions.get().text, comment.text[:4]) == (1, "First", "Text")


def test_replies_at_once_have_numbers_of_their_own(paper):
    thread = ThreadFactory(paper=paper)
    people = EnrollmentFactory.create_batch(6, course=paper.course)

    at_once([lambda by=by: add_comment(thread=thread, by=by, text="Me too") for by in people])

    assert list(thread.comments.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Follow.objects.count() == 6


def test_a_thread_started_many_times_at_once_is_one(paper, student):
    at_once([lambda: start_thread(paper=paper, by=student, text="Why?")] * 6)

    assert (Thread.objects.count(), Comment.objects.count()) == (1, 1)


def test_a_mail_that_many_workers_want_to_send_leaves_once(paper, student):
    comment = CommentFactory(thread__paper=paper, author=student)
    reader = FollowFactory(paper=paper).enrollment
    notice = Notice.objects.create(comment=comment, enrollment=reader, why="follow")

    at_once([lambda: send_notice(notice.pk)] * 6)

    assert len(mail.outbox) == 1
