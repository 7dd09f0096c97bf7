"""Imports and markers that meet, with real threads and real transactions."""

import time
from decimal import Decimal
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from gradefiles import actions, work
from gradefiles.models import GradeImport
from grading.actions import set_mark
from grading.models import Mark, MarkChange
from projects.models import Milestone, Team
from tests.gradefiles.world import Class
from tests.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room():
    return Class()


def applies(run, by):
    def act():
        found = GradeImport.objects.select_related("course").get(pk=run.pk)
        return actions.apply_import(run=found, digest=run.plan_digest, by=by).state

    return act


def test_import_applied_twice_at_once_is_applied_once(room):
    run = room.bring(room.sheet(["email", "review:first"], ["ada@example.edu", "9"], ["ben@example.edu", "7"]))
    before = MarkChange.objects.count()

    results = at_once([applies(run, room.staff.user)] * 4)

    run.refresh_from_db()
    assert set(results) <= {"applied", "applying"}
    assert (run.state, MarkChange.objects.count() - before) == ("applied", 2)


def test_two_imports_of_the_same_marks_one_wins_and_the_other_is_told(room):
    first = room.bring(room.sheet(["email", "review:first"], ["ada@example.edu", "9"], ["ben@example.edu", "7"]))
    second = room.bring(room.sheet(["email", "review:first"], ["ben@example.edu", "6"], ["ada@example.edu", "5"]))

    results = at_once([applies(first, room.staff.user), applies(second, room.staff.user)])

    assert sorted(results) in (["applied", "stale_version"], ["applied", "busy"])
    points = {room.points(review=room.review), room.points(review=room.bens_review)}
    assert points in ({Decimal(9), Decimal(7)}, {Decimal(5), Decimal(6)})


def wait_for_a_waiter():
    """Until somebody in this database waits for a lock of ours, ten seconds at most."""
    until = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
                "WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return


def test_a_worker_that_fails_leaves_what_another_has_applied_meanwhile(room):
    run = room.bring(room.sheet(["email", "review:first"], ["ada@example.edu", "9"]))
    GradeImport.objects.update(state="applying", applied_by=room.staff.user)
    failing = Thread(target=lambda: at_once([lambda: work.give_back(run.pk, work.BUSY)]))
    with transaction.atomic():
        work.carry_on(run.pk)
        failing.start()
        wait_for_a_waiter()
    failing.join(timeout=30)

    run.refresh_from_db()
    assert (run.state, run.words, room.points(review=room.review)) == ("applied", "", Decimal(9))


def test_import_that_waited_for_a_marker_is_told(room):
    run = room.bring(room.sheet(["email", "review:first"], ["ada@example.edu", "9"]))
    marked = Event()

    def marks():
        with transaction.atomic():
            room.mark("6", review=room.review)
            marked.set()
            wait_for_a_waiter()

    def imports():
        marked.wait(10)
        return applies(run, room.staff.user)()

    assert at_once([marks, imports]) == [None, "stale_version"]
    run.refresh_from_db()
    assert (room.points(review=room.review), run.state, run.plan["changes"][0]["before"]) == (Decimal(6), "ready", "6")


def test_marker_and_import_never_overwrite_one_another_unseen(room):
    """The team's mark also stamps its members, whom the import stamps too: neither may wait for the other for ever."""
    run = room.bring(
        room.sheet(
            ["email", "milestone:report", "component:essay"], ["ada@example.edu", "20", "9"], ["ben@example.edu", "", "8"]
        )
    )

    def marks():
        target = {"milestone": Milestone.objects.select_related("course").get(), "team": Team.objects.get()}
        return str(set_mark(points=Decimal(11), revision=1, by=room.staff.user, **target).points)

    results = at_once([applies(run, room.staff.user), marks])

    mark = Mark.objects.get(team=room.team)
    assert (results, mark.points) in (
        (["applied", "stale_version"], Decimal(20)),
        (["stale_version", "11"], Decimal(11)),
        (["busy", "11"], Decimal(11)),
    )
    assert mark.changes.count() == 2
