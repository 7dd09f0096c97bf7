"""Rounds in the course file: read, written, told when they lose something."""

from datetime import UTC, date, datetime, time

import pytest

from core.toml.problems import BadCourseFile
from coursefile.dump import dump_course
from coursefile.load import load_course
from coursefile.problems import WouldLoseWork
from courses.models import Course
from reviews.models import Assignment, Field, PaperRound, ReviewRules, Round
from tests.coursefile.files import small
from tests.coursefile.rows import all_rows
from tests.factories import EnrollmentFactory, UserFactory

ROUNDS = """[reviews]

[[reviews.rounds]]
key = "first"
title = "First reading"
opens_days_before = 7
opens_time = 08:00:00
due_days_before = 2
due_time = 12:00:00
hard_days_before = 1
hard_time = 12:00:00
grace_minutes = 30

[[reviews.rounds]]
key = "second"
due_at = 2021-10-01T23:59:00
hard_at = 2021-10-03T23:59:00
"""
WITH_ROUNDS = ("[reviews]\n", ROUNDS)
RAMMER_IN_FIRST = ('title = "Rammer"', 'title = "Rammer"\nreview_round = "first"')
MERIT_IN_SECOND = ('label = "Merit"', 'label = "Merit"\nrounds = ["second"]')
FULL = (WITH_ROUNDS, RAMMER_IN_FIRST, MERIT_IN_SECOND)


def rules() -> ReviewRules:
    return ReviewRules.objects.select_related("course").get(course__slug="small")


def due(key: str) -> datetime:
    return rules().due_at(Course.objects.get(slug="small").papers.select_related("meeting").get(key=key))


def problems(*changes) -> list[str]:
    with pytest.raises(BadCourseFile) as caught:
        load_course(small(*changes), by=None, dry_run=True)
    return [line.partition(": ")[2] for line in caught.value.lines]


def test_rounds_are_read_written_and_stay_as_they_are(author):
    load_course(small(*FULL), by=author)
    before, dumped = all_rows(), dump_course(Course.objects.get(slug="small"))

    again = load_course(dumped, by=author)

    first = Round.objects.get(key="first")
    assert (first.title, first.opens_days_before, first.due_time, first.grace_minutes) == ("First reading", 7, time(12), 30)
    assert list(PaperRound.objects.values_list("paper__key", "round__key")) == [("rammer", "first")]
    assert Field.objects.get(key="merit").rounds == ["second"]
    assert due("rammer") == datetime(2021, 8, 31, 16, 0, tzinfo=UTC)
    assert (again.changes, all_rows()) == ((), before)


def test_another_change_leaves_the_rounds_alone(author):
    load_course(small(*FULL), by=author)
    stamp = rules().rounds_stamp

    load_course(small(*FULL, ('title = "Guideline"', 'title = "Guidelines"')), by=author)

    assert rules().rounds_stamp == stamp != ""


def test_a_paper_moves_between_rounds_and_a_round_goes(author):
    load_course(small(*FULL), by=author)
    moved = small(WITH_ROUNDS, ('title = "Rammer"', 'title = "Rammer"\nreview_round = "second"'))

    plan = load_course(moved, by=author)
    after = due("rammer")
    load_course(small(), by=author)

    assert "changed Paper rammer “Rammer”: review_round: first → second" in [str(change) for change in plan.changes]
    assert after == datetime(2021, 10, 2, 3, 59, tzinfo=UTC)
    assert not Round.objects.exists()
    assert (rules().rounds_stamp, due("rammer")) == ("", datetime(2021, 9, 2, 3, 59, tzinfo=UTC))


def test_start_moves_a_rounds_own_moments(author):
    load_course(small(*FULL), by=author, start=date(2022, 9, 1))

    assert Round.objects.get(key="second").due_at == datetime(2022, 10, 1, 3, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [('title = "Rammer"', 'title = "Rammer"\nreview_round = "ninth"')],
            'meetings[1].papers[1].review_round: found "ninth", expected the key of a round in [reviews]',
        ),
        (
            [('label = "Merit"', 'label = "Merit"\nrounds = ["ninth"]')],
            'reviews.fields[2].rounds[1]: found "ninth", expected the key of a round in [reviews]',
        ),
        (
            [WITH_ROUNDS, ("due_at = 2021-10-01", "due_days_before = 2\ndue_time = 12:00:00\ndue_at = 2021-10-01")],
            'reviews.rounds[2].due_at: found beside "due_days_before", expected one of the two',
        ),
        (
            [WITH_ROUNDS, ("due_time = 12:00:00\n", "")],
            'reviews.rounds[1].due_days_before: found without "due_time", expected both',
        ),
        (
            [WITH_ROUNDS, ("hard_at = 2021-10-03", "hard_at = 2021-09-03")],
            "reviews.rounds[2].hard_at: found 2021-09-03 23:59:00, expected 2021-10-01 23:59:00 (due_at) or later",
        ),
        (
            [WITH_ROUNDS, ("hard_days_before = 1", "hard_days_before = 3")],
            "reviews.rounds[1].hard_days_before: found 3, expected a moment that is not before due",
        ),
        (
            [WITH_ROUNDS, ('key = "second"', 'key = "first"')],
            'reviews.rounds[2].key: found "first" a second time, expected a key of its own',
        ),
    ],
    ids=["a paper's", "a field's", "twice", "half", "hard before due", "hard before due, in days", "a key twice"],
)
def test_faults_are_told(changes, message):
    assert problems(*changes) == [message]


def test_a_round_with_assignments_is_not_removed(author):
    load_course(small(*FULL), by=author)
    course = Course.objects.get(slug="small")
    ada = EnrollmentFactory(course=course, user=UserFactory(name="Ada"))
    tvm, second = course.papers.get(key="tvm"), Round.objects.get(key="second")
    Assignment.objects.create(course=course, paper=tvm, reviewer=ada, round=second)
    before = all_rows()

    with pytest.raises(WouldLoseWork) as refusal:
        load_course(small(), by=author)

    assert refusal.value.reasons == ["Round second cannot be removed: 1 review assigned in it, to Ada."]
    assert all_rows() == before


def test_a_round_that_puts_a_deadline_into_the_past_is_told(author, time_machine):
    load_course(small(), by=author)
    course = Course.objects.get(slug="small")
    EnrollmentFactory(course=course, user=UserFactory(name="Ada"))
    time_machine.move_to(datetime(2021, 9, 4, 12, 0, tzinfo=UTC), tick=False)
    text = small(
        WITH_ROUNDS, ('title = "TVM"', 'title = "TVM"\nreview_round = "first"'), ("due_days_before = 2", "due_days_before = 6")
    )

    plan = load_course(text, by=author, dry_run=True)

    assert [warning.message for warning in plan.warnings] == [
        "Review of paper tvm would be due on 2021-09-01 at 12:00, which has passed. "
        "Not handed in by 1 student, who would be counted as late from now on: Ada."
    ]
