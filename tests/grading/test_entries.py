"""Marks in bulk and their undoing: exact, all or none, and never over what nobody has seen."""

from decimal import Decimal

import pytest
from django.urls import reverse

from grading.actions import BadEntries, enter_marks, release_student, set_mark, undo_marks
from grading.actions.entries import Step
from grading.models import Mark, MarkChange
from grading.queries.entries import Wanted, plan_entries
from grading.queries.marks import work_address
from tests.factories import (
    EnrollmentFactory,
    MilestoneFactory,
    PolicyFactory,
    SignUpFactory,
    SlotRoleFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.grading.examples import RUBRIC, course_with_policy, one_component, reviewed


@pytest.fixture
def course(db):
    return course_with_policy()


@pytest.fixture
def marker(course):
    return EnrollmentFactory(course=course, role="instructor", user__name="Iris")


@pytest.fixture
def review(course):
    return reviewed(EnrollmentFactory(course=course, user__name="Ada"))


def of(review, value, revision=0):
    return Wanted(review.reviewer_id, f"review-{review.pk}", value, revision)


def refusals(marker, *wanted):
    return [planned.refusal and (planned.refusal.field, planned.refusal.code) for planned in plan_entries(marker, wanted)]


def enter(marker, *wanted):
    return enter_marks(marker=marker, wanted=wanted)


def test_a_mark_is_entered_with_its_history(marker, review):
    planned = enter(marker, of(review, "8,5"))[0]

    mark, change = Mark.objects.get(), MarkChange.objects.get()
    assert (mark.points, mark.revision, mark.review_version, mark.marked_by) == (Decimal("8.5"), 1, 1, marker.user)
    assert (change.points_before, change.points_after, change.changed_by, change.changed_at) == (
        None,
        Decimal("8.5"),
        marker.user,
        mark.changed_at,
    )
    assert (planned.before, planned.after, planned.revision, planned.is_change) == ("", "8.5", 1, True)


def test_marks_entered_and_taken_back_stamp_staffs_view_and_not_the_students(marker, review):
    """The moment of a mark that is not released would tell a student that there is one."""
    student = review.reviewer
    stamps = [(student.grade_changed_at, student.released_changed_at)]
    acts = (
        lambda: enter(marker, of(review, "8")),
        lambda: undo_marks(marker=marker, steps=[Step(f"review-{review.pk}", 1)]),
    )

    for act in acts:
        act()
        student.refresh_from_db()
        stamps.append((student.grade_changed_at, student.released_changed_at))

    for_staff, for_student = zip(*stamps, strict=True)
    assert sorted(set(for_staff)) == list(for_staff)
    assert len(set(for_student)) == 1


def test_a_comment_and_the_version_that_was_read_stay(marker, review):
    set_mark(review=review, points=Decimal(3), comment="See page 2.", revision=0, by=marker.user)

    enter(marker, of(review, "4", 1))

    mark = Mark.objects.get()
    assert (mark.points, mark.comment, mark.review_version, mark.revision) == (4, "See page 2.", 1, 2)


def test_what_stands_already_is_no_change(marker, review):
    enter(marker, of(review, "4"))

    planned = enter(marker, of(review, "4.00", 0))[0]

    assert (planned.is_change, Mark.objects.get().revision, MarkChange.objects.count()) == (False, 1, 1)


def test_nothing_clears_a_mark(marker, review):
    enter(marker, of(review, "4"))

    enter(marker, of(review, "", 1))

    assert (Mark.objects.get().points, MarkChange.objects.count()) == (None, 2)


def test_every_kind_of_work_takes_its_mark(course, marker, review):
    PolicyFactory(course=course, number=9, document=one_component(source="manual"))
    student = review.reviewer
    sign_up = SignUpFactory(role=SlotRoleFactory(slot__course=course), enrollment=student)
    team = TeamMemberFactory(team=TeamFactory(course=course), enrollment=student).team
    milestone = MilestoneFactory(course=course, max_points=20)
    works = [
        f"review-{review.pk}",
        f"presentation-{sign_up.pk}",
        f"milestone-{milestone.pk}-{team.pk}",
        f"milestone-{milestone.pk}-student-{student.pk}",
        f"manual-only-{student.pk}",
    ]

    enter(marker, *[Wanted(student.pk, work, str(points), 0) for points, work in enumerate(works, start=1)])

    assert {work_address(mark): mark.points for mark in Mark.objects.all()} == {
        work: points for points, work in enumerate(works, start=1)
    }


def test_every_bad_entry_is_named_and_nothing_is_changed(course, marker, review):
    other = reviewed(EnrollmentFactory(course=course), key="p2")
    elsewhere = reviewed(EnrollmentFactory())
    set_mark(review=other, points=Decimal(3), revision=0, by=EnrollmentFactory(course=course, role="assistant").user)
    wanted = [
        of(review, "8"),
        of(other, "9", 0),
        of(review, "eleven"),
        Wanted(elsewhere.reviewer_id, f"review-{elsewhere.pk}", "8", 0),
        Wanted(review.reviewer_id, f"review-{elsewhere.pk}", "8", 0),
        Wanted(review.reviewer_id, f"review-{other.pk}", "8", 1),
        Wanted(review.reviewer_id, "review-", "8", 0),
        Wanted(review.reviewer_id, f"manual-reviews-{review.reviewer_id}", "8", 0),
    ]

    with pytest.raises(BadEntries, match="7 of 8 entries cannot be taken. Nothing was changed.") as refusal:
        enter(marker, *wanted)

    assert [planned.refusal and (planned.refusal.field, planned.refusal.code) for planned in refusal.value.plan] == [
        None,
        ("revision", "stale_version"),
        ("value", "not_a_mark"),
        ("student", "no_student"),
        ("work", "no_work"),
        ("work", "no_work"),
        ("work", "no_work"),
        ("work", "refused"),
    ]
    assert [mark.points for mark in Mark.objects.all()] == [3]


def test_a_team_has_one_mark_whoever_s_row_it_is_entered_in(course, marker):
    milestone = MilestoneFactory(course=course, key="report", max_points=20)
    team = TeamFactory(course=course)
    first, second = [member.enrollment_id for member in TeamMemberFactory.create_batch(2, team=team)]
    work = f"milestone-{milestone.pk}-{team.pk}"

    assert refusals(marker, Wanted(first, work, "7", 0), Wanted(second, work, "8", 0)) == [None, ("value", "contradicts")]
    plan = enter(marker, Wanted(first, work, "7", 0), Wanted(second, work, "7.0", 0))

    assert [planned.is_change for planned in plan] == [True, False]
    assert (Mark.objects.get().points, MarkChange.objects.count()) == (7, 1)
    # What stands is said, too: the other row must not win over it unseen.
    assert refusals(marker, Wanted(first, work, "8", 1), Wanted(second, work, "7", 1)) == [None, ("value", "contradicts")]


def test_an_assistant_marks_their_section_only(course, review):
    assistant = EnrollmentFactory(course=course, role="assistant", section="B")

    assert refusals(assistant, of(review, "8")) == [("student", "no_student")]


def test_work_that_is_marked_without_names_is_not_marked_here(db):
    course = course_with_policy(one_component(anonymous=True))
    marker, review = EnrollmentFactory(course=course, role="instructor"), reviewed(EnrollmentFactory(course=course))

    assert refusals(marker, of(review, "8")) == [("work", "anonymous")]

    set_mark(review=review, points=Decimal(8), revision=0, by=marker.user)
    release_student(student=review.reviewer, by=marker.user)
    assert refusals(marker, of(review, "9", 1)) == [None]


@pytest.mark.parametrize("count", [1, 30])
def test_many_marks_take_as_many_queries_as_one(course, marker, count, django_assert_num_queries):
    reviews = [reviewed(EnrollmentFactory(course=course), key=f"p{number}") for number in range(count)]
    enter(marker, *[of(review, "1") for review in reviews[::2]])
    wanted = [of(review, "8", 1 - place % 2) for place, review in enumerate(reviews)]

    with django_assert_num_queries(17 if count > 1 else 15):
        enter(marker, *wanted)

    assert [mark.points for mark in Mark.objects.all()] == [8] * count


# Undo


def steps(*planned):
    return [Step(each.wanted.work, each.revision) for each in planned]


def test_undo_puts_back_points_and_levels_as_a_new_change(db):
    course = course_with_policy(one_component(rubric=RUBRIC))
    marker, review = EnrollmentFactory(course=course, role="instructor"), reviewed(EnrollmentFactory(course=course))
    before = enter(marker, of(review, "2+1+0"))[0].mark.levels
    planned = enter(marker, of(review, "0 1 2", 1))

    undone = undo_marks(marker=marker, steps=steps(*planned))

    mark = Mark.objects.get()
    assert (mark.points, mark.levels, mark.revision) == (3, before, 3)
    assert [change.points_after for change in MarkChange.objects.all()] == [3, 3, 3]
    assert ([*undone.back], undone.kept) == ([f"review-{review.pk}"], [])


def test_undo_of_a_first_mark_clears_it(marker, review):
    planned = enter(marker, of(review, "8"))

    undo_marks(marker=marker, steps=steps(*planned))

    assert (Mark.objects.get().points, MarkChange.objects.last().points_before) == (None, 8)


def test_undo_keeps_what_somebody_else_has_changed_since(course, marker, review):
    other = reviewed(EnrollmentFactory(course=course), key="p2")
    planned = enter(marker, of(review, "8"), of(other, "8"))
    ben = EnrollmentFactory(course=course, role="assistant", user__name="Ben").user
    set_mark(review=review, points=Decimal(9), revision=1, by=ben)

    undone = undo_marks(marker=marker, steps=steps(*planned))

    assert [(kept.what, kept.why) for kept in undone.kept] == [("Ada", "Ben has changed it since.")]
    assert {mark.review_id: mark.points for mark in Mark.objects.all()} == {review.pk: 9, other.pk: None}


def test_nobody_undoes_the_marks_of_another(course, marker, review):
    planned = enter(marker, of(review, "8"))
    other = EnrollmentFactory(course=course, role="instructor")

    undone = undo_marks(marker=other, steps=steps(*planned))

    assert (len(undone.kept), Mark.objects.get().points) == (1, 8)


def test_undoing_twice_undoes_once(marker, review):
    enter(marker, of(review, "7"))
    planned = enter(marker, of(review, "8", 1))
    undo_marks(marker=marker, steps=steps(*planned))

    undone = undo_marks(marker=marker, steps=steps(*planned))

    assert (len(undone.kept), Mark.objects.get().points, Mark.objects.get().revision) == (1, 7, 3)


def test_undo_outside_one_s_section_finds_nothing(course, marker, review):
    assistant = EnrollmentFactory(course=course, role="assistant", section=review.reviewer.section)
    planned = enter(assistant, of(review, "8"))
    assistant.section = "B"
    assistant.save()

    undone = undo_marks(marker=assistant, steps=steps(*planned))

    assert ([kept.what for kept in undone.kept], Mark.objects.get().points) == (["A mark"], 8)


# The API


@pytest.fixture
def api(client, course, marker):
    client.force_login(marker.user)

    def post(name, body, query=""):
        response = client.post(reverse(f"api:{name}", args=[course.slug]) + query, body, content_type="application/json")
        return response.status_code, response.json()

    return post


def test_the_api_sets_marks_in_bulk_and_undoes_them(api, review):
    entry = of(review, "8.5")._asdict()

    status, answer = api("mark_bulk", {"marks": [entry]})

    result = {"index": 0, "student": review.reviewer_id, "work": f"review-{review.pk}", "changed": True}
    result |= {"before": "", "value": "8.5", "points": "8.5", "revision": 1}
    assert (status, answer) == (200, {"dry_run": False, "changed": 1, "marks": [result], "errors": []})
    assert api("mark_undo", {"marks": [{"work": entry["work"], "revision": 1}]}) == (
        200,
        {"back": [{"work": entry["work"], "points": None, "revision": 2}], "kept": []},
    )


def test_a_dry_run_changes_nothing_and_names_what_is_bad(api, review):
    good, bad = of(review, "8")._asdict(), of(review, "11")._asdict()

    status, answer = api("mark_bulk", {"marks": [good, bad]}, "?dry_run=true")

    assert (status, answer["dry_run"], answer["changed"], Mark.objects.count()) == (200, True, 1, 0)
    assert [(error["index"], error["field"], error["message"]) for error in answer["errors"]] == [
        (1, "value", "points here go from 0 to 10.")
    ]


def test_the_api_says_what_stands_where_somebody_came_between(api, course, review):
    ben = EnrollmentFactory(course=course, role="assistant", user__name="Ben").user
    mark = set_mark(review=review, points=Decimal(9), revision=0, by=ben)

    status, answer = api("mark_bulk", {"marks": [of(review, "8")._asdict()]})

    error = answer["errors"][0]
    assert (status, error["code"], error["field"]) == (409, "stale_version", "revision")
    assert error["current"] | {"changed_at": None} == {"value": "9", "revision": 1, "marked_by": "Ben", "changed_at": None}
    assert Mark.objects.get().changed_at == mark.changed_at


def test_the_api_refuses_a_body_that_is_none(api):
    assert api("mark_bulk", {"marks": []})[0] == 400
    assert api("mark_bulk", {"marks": [{"student": 1}]})[0] == 400
