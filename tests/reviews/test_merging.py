"""Two devices changed one review: nothing that either wrote is lost, and nobody is asked what only one changed."""

import re

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from reviews.actions import save_draft
from reviews.merging import PARTS_MOST, merge_answers
from reviews.models import Field, Review
from tests.factories import EnrollmentFactory
from tests.reviews.conftest import BEFORE

TEXT = Field(key="summary", label="Summary", kind="text")
SCORE = Field(key="merit", label="Merit", kind="score")
words = st.lists(st.sampled_from(["paper", "graph", "fast", "slow", "new", "end."]), max_size=12).map(" ".join)


def merged(base, mine, other, field=TEXT):
    result = merge_answers([field], *({field.key: value} for value in (base, mine, other)))
    return result.answers[field.key], result.clashes


@pytest.mark.parametrize(
    ("base", "mine", "other", "text"),
    [
        ("A quick fox.", "A quick red fox.", "A quick fox.", "A quick red fox."),
        ("A quick fox.", "A quick fox.", "A quick red fox.", "A quick red fox."),
        ("A quick fox. It jumps.", "A red fox. It jumps.", "A quick fox. It jumps high.", "A red fox. It jumps high."),
        ("One.\n\nTwo.", "Zero.\n\nOne.\n\nTwo.", "One.\n\nTwo.\n\nThree.", "Zero.\n\nOne.\n\nTwo.\n\nThree."),
        ("", "Same words", "Same words", "Same words"),
        (None, "Mine", None, "Mine"),
    ],
    ids=["mine", "other", "both", "paragraphs", "alike", "first"],
)
def test_what_differs_in_different_places_is_put_together(base, mine, other, text):
    assert merged(base, mine, other) == (text, [])


@pytest.mark.parametrize(
    ("base", "mine", "other", "text"),
    [
        ("A quick fox.", "A red fox.", "A blue fox.", "A [[here: red]] [[elsewhere: blue]] fox."),
        ("", "First try", "Another", "[[here: First try]] [[elsewhere: Another]]"),
        ("Old.", "", "Old and new.", "[[elsewhere: Old and new.]]"),
        ("a b", "a b c", "a b d", "a b [[here: c]] [[elsewhere: d]]"),
    ],
    ids=["word", "whole", "deleted", "added"],
)
def test_where_both_changed_the_same_place_both_stand_and_are_named(base, mine, other, text):
    assert merged(base, mine, other) == (text, ["Summary"])


@pytest.mark.parametrize(
    ("base", "mine", "other", "kept", "clashes"),
    [(3, 4, 3, 4, []), (3, 3, 5, 5, []), (3, 4, 5, 4, ["Merit"]), (None, 4, 4, 4, []), (3, None, 3, None, [])],
)
def test_of_scores_the_changed_one_is_kept_and_mine_where_both_changed(base, mine, other, kept, clashes):
    assert merged(base, mine, other, SCORE) == (kept, clashes)


def test_answers_to_fields_that_are_no_longer_asked_stay():
    assert merge_answers([TEXT], {}, {}, {"summary": "x", "gone": "kept"}).answers == {"summary": "x", "gone": "kept"}


@given(words, words, words)
def test_every_word_that_either_added_is_in_the_merged_text(base, mine, other):
    text, _ = merged(base, mine, other)

    found = re.sub(r"\[\[(here|elsewhere): |\]\]", " ", text).split()
    for side in (mine, other):
        for word in set(side.split()) - set(base.split()):
            assert word in found


@given(words, words)
def test_one_side_alone_wins_and_sides_alike_are_themselves(base, changed):
    assert merged(base, changed, base) == merged(base, base, changed) == merged(base, changed, changed) == (changed, [])


@pytest.mark.parametrize("between", [" ", "\n"], ids=["words", "lines"])
def test_texts_too_long_to_compare_both_stand(between):
    base, mine, other = (between.join(f"{side}{n % 100}" for n in range(PARTS_MOST + 1)) for side in ("b", "m", "o"))

    text, clashes = merged(base, mine, other)

    assert (mine in text, other in text, clashes) == (True, True, ["Summary"])


@pytest.mark.django_db
class TestPage:
    @pytest.fixture(autouse=True)
    def signed_in(self, client, course, paper, student):
        self.address = reverse("reviews:review_merge", args=[course.slug, paper.key])
        client.force_login(student.user)
        with time_machine.travel(BEFORE, tick=False):
            yield

    def test_the_scripts_text_and_what_was_saved_since_are_put_together(self, client, paper, student, answers):
        save_draft(paper=paper, reviewer=student, answers=answers | {"summary": "One two. End."}, revision=None)
        save_draft(paper=paper, reviewer=student, answers=answers | {"summary": "One two. End. More.", "merit": 5}, revision=1)
        sent = {"answer-summary": "One, two. End.", "answer-merit": "4", "base-summary": "One two. End.", "base-merit": "4"}

        result = client.post(self.address, sent | {"answer-remarks": answers["remarks"], "base-remarks": answers["remarks"]})

        assert (result.status_code, result.json()["revision"], result.json()["clashes"]) == (200, 2, [])
        assert sorted(result.json()["answers"]) == [
            ["answer-merit", "5"],
            ["answer-remarks", answers["remarks"]],
            ["answer-summary", "One, two. End. More."],
        ]
        assert Review.objects.get().revision == 2  # nothing is saved by it

    def test_nothing_to_merge_with_is_404(self, client):
        assert client.post(self.address, {"answer-summary": "x"}).status_code == 404

    def test_what_cannot_be_read_is_told(self, client, paper, student, answers):
        save_draft(paper=paper, reviewer=student, answers=answers, revision=None)

        result = client.post(self.address, {"answer-summary": "x\x00", "base-merit": "many"})

        assert result.status_code in (400, 422)
        assert Review.objects.get().revision == 1

    def test_it_looks_at_the_own_review_only(self, client, course, paper, answers):
        save_draft(paper=paper, reviewer=EnrollmentFactory(course=course), answers=answers, revision=None)

        assert client.post(self.address, {"answer-summary": "x"}).status_code == 404
