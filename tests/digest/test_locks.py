"""Picks and moves that meet, with real threads; needs PostgreSQL."""

import pytest
import time_machine

from digest.actions import move_pick, pick_passage, save_note
from digest.models import Digest, Pick
from digest.quotes import seen_mark
from tests.digest.conftest import BEFORE, submit
from tests.factories import EnrollmentFactory
from tests.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=True):
        yield


@pytest.fixture
def review(paper, answers):
    return submit(paper, EnrollmentFactory(course=paper.course), answers)


def picking(review, by, field_key):
    seen = seen_mark(review.current.answers[field_key])
    return lambda: pick_passage(paper=review.paper, by=by, handle=review.handle, field_key=field_key, seen=seen)


def test_one_passage_picked_many_times_at_once_is_one_pick(review, instructor):
    at_once([picking(review, instructor, "strengths")] * 8)

    assert (Pick.objects.count(), Digest.objects.get().revision) == (1, 1)


def test_passages_picked_at_once_have_places_of_their_own(paper, answers, instructor):
    reviews = [submit(paper, EnrollmentFactory(course=paper.course), answers) for _ in range(6)]

    at_once([picking(review, instructor, "strengths") for review in reviews])

    assert list(Pick.objects.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_of_moves_at_once_one_wins(review, instructor):
    first, second = picking(review, instructor, "strengths")(), picking(review, instructor, "summary")()

    results = at_once([lambda: move_pick(pick=second, by=instructor, move="up", revision=2)] * 6)

    assert results.count("stale_version") == 5
    assert list(Pick.objects.all()) == [second, first]


def test_of_notes_at_once_one_wins(review, instructor):
    picked = picking(review, instructor, "strengths")()

    results = at_once([lambda n=n: save_note(pick=picked, by=instructor, note=f"Note {n}", revision=0) for n in range(6)])

    assert results.count("stale_version") == 5
