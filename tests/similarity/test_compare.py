"""Shingles, overlaps and marked passages: pure functions."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from similarity.compare import LEAST_SHARE, LEAST_WORDS, overlaps
from similarity.passages import side_by_side
from similarity.shingles import SIZE, Phrases, document_of, words_of
from tests.similarity.conftest import COPIED, OWN


def doc(text, *phrases):
    return document_of({"summary": text}, Phrases(phrases))


def found(*texts, phrases=()):
    return [(each.first, each.second) for each in overlaps([doc(text, *phrases) for text in texts])]


def test_texts_that_share_a_sentence_are_found():
    texts = [f"{OWN[0]} {COPIED}", OWN[1], f"{COPIED} {OWN[2]}", OWN[3]]

    [overlap] = overlaps([doc(text) for text in texts])

    assert (overlap.first, overlap.second, overlap.words) == (0, 2, len(words_of(COPIED)))
    assert float(overlap.share) == pytest.approx(100 * overlap.words / len(words_of(texts[2])), abs=0.1)


@pytest.mark.parametrize(
    "changed", [COPIED.upper(), COPIED.replace(" ", "\n"), COPIED.replace(",", ";"), f"**{COPIED}**", f"- {COPIED}"]
)
def test_case_line_ends_and_punctuation_make_no_difference(changed):
    assert found(COPIED, changed) == [(0, 1)]


def test_a_short_text_inside_a_long_one_is_found():
    assert found(COPIED, " ".join(OWN) * 3 + COPIED) == [(0, 1)]


def test_own_words_share_nothing():
    assert found(*OWN) == []


def test_less_than_a_long_sentence_is_chance():
    words = COPIED.split()

    assert found(" ".join(words[: LEAST_WORDS - 1]) + " " + OWN[0], " ".join(words[: LEAST_WORDS - 1]) + " " + OWN[1]) == []
    assert found(" ".join(words[:LEAST_WORDS]) + " " + OWN[0], " ".join(words[:LEAST_WORDS]) + " " + OWN[1]) == [(0, 1)]


@pytest.mark.parametrize("quoted", [f"“{COPIED}”", f'"{COPIED}"', f"«{COPIED}»", f"> {COPIED}", f"They write:\n\n > {COPIED}"])
def test_quotations_are_not_counted(quoted):
    assert found(quoted, COPIED) == []


@pytest.mark.parametrize(
    "loose", [f'A 19" screen. {COPIED} A 21" one.', f'"Well. {COPIED}', f'"Begun\n\n{COPIED}\n\nended"', f"a > b: {COPIED}"]
)
def test_what_is_no_quotation_is_counted(loose):
    assert found(loose, COPIED) == [(0, 1)]


def test_the_forms_and_the_titles_words_are_not_counted():
    texts = [f"{COPIED} {OWN[0]}", f"{OWN[1]} {COPIED}"]

    assert found(*texts, phrases=[COPIED]) == []
    assert found(*texts, phrases=[COPIED.partition(",")[0], COPIED.partition(",")[2]]) == []


def test_a_title_interrupts_what_stands_around_it():
    assert doc("we think Rammer Compiler plans the whole graph", "Rammer Compiler").shingles == set()
    assert doc("one Rammer Compiler plans the whole graph ahead", "Rammer Compiler").shingles == {
        ("plans", "the", "whole", "graph", "ahead")
    }


def test_no_shingle_reaches_from_one_field_into_the_next():
    document = document_of({"summary": "one two three", "doubts": "four five six"})

    assert document.shingles == set()


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["one two", "one two"], [COPIED]])
def test_nothing_to_compare_is_no_fault(texts):
    assert found(*texts) == []


def test_a_passage_has_one_number_on_both_sides():
    sides = side_by_side(doc(f"{OWN[0]} {COPIED} {OWN[1]}"), doc(f"{COPIED.upper()} Then: {OWN[0]}"))

    marked = [[(piece.number, piece.text) for piece in side.fields["summary"] if piece.number] for side in sides]
    assert marked == [[(1, f"{OWN[0]} {COPIED}"[:-1])], [(1, COPIED.upper()[:-1]), (1, OWN[0][:-1])]]


def test_passages_are_numbered_as_they_come_in_the_first():
    first, second = doc(f"{COPIED} Between. {OWN[0]}"), doc(f"{OWN[0]} And then again {COPIED}")

    numbers = [[piece.number for piece in side.fields["summary"] if piece.number] for side in side_by_side(first, second)]

    assert numbers == [[1, 2], [2, 1]]


WORDS = st.sampled_from(["a", "b", "c", "d", "e", "f", "g"])
TEXTS = st.lists(WORDS, max_size=60).map(" ".join)


@given(st.lists(TEXTS, min_size=2, max_size=6))
@settings(max_examples=150, deadline=None)
def test_the_index_finds_what_comparing_all_with_all_finds(texts):
    documents = [doc(text) for text in texts]

    expected = set()
    for one, other in combinations(range(len(documents)), 2):
        first, second = documents[one].shingles, documents[other].shingles
        smaller = min(len(first), len(second))
        covered = [covered_words(text, first & second) for text in (texts[one], texts[other])]
        if smaller and len(first & second) >= LEAST_SHARE * smaller and min(covered) >= LEAST_WORDS:
            expected.add((one, other))
    assert {(each.first, each.second) for each in overlaps(documents)} == expected


def covered_words(text, shared):
    """Counted in another way than the code does: a word is covered when one of the five windows over it is shared."""
    words = text.split()
    windows = [tuple(words[start : start + SIZE]) in shared for start in range(len(words) - SIZE + 1)]
    return sum(any(windows[max(0, place - SIZE + 1) : place + 1]) for place in range(len(words)))


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_marking_keeps_the_text_and_marks_on_both_sides_or_on_none(one, other):
    first, second = side_by_side(doc(one), doc(other))

    for side, text in ((first, one), (second, other)):
        assert "".join(piece.text for piece in side.fields.get("summary", [])) == text
    numbers = [{piece.number for piece in side.fields.get("summary", [])} - {0} for side in (first, second)]
    assert numbers[0] == numbers[1]


@given(st.text(max_size=400), st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_compared_and_marked(one, other):
    documents = [doc(one, other), doc(other)]

    overlaps(documents)
    first, second = side_by_side(*documents)

    assert "".join(piece.text for piece in first.fields.get("summary", [])) == one
    assert "".join(piece.text for piece in second.fields.get("summary", [])) == other
