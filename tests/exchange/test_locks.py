"""Imports and the class at once, on PostgreSQL with real threads: nothing is written twice, lost or left half done."""

import json
from threading import Event

import pytest
from django.db import connection, transaction

from exchange.incoming import actions
from exchange.models import ImportRun
from reviews.actions import save_draft, submit_review
from reviews.models import Review, ReviewVersion
from tests.exchange.test_export import fresh
from tests.exchange.test_import import BASE, started
from tests.factories import EnrollmentFactory
from tests.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def given():
    return [BASE | {"reviewer_email": "ada@example.edu", "Paper summary": "Theirs.", "submitted_at": 1_600_000_000}]


@pytest.fixture
def run(course, instructor, ada, given) -> ImportRun:
    """Previewed, and told to be carried out by a worker that has not come yet."""
    return applying(started(course, instructor, given))


def applying(run) -> ImportRun:
    ImportRun.objects.filter(pk=run.pk).update(state="applying")
    return run


def test_of_imports_started_at_once_one_is_under_way(course, papers, instructor, given):
    def start():
        how = {"invites": True, "keeps_fields": True, "by": instructor.user}
        return actions.start_import(course=course, text=json.dumps(given), **how).state

    assert sorted(at_once([start] * 4)) == ["planned", *["under_way"] * 3]
    assert ImportRun.objects.count() == 1


def test_workers_that_come_at_once_bring_it_in_once(run):
    at_once([lambda: actions.work_out(run.pk)] * 4)

    run.refresh_from_db()
    assert (run.state, Review.objects.count(), ReviewVersion.objects.count()) == ("applied", 1, 1)


def test_of_two_previews_carried_out_at_once_the_second_is_shown_anew(course, instructor, run, given):
    ImportRun.objects.filter(pk=run.pk).update(state="ready")  # only one is under way at a time
    other = applying(started(course, instructor, [given[0] | {"Paper summary": "Others'."}]))
    applying(run)

    at_once([lambda: actions.work_out(run.pk), lambda: actions.work_out(other.pk)])

    states = sorted(ImportRun.objects.values_list("state", "words"))
    assert states == [("applied", ""), ("ready", actions.STALE)]
    assert ReviewVersion.objects.count() == 1


def test_a_review_that_is_being_begun_is_waited_for_and_stays(papers, ada, run):
    """The student's first save is not committed yet when the import begins."""
    saved, looked = Event(), Event()

    def begin():
        with transaction.atomic():
            save_draft(paper=papers[0], reviewer=fresh(ada), answers={"summary": "Mine."}, revision=None)
            saved.set()
            looked.wait(1)  # longer than the import takes to come to the lock

    def bring_in():
        saved.wait(10)
        actions.work_out(run.pk)
        looked.set()

    at_once([begin, bring_in])

    run.refresh_from_db()
    assert (run.state, run.words) == ("ready", actions.STALE)
    assert Review.objects.get().answers["summary"] == "Mine."


@pytest.mark.parametrize("number", range(3))
def test_an_import_and_a_first_save_at_once_lose_neither_text(papers, ada, run, number):
    def begin():
        return save_draft(paper=papers[0], reviewer=fresh(ada), answers={"summary": "Mine."}, revision=None).revision

    outcome, _ = at_once([begin, lambda: actions.work_out(run.pk)])

    run.refresh_from_db()
    text = Review.objects.get().answers["summary"]
    assert (outcome, run.state, text) in [(1, "ready", "Mine."), ("stale_version", "applied", "Theirs.")]


@pytest.mark.parametrize("number", range(3))
def test_students_who_hand_in_meanwhile_are_not_in_its_way(course, papers, instructor, ada, number):
    """Each hands in the other paper's review: both acts stamp the same people, in whatever order."""
    class_ = [ada, *(EnrollmentFactory(course=course, user__email=f"s{n}@example.edu") for n in range(3))]
    drafts = [
        save_draft(paper=papers[1], reviewer=fresh(each), answers={"summary": "Mine.", "merit": 3}, revision=None)
        for each in class_
    ]
    reviews = [
        BASE | {"reviewer_email": each.user.email, "Paper summary": "Theirs.", "submitted_at": 1_600_000_000} for each in class_
    ]
    run = applying(started(course, instructor, reviews))

    calls = [lambda draft=draft: submit_review(review=draft, revision=1).is_submitted for draft in drafts]
    outcome = at_once([*calls, lambda: actions.work_out(run.pk)])

    run.refresh_from_db()
    assert (outcome, run.state, ReviewVersion.objects.count()) == ([*[True] * 4, None], "applied", 8)


def test_an_import_that_fails_half_way_leaves_nothing(course, papers, instructor, ada, given):
    """Its second review cannot be stored, whatever the plan thought."""
    run = applying(started(course, instructor, [*given, given[0] | {"title": "Rammer"}]))
    with connection.cursor() as cursor:
        cursor.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$")
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON reviews_review FOR EACH ROW "
            f"WHEN (NEW.paper_id = {papers[1].pk}) EXECUTE FUNCTION refuse()"
        )
    try:
        with pytest.raises(Exception, match="no"):
            actions.work_out(run.pk)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER refuse ON reviews_review; DROP FUNCTION refuse()")

    run.refresh_from_db()
    assert (run.state, Review.objects.count()) == ("failed", 0)
