"""The round that a review comes in: found by name, written with the review, never over what staff decided here."""

import json
from datetime import timedelta

import pytest

from reviews.models import Asks, Assignment, AssignmentChange, PaperRound, Review, ReviewRules, restamp_rounds
from tests.exchange.conftest import NOW
from tests.exchange.test_export import fresh, made
from tests.exchange.test_import import BASE, carried_out, forget_reviews, started
from tests.factories import RoundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def late_round(course, papers):
    """It was due yesterday."""
    round = RoundFactory(course=course, key="r1", title="First Round", due_at=NOW - timedelta(days=1))
    restamp_rounds(course)
    return round


def given(**more):
    return [BASE | {"reviewer_email": "ada@example.edu", "Paper summary": "Fine.", "round": "first round"} | more]


def said(run) -> str:
    return next(line[4] for line in run.result["lines"] if line[1] == "review")


@pytest.mark.parametrize("name", ["First Round", "first round", "R1"])
def test_a_round_of_that_name_is_taken_and_its_deadline_counts(course, papers, ada, instructor, late_round, name):
    run = carried_out(started(fresh(instructor).course, instructor, given(round=name, submitted_at=int(NOW.timestamp()))))

    row, change = Assignment.objects.get(), AssignmentChange.objects.get()
    assert said(run) == "In the round “First Round”."
    assert (row.paper, row.reviewer, row.round, row.asks) == (papers[0], ada, late_round, Asks.REQUIRED)
    assert (change.round_key, change.changed_by) == ("r1", instructor.user)
    assert Review.objects.get().current.is_late is True
    assert started(fresh(instructor).course, instructor, given(round=name)).result["changes_nothing"] is True


def test_the_round_of_who_and_what_the_file_brings_is_written_too(course, papers, instructor, late_round):
    carried_out(started(fresh(instructor).course, instructor, given(reviewer_email="new@example.edu")))

    assert Assignment.objects.get().reviewer.user.email == "new@example.edu"


def test_a_round_that_the_course_lacks_is_told_and_nothing_of_it_written(course, papers, ada, instructor, late_round):
    run = carried_out(started(fresh(instructor).course, instructor, given(round="R2", submitted_at=1_600_000_000)))

    assert said(run) == "The course has no round “R2”: it counts to the round that its paper has here."
    assert (Review.objects.count(), Assignment.objects.count()) == (1, 0)


def test_a_course_without_rounds_says_so(course, papers, ada, instructor):
    run = started(course, instructor, given(submitted_at=1_600_000_000))

    assert said(run) == "The course has no round “first round”: it is in none."


def test_a_review_that_is_in_the_round_by_its_paper_needs_nothing(course, papers, ada, instructor, late_round):
    PaperRound.objects.create(paper=papers[0], round=late_round)
    restamp_rounds(course)

    run = carried_out(started(fresh(instructor).course, instructor, given(submitted_at=1_600_000_000)))

    assert (said(run), Assignment.objects.count()) == ("", 0)


@pytest.mark.parametrize("decided", [{"due_at": NOW + timedelta(days=3)}, {"round": "other"}])
def test_what_staff_decided_stays(course, papers, ada, instructor, late_round, decided):
    other = RoundFactory(course=course, key="r2")
    restamp_rounds(course)
    decided = {"round": other} if "round" in decided else decided
    Assignment.objects.create(course=course, paper=papers[0], reviewer=ada, reason="Ill.", **decided)

    run = carried_out(started(fresh(instructor).course, instructor, given(submitted_at=1_600_000_000)))

    row = Assignment.objects.get()
    assert said(run) == "There it is in the round “First Round”; what staff decided here about its round or deadline stays."
    assert (row.reason, row.round, row.due_at) == ("Ill.", decided.get("round"), decided.get("due_at"))


@pytest.mark.parametrize(("asks", "then"), [(Asks.EXEMPT, Asks.EXEMPT), (Asks.OPTIONAL, Asks.OPTIONAL)])
def test_what_is_asked_stays_as_it_is(course, papers, ada, instructor, late_round, asks, then):
    Assignment.objects.create(course=course, paper=papers[0], reviewer=ada, asks=asks, reason="She presents.")

    carried_out(started(fresh(instructor).course, instructor, given()))

    row = Assignment.objects.get()
    assert (row.asks, row.round, row.reason) == (then, late_round, "She presents.")


def test_who_is_asked_nothing_owes_nothing_by_it(course, papers, ada, instructor, late_round):
    ReviewRules.objects.update(who="assigned")

    carried_out(started(fresh(instructor).course, instructor, given()))

    assert Assignment.objects.get().asks == Asks.OPTIONAL


def test_rounds_are_the_same_after_taking_along_and_bringing_in(course, papers, ada, instructor, late_round):
    carried_out(started(fresh(instructor).course, instructor, given(submitted_at=1_600_000_000)))
    before = made(instructor, "reviews-json")
    forget_reviews(course)
    Assignment.objects.all().delete()

    carried_out(started(fresh(instructor).course, instructor, before))

    assert [json.loads(text)[0]["round"] for text in (before, made(instructor, "reviews-json"))] == ["r1", "r1"]
