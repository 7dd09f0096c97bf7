"""Picking, annotating, ordering, removing: what is taken, what is refused, what is kept."""

import pytest
import time_machine

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment
from digest.actions import MOVES, move_pick, pick_passage, remove_pick, restore_pick, save_note
from digest.models import Digest, Pick
from digest.queries import read_digest
from digest.quotes import is_quoted_from, seen_mark
from presentations.models import SignUp
from tests.digest.conftest import BEFORE, submit, viewed
from tests.factories import EnrollmentFactory, PaperFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def review(paper, answers):
    return submit(paper, EnrollmentFactory(course=paper.course), answers)


def pick(review, by, field_key="strengths", **changes):
    given = {"paper": review.paper, "by": by, "handle": review.handle, "field_key": field_key}
    if "seen" not in changes:
        given["seen"] = seen_mark(review.current.answers[field_key])
    return pick_passage(**given | changes)


def order(paper, viewer):
    return [shown.pick.pk for shown in read_digest(viewed(viewer), paper).picks]


def test_picking_an_answer_keeps_it_as_it_stands(review, instructor):
    picked = pick(review, instructor)

    assert (picked.quote, picked.version, picked.made_by) == (
        "The idea is simple.\nThe evaluation is thorough.",
        review.current,
        instructor.user,
    )


def test_picking_a_part_takes_the_quoted_words(review, instructor):
    assert pick(review, instructor, quote="  evaluation is\r\nthorough ").quote == "evaluation is\nthorough"


def test_picking_the_same_passage_again_changes_nothing(review, instructor, assistant):
    first, second = pick(review, instructor), pick(review, assistant)

    assert (first, Pick.objects.count(), Digest.objects.get().revision) == (second, 1, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"quote": "The evaluation is thin."}, "not_a_quote"),
        ({"quote": " \n "}, "empty"),
        ({"quote": "a\x00b"}, "bad_text"),
        ({"handle": "nobody"}, "no_review"),
        ({"field_key": "remarks", "seen": seen_mark("I know an author.")}, "no_answer"),
        ({"field_key": "merit", "seen": seen_mark("4")}, "no_answer"),
        ({"field_key": "nothing", "seen": ""}, "no_answer"),
        ({"seen": "another"}, "stale_version"),
    ],
)
def test_a_bad_pick_is_refused_and_leaves_nothing(review, instructor, changes, code):
    with pytest.raises(DomainError) as refusal:
        pick(review, instructor, **changes)

    assert (refusal.value.code, Pick.objects.count()) == (code, 0)


def test_a_review_of_another_paper_is_not_picked_here(review, instructor, course):
    with pytest.raises(DomainError) as refusal:
        pick(review, instructor, paper=PaperFactory(course=course))

    assert refusal.value.code == "no_review"


def test_picking_from_an_answer_that_has_changed_is_refused(review, paper, answers, instructor):
    seen = seen_mark(answers["strengths"])
    submit(paper, review.reviewer, answers | {"strengths": "The evaluation is thorough. Nothing else."})

    with pytest.raises(StaleVersion):
        pick(review, instructor, seen=seen)

    assert Pick.objects.count() == 0


def test_a_draft_that_is_typed_on_does_not_make_a_pick_stale(review, paper, answers, instructor):
    review.refresh_from_db()
    review.answers = answers | {"strengths": "Being rewritten."}
    review.save()

    assert pick(review, instructor).quote == answers["strengths"]


@pytest.mark.parametrize(
    ("strengths", "still_stands"),
    [("Very well: the evaluation  is\nthorough, I find.", True), ("Nothing convinced me.", False)],
)
def test_a_pick_of_a_resubmitted_review_says_so_and_keeps_the_quote(
    review, paper, answers, instructor, strengths, still_stands
):
    pick(review, instructor, quote="evaluation is thorough")

    submit(paper, review.reviewer, answers | {"strengths": strengths})

    [shown] = read_digest(viewed(instructor), paper).picks
    assert (shown.pick.quote, shown.is_resubmitted, shown.still_stands) == ("evaluation is thorough", True, still_stands)


def test_a_field_made_for_staff_only_takes_its_picks_away(review, paper, rules, instructor):
    pick(review, instructor)
    rules.form.fields.filter(key="strengths").update(visible_to="staff")

    assert order(paper, instructor) == []


def test_a_digest_takes_so_many_picks_and_no_more(review, instructor, monkeypatch):
    monkeypatch.setattr("digest.actions.MAX_PICKS", 1)
    pick(review, instructor)

    with pytest.raises(DomainError) as refusal:
        pick(review, instructor, field_key="summary")

    assert refusal.value.code == "too_many"


def test_a_note_is_set_and_cleared(review, instructor):
    picked = pick(review, instructor)

    picked = save_note(pick=picked, by=instructor, note=" Ask why.\r\n", revision=0)
    noted = picked.note
    picked = save_note(pick=picked, by=instructor, note="", revision=1)

    assert (noted, picked.note, picked.revision) == ("Ask why.", "", 2)


def test_a_note_on_top_of_an_unseen_one_is_refused_with_the_other(review, instructor, assistant):
    picked = pick(review, instructor)
    save_note(pick=picked, by=assistant, note="Theirs.", revision=0)

    with pytest.raises(StaleVersion) as refusal:
        save_note(pick=picked, by=instructor, note="Mine.", revision=0)

    assert refusal.value.current.note == "Theirs."


def test_the_same_note_twice_is_no_conflict(review, instructor, assistant):
    picked = pick(review, instructor)
    save_note(pick=picked, by=assistant, note="Ask.", revision=0)

    assert save_note(pick=picked, by=instructor, note="Ask.", revision=0).revision == 1


def test_a_note_that_is_too_long_is_refused(review, instructor):
    with pytest.raises(DomainError) as refusal:
        save_note(pick=pick(review, instructor), by=instructor, note="x" * 2001, revision=0)

    assert refusal.value.field == "note"


@pytest.mark.parametrize(
    ("index", "move", "after"),
    [
        (0, "up", [0, 1, 2]),
        (1, "up", [1, 0, 2]),
        (2, "up", [0, 2, 1]),
        (0, "down", [1, 0, 2]),
        (2, "down", [0, 1, 2]),
        (2, "first", [2, 0, 1]),
        (0, "first", [0, 1, 2]),
    ],
)
def test_moves_keep_every_pick_once(index, move, after):
    assert MOVES[move]([0, 1, 2], index) == after


def test_moving_a_pick_changes_the_order(review, paper, instructor):
    first, second = pick(review, instructor), pick(review, instructor, field_key="summary")

    move_pick(pick=second, by=instructor, move="up", revision=2)

    assert order(paper, instructor) == [second.pk, first.pk]


@pytest.mark.parametrize("revision", [1, None])
def test_moving_in_a_list_that_has_changed_is_refused(review, paper, instructor, revision):
    first, second = pick(review, instructor), pick(review, instructor, field_key="summary")

    with pytest.raises(StaleVersion):
        move_pick(pick=second, by=instructor, move="up", revision=revision)

    assert order(paper, instructor) == [first.pk, second.pk]


def test_a_move_that_is_none_is_refused(review, instructor):
    with pytest.raises(DomainError):
        move_pick(pick=pick(review, instructor), by=instructor, move="sideways", revision=1)


def test_a_removed_pick_comes_back_where_it_was_with_its_note(review, paper, instructor):
    first, second = pick(review, instructor), pick(review, instructor, field_key="summary")
    save_note(pick=first, by=instructor, note="Ask why.", revision=0)

    remove_pick(pick=first, by=instructor)
    remove_pick(pick=first, by=instructor)
    removed = order(paper, instructor)
    restore_pick(pick=first, by=instructor)

    assert (removed, order(paper, instructor)) == ([second.pk], [first.pk, second.pk])
    assert (Pick.objects.get(pk=first.pk).note, Digest.objects.get().revision) == ("Ask why.", 4)


@pytest.mark.parametrize(
    "act",
    [
        lambda pick, by: save_note(pick=pick, by=by, note="x", revision=0),
        lambda pick, by: move_pick(pick=pick, by=by, move="up", revision=2),
    ],
)
def test_a_removed_pick_is_neither_moved_nor_annotated(review, instructor, act):
    picked = pick(review, instructor)
    remove_pick(pick=picked, by=instructor)

    with pytest.raises(DomainError) as refusal:
        act(picked, instructor)

    assert refusal.value.code == "removed"


def test_a_removed_passage_can_be_picked_anew(review, paper, instructor):
    remove_pick(pick=pick(review, instructor), by=instructor)

    again = pick(review, instructor)

    assert order(paper, instructor) == [again.pk]


@pytest.mark.parametrize("loses", ["slot", "course"])
def test_whoever_lost_the_slot_or_the_course_changes_nothing(review, paper, rules, presenter, instructor, loses):
    rules.visibility = "always"
    rules.save()
    picked = pick(review, presenter)
    if loses == "slot":
        SignUp.objects.update(withdrawn_at=BEFORE)
    else:
        Enrollment.objects.filter(pk=presenter.pk).update(is_active=False)

    with pytest.raises(DomainError) as refusal:
        remove_pick(pick=picked, by=presenter)

    assert (refusal.value.code, order(paper, instructor)) == ("not_for_you", [picked.pk])


@pytest.mark.parametrize(
    ("quote", "answer", "expected"),
    [
        ("a b", "x a\n  b y", True),
        ("a\r\nb", "a b", True),
        ("b a", "a b", False),
        ("", "a", False),
        ("  ", "a  b", False),
        ("cafe\u0301", "un café", True),
    ],
)
def test_a_quote_is_words_in_a_row(quote, answer, expected):
    assert is_quoted_from(quote, answer) is expected
