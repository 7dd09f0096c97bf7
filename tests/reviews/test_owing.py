"""The others' reviews that open only to who has submitted all that they owe by then."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from courses.models import Enrollment
from presentations.models import PresentationRules
from reviews import policies
from reviews.models import Asks, Assignment, Review
from reviews.queries import paper_rows, read_paper
from reviews.queries.owing import shut_from
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    PaperFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
    SubmittedReviewFactory,
)

pytestmark = pytest.mark.django_db

START = datetime(2021, 9, 1, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def papers(course, rules):
    """Four papers due in as many weeks, each with a review by somebody else."""
    rules.visibility, rules.required_count, rules.presenters_are_exempt = "after_mine", None, True
    rules.save()
    PresentationRules.objects.create(course=course)
    found = []
    for number in range(4):
        meeting = MeetingFactory(course=course, date=(START + number * WEEK).date())
        found.append(PaperFactory(course=course, meeting=meeting, key=f"p{number}", review_due_at=START + number * WEEK))
        SubmittedReviewFactory(paper=found[-1])
    return found


def opened(student, *, now=START - timedelta(days=1)):
    """The keys of the papers whose others' reviews are open, as the set, the list and the page say it."""
    with time_machine.travel(now, tick=False):
        viewer = Enrollment.objects.select_related("course").get(pk=student.pk)
        found = Review.objects.open_to(viewer).exclude(reviewer=viewer)
        by_set = sorted(found.values_list("paper__key", flat=True))
        by_list = sorted(row.paper.key for row in paper_rows(viewer) if row.review_count is not None)
        pages = [row.paper for row in paper_rows(viewer)]
        by_page = sorted(paper.key for paper in pages if read_paper(viewer, paper).is_open)
    assert by_set == by_list == by_page
    return by_set


def submit(student, *papers):
    for paper in papers:
        SubmittedReviewFactory(paper=paper, reviewer=student)


def test_a_paper_opens_when_all_that_is_due_by_then_is_submitted(papers, student):
    submit(student, papers[0], papers[2])
    assert opened(student) == ["p0"]

    submit(student, papers[1])

    assert opened(student) == ["p0", "p1", "p2"]


def test_what_is_due_later_shuts_nothing(papers, student):
    submit(student, papers[0])

    assert opened(student, now=START + timedelta(days=1)) == ["p0"]


def test_a_missed_review_shuts_nothing_once_its_grace_is_over(papers, rules, student):
    rules.grace_minutes = 60
    rules.save()
    submit(student, papers[0], papers[2], papers[3])
    end = START + WEEK + timedelta(hours=1)

    assert opened(student, now=end) == ["p0"]
    assert opened(student, now=end + timedelta(seconds=1)) == ["p0", "p1", "p2", "p3"]


def test_what_was_missed_is_counted_among_what_may_be_skipped(papers, rules, student):
    rules.required_count = 3
    rules.save()
    submit(student, papers[3])

    assert opened(student, now=START + timedelta(days=1)) == ["p0"]


@pytest.mark.parametrize("asks", [Asks.EXEMPT, Asks.OPTIONAL])
def test_what_is_not_required_shuts_nothing(papers, student, asks):
    submit(student, papers[0], papers[2], papers[3])
    Assignment.objects.create(course=student.course, paper=papers[1], reviewer=student, asks=asks)

    assert opened(student) == ["p0", "p2", "p3"]
    assert opened(student, now=START + 9 * WEEK) == ["p0", "p1", "p2", "p3"]


def test_who_presents_and_is_exempt_owes_nothing(papers, student):
    submit(student, papers[0], papers[2])
    slot = SlotFactory(course=student.course, paper=papers[1], meeting=papers[1].meeting)
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=student)

    assert opened(student) == ["p0", "p2"]


def test_more_time_moves_what_is_owed_to_its_end(papers, student):
    submit(student, papers[0], papers[2])
    own = {"course": student.course, "paper": papers[1], "reviewer": student}
    Assignment.objects.create(**own, due_at=START + 2 * WEEK + timedelta(days=1))

    assert opened(student) == ["p0", "p2"]


def test_a_paper_for_which_one_has_more_time_is_shut_by_what_is_owed_before_that(papers, student):
    """Its own review is in, but its deadline is now behind that of another that is owed."""
    submit(student, papers[0], papers[1])
    assert opened(student) == ["p0", "p1"]
    own = {"course": student.course, "paper": papers[1], "reviewer": student}

    Assignment.objects.create(**own, due_at=START + 2 * WEEK + timedelta(days=1))

    assert opened(student) == ["p0"]


def test_a_cancelled_meeting_is_owed_nothing(papers, student):
    submit(student, papers[0], papers[2])
    papers[1].meeting.kind = "holiday"
    papers[1].meeting.save()

    assert opened(student) == ["p0", "p2"]


def test_only_assigned_papers_are_owed_where_staff_assign(papers, rules, student):
    rules.who = "assigned"
    rules.save()
    Assignment.objects.create(course=student.course, paper=papers[2], reviewer=student)

    assert opened(student, now=START + timedelta(days=1)) == ["p0"]
    submit(student, papers[3])
    assert opened(student, now=START + timedelta(days=8)) == ["p0", "p1"]
    assert opened(student, now=START + timedelta(days=15)) == ["p0", "p1", "p2", "p3"]


def test_as_many_may_be_missing_as_may_be_skipped(papers, rules, student):
    rules.required_count = 3
    rules.save()
    submit(student, papers[0], papers[2])

    assert opened(student) == ["p0", "p2"]
    assert opened(student, now=START + timedelta(days=15)) == ["p0", "p1", "p2"]


def test_who_has_submitted_as_many_as_asked_owes_nothing(papers, rules, student):
    rules.required_count = 2
    rules.save()
    submit(student, papers[1], papers[2])

    assert opened(student, now=START + 9 * WEEK) == ["p0", "p1", "p2", "p3"]


def test_who_observes_waits_for_the_deadline_only(papers, course):
    observer = EnrollmentFactory(course=course, role="observer")

    assert opened(observer) == []
    assert opened(observer, now=START + timedelta(days=8)) == ["p0", "p1"]


def test_nothing_is_open_to_who_does_not_say_what_is_owed(papers, student):
    submit(student, *papers)
    viewer = Enrollment.objects.select_related("course").get(pk=student.pk)

    assert not policies.may_read_others(viewer, papers[0], has_submitted=True, now=START)
    assert shut_from(viewer) is None


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_owed_costs_the_same_for_any_number(papers, student, django_assert_num_queries, count):
    submit(student, *papers[:count])
    viewer = Enrollment.objects.select_related("course__review_rules").get(pk=student.pk)

    with django_assert_num_queries(4):
        shut_from(viewer)
    with django_assert_num_queries(5):
        list(Review.objects.visible_to(viewer))
