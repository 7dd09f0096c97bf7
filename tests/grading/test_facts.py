"""What the engine is told of work in states that a mark alone does not tell."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from courses.models import Course
from discussion.ratings import RATERS_TO_SHOW
from grading import engine
from grading.actions import set_mark
from grading.engine import State
from grading.queries import grades_of
from grading.queries.sheet import Asked, sheet_of
from oneroster.gradebook import read_book, results_of
from reviews.models import ReviewRules
from tests.factories import (
    DeliverableFactory,
    EnrollmentFactory,
    ExcuseFactory,
    MilestoneFactory,
    PaperFactory,
    RatingFactory,
    SignUpFactory,
    SubmittedReviewFactory,
    TeamMemberFactory,
)
from tests.grading.examples import course_with_policy, one_component, reviewed

pytestmark = pytest.mark.django_db
LATE = [{"step": "late", "percent": 10}, {"step": "mean"}]


def grade_of(student):
    return grades_of(student.course, audience="staff")[student.pk]


def test_work_can_need_presentations_that_no_component_counts():
    steps = [{"step": "needs", "source": "presentations"}, {"step": "mean"}]
    course = course_with_policy(one_component(steps=steps))
    student = SignUpFactory(role__slot__course=course, enrollment__course=course).enrollment

    assert [item.out_of for item in grade_of(student).facts.sources["presentations"]] == [10]


@pytest.fixture
def member():
    gate = {"component": "only", "all_handed_in": True}
    course = course_with_policy(one_component(source="milestones") | {"gates": [gate]})
    return TeamMemberFactory(team__course=course, enrollment=EnrollmentFactory(course=course))


def test_a_zero_for_a_milestone_that_never_came_does_not_hand_it_in(member):
    milestone = MilestoneFactory(course=member.team.course)
    teacher = EnrollmentFactory(course=member.team.course, role="instructor").user

    set_mark(milestone=milestone, team=member.team, points=Decimal(0), revision=0, by=teacher)

    grade = grade_of(member.enrollment)
    assert (grade.explanation.so_far.is_failed, grade.explanation.final.is_failed) == (True, True)
    assert next(grade.explanation.leaves()).items[0].note == "nothing handed in"


@pytest.mark.parametrize("points", [0, 12])
def test_a_milestone_that_came_or_earned_points_is_handed_in(member, points):
    milestone = MilestoneFactory(course=member.team.course)
    if not points:
        DeliverableFactory(team=member.team, milestone=milestone)
    teacher = EnrollmentFactory(course=member.team.course, role="instructor").user

    set_mark(milestone=milestone, team=member.team, points=Decimal(points), revision=0, by=teacher)

    assert not grade_of(member.enrollment).explanation.final.is_failed


NOW = datetime(2021, 9, 4, 12, tzinfo=UTC)


@pytest.fixture
def late_reader():
    """Their only review was due more than a day ago and is still taken."""
    course = course_with_policy(one_component(steps=LATE), time_zone="UTC")
    ReviewRules.objects.filter(course=course).update(grace_minutes=5 * 24 * 60)
    PaperFactory(course=course, key="late", meeting__course=course, meeting__date=date(2021, 9, 4))
    return EnrollmentFactory(course=Course.objects.get(pk=course.pk))


@time_machine.travel(NOW, tick=False)
def test_open_work_past_its_deadline_can_be_worth_what_lateness_leaves(late_reader):
    grade = grade_of(late_reader)
    (item,) = grade.facts.sources["reviews"]

    assert (item.state, item.note) == (State.OPEN, "would be late by now")
    assert engine.at_most(grade.policy, grade.facts).final.value == 90


@time_machine.travel(NOW, tick=False)
def test_what_if_says_what_the_mark_then_makes(late_reader):
    before = grade_of(late_reader)
    typed = engine.what_if(before.policy, before.facts, {("reviews", "late"): Decimal(8)})

    paper = late_reader.course.papers.get()
    review = SubmittedReviewFactory(paper=paper, reviewer=late_reader, version__submitted_at=NOW, version__is_late=True)
    teacher = EnrollmentFactory(course=late_reader.course, role="instructor").user
    set_mark(review=review, points=Decimal(8), revision=0, version=1, by=teacher)

    assert typed.final.value == grade_of(late_reader).explanation.final.value == 70


@time_machine.travel(NOW, tick=False)
def test_open_work_is_not_late_yet_on_the_sheet(late_reader):
    teacher = EnrollmentFactory(course=late_reader.course, role="instructor")

    (row,) = sheet_of(teacher, "only", Asked()).rows

    assert row.cells[0].signs == ("not due",)


def test_an_excuse_that_ends_with_the_word_late_makes_no_work_late():
    course = course_with_policy(one_component())
    student = EnrollmentFactory(course=course)
    paper = PaperFactory(course=course, meeting__course=course)
    ExcuseFactory(enrollment=student, source="reviews", item=paper.key, reason="joined late")

    lates = [row["late"] for row in results_of(read_book(course, audience="staff", base=""))]

    assert lates == ["false"] * len(lates)


BAD = {"component": "only", "count_of": "bad_ratings", "each": 3}


@pytest.mark.parametrize("rules", [{"deductions": [BAD]}, {"tracks": [{"title": "T", "sections": ["t"], "deductions": [BAD]}]}])
def test_badly_rated_reviews_lower_the_whole_where_a_deduction_says_so(rules):
    course = course_with_policy(one_component() | rules)
    review = reviewed(EnrollmentFactory(course=course, section="t"))
    for _ in range(RATERS_TO_SHOW):
        RatingFactory(review=review, verdict="needs_work")
    teacher = EnrollmentFactory(course=course, role="instructor").user

    set_mark(review=review, points=Decimal(9), revision=0, version=1, by=teacher)

    assert grade_of(review.reviewer).explanation.final.value == 87


def test_an_excused_review_is_not_counted_as_rated_bad():
    course = course_with_policy(one_component() | {"deductions": [BAD]})
    review = reviewed(EnrollmentFactory(course=course))
    for _ in range(RATERS_TO_SHOW):
        RatingFactory(review=review, verdict="needs_work")
    assert grade_of(review.reviewer).facts.counts == {"bad_ratings": 1}

    ExcuseFactory(enrollment=review.reviewer, source="reviews", item=review.paper.key)

    assert grade_of(review.reviewer).facts.counts == {"bad_ratings": 0}
