"""Two presses at once are one; needs PostgreSQL."""

import pytest

from courses.models import Meeting
from talks.actions import ask_question, give_feedback, vote_question
from talks.models import Feedback, Question, Vote
from tests.factories import EnrollmentFactory, SlotFactory
from tests.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def slot(course):
    slot = SlotFactory(course=course)
    Meeting.objects.filter(pk=slot.meeting_id).update(date=course.today(), starts_at="00:00", ends_at="00:01")
    return slot


def test_votes_at_once_are_one_for_each_person(course, slot, student):
    question = ask_question(slot=slot, by=student, text="Why?")
    voters = EnrollmentFactory.create_batch(4, course=course)

    results = at_once([lambda voter=voter: vote_question(question=question, by=voter) for voter in voters * 3])

    assert results == [None] * 12
    assert Vote.objects.count() == 4


def test_feedback_given_twice_at_once_is_one(slot, student):
    results = at_once(
        [lambda score=score: give_feedback(slot=slot, by=student, answers={"clarity": score}) for score in (1, 2, 3, 4, 5)]
    )

    assert len({feedback.pk for feedback in results}) == 1
    assert Feedback.objects.count() == 1


def test_asking_at_once_does_not_beat_the_limit(slot, student):
    results = at_once([lambda n=n: ask_question(slot=slot, by=student, text=f"Number {n}?") for n in range(8)])

    assert (results.count("too_many"), Question.objects.count()) == (3, 5)
