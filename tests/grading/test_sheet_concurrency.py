"""Two people on one sheet, with real threads and real transactions."""

from decimal import Decimal

import pytest

from courses.models import Enrollment
from grading.actions import BadEntries, enter_marks, set_note, undo_marks
from grading.actions.entries import Step
from grading.models import Mark, MarkChange, StaffNote
from grading.queries.entries import Wanted
from tests.factories import EnrollmentFactory, MilestoneFactory, TeamFactory, TeamMemberFactory
from tests.grading.examples import course_with_policy, reviewed
from tests.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def course():
    return course_with_policy()


@pytest.fixture
def markers(course):
    return [EnrollmentFactory(course=course, role="assistant", user__name=name) for name in ("Ben", "Chen", "Dov")]


def enters(marker, *wanted):
    """What a thread does: its entries' revisions, or what it is told of the first that was refused."""

    def act():
        fresh = Enrollment.objects.select_related("course", "user").get(pk=marker.pk)
        try:
            return [planned.revision for planned in enter_marks(marker=fresh, wanted=wanted)]
        except BadEntries as refusal:
            bad = next(planned for planned in refusal.plan if planned.refusal)
            return (bad.refusal.code, bad.stands, bad.wanted.value)

    return act


def of(review, value, revision=0):
    return Wanted(review.reviewer_id, f"review-{review.pk}", value, revision)


@pytest.mark.parametrize("revision", [0, 1], ids=["first", "again"])
def test_of_two_in_one_cell_one_wins_and_the_other_sees_both(course, markers, revision):
    review = reviewed(EnrollmentFactory(course=course))
    if revision:
        enters(markers[2], of(review, "5"))()

    results = at_once([enters(markers[0], of(review, "7", revision)), enters(markers[1], of(review, "8", revision))])

    mark = Mark.objects.get()
    values = {"7": "8", "8": "7"}
    standing = f"{mark.points.normalize():f}"
    assert sorted(map(str, results)) == sorted([str([revision + 1]), str(("stale_version", standing, values[standing]))])
    assert (mark.revision, MarkChange.objects.count()) == (revision + 1, revision + 1)


def test_two_blocks_that_overlap_are_applied_one_whole_and_one_not_at_all(course, markers):
    reviews = [reviewed(EnrollmentFactory(course=course), key=f"p{number}") for number in range(6)]

    results = at_once(
        [
            enters(markers[0], *[of(review, "7") for review in reviews[:4]]),
            enters(markers[1], *[of(review, "8") for review in reversed(reviews[2:])]),
        ]
    )

    won = 0 if isinstance(results[0], list) else 1
    assert [isinstance(result, list) for result in results].count(True) == 1
    assert {mark.review_id: mark.points for mark in Mark.objects.all()} == (
        {review.pk: 7 for review in reviews[:4]} if won == 0 else {review.pk: 8 for review in reviews[2:]}
    )


def test_a_team_s_mark_from_two_members_rows_at_once_is_one(course, markers):
    milestone, team = MilestoneFactory(course=course), TeamFactory(course=course)
    rows = [member.enrollment_id for member in TeamMemberFactory.create_batch(2, team=team)]
    work = f"milestone-{milestone.pk}-{team.pk}"

    results = at_once(
        [enters(marker, Wanted(row, work, str(points), 0)) for marker, row, points in zip(markers, rows, (7, 8), strict=False)]
    )

    assert sorted(isinstance(result, list) for result in results) == [False, True]
    assert (Mark.objects.get().revision, MarkChange.objects.count()) == (1, 1)


def test_an_undo_and_a_change_at_once_lose_nothing(course, markers):
    review = reviewed(EnrollmentFactory(course=course))
    enters(markers[0], of(review, "7"))()

    def undo():
        fresh = Enrollment.objects.select_related("course", "user").get(pk=markers[0].pk)
        undone = undo_marks(marker=fresh, steps=[Step(f"review-{review.pk}", 1)])
        return [kept.why for kept in undone.kept]

    undone, entered = at_once([undo, enters(markers[1], of(review, "9", 1))])

    mark = Mark.objects.get()
    assert (undone, entered, mark.points) in [
        ([], ("stale_version", "", "9"), None),
        (["Chen has changed it since."], [2], Decimal(9)),
    ]
    assert (mark.revision, MarkChange.objects.count()) == (2, 2)


def test_of_two_notes_at_once_one_is_told(course, markers):
    student = EnrollmentFactory(course=course)

    results = at_once(
        [
            lambda text=text: set_note(student=student, text=text, by=markers[0].user, revision=0).text
            for text in ("Ill", "Well")
        ]
    )

    assert sorted(results) == sorted([StaffNote.objects.get().text, "stale_version"])
