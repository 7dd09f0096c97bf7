"""Grades as the portal computes them: facts of the features in, totals and stamps out."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine

from courses.models import Paper
from grading.actions import release_component, set_mark
from grading.presenting import present
from grading.queries import grades_of
from projects.models import Milestone
from reviews.models import ReviewVersion
from tests.factories import (
    DeliverableFactory,
    EnrollmentFactory,
    MarkFactory,
    MeetingFactory,
    MilestoneFactory,
    PaperFactory,
    PolicyFactory,
    RecordFactory,
    SignUpFactory,
    SlotRoleFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.grading.examples import course_with_policy, ece697il, one_component, reviewed

NOW = datetime(2021, 10, 20, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def mid_term():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def course(db):
    return course_with_policy()


@pytest.fixture
def student(course):
    return EnrollmentFactory(course=course)


def grade_of(student, audience="staff"):
    return grades_of(student.course, audience=audience, enrollment_ids=[student.pk])[student.pk]


def leaf_of(student, key, audience="staff"):
    return next(leaf for leaf in grade_of(student, audience).explanation.leaves() if leaf.key == key)


def states(student, key):
    return [(item.key, item.state.value, item.points) for item in leaf_of(student, key).items]


def test_work_that_is_in_time_by_a_deadline_that_was_moved_since_is_not_late(course, student):
    """Nobody says again of each piece of work whether it was late; the grade, its words and other systems read the facts."""
    due = NOW - timedelta(days=2)
    review = reviewed(student, review_due_at=due)
    ReviewVersion.objects.filter(review=review).update(submitted_at=due + timedelta(hours=1), is_late=True)
    talk = MilestoneFactory(course=course, key="talk", due_at=due)
    team = TeamMemberFactory(team=TeamFactory(course=course), enrollment=student).team
    DeliverableFactory(team=team, milestone=talk, submitted_at=due + timedelta(hours=1), is_late=True)

    def late():
        found = (leaf_of(student, key).items[0] for key in ("reviews", "talk"))
        return [(item.late, item.note) for item in found]

    before = late()
    Paper.objects.update(review_due_at=due + timedelta(days=1))
    Milestone.objects.update(due_at=due + timedelta(days=1))

    assert before == [(timedelta(hours=1), "handed in late")] * 2
    assert late() == [(None, "handed in")] * 2


def test_the_whole_grade_of_a_term_is_what_one_computes_by_hand(course, student):
    """ECE697IL with 3 papers so far and one to come, 2 meetings recorded, one talk of each kind."""
    marker = EnrollmentFactory(course=course, role="instructor").user
    past = [MeetingFactory(course=course, date=date(2021, 10, day)) for day in (5, 7, 12)]
    for meeting, points in zip(past[:2], ("9", "8"), strict=True):
        set_mark(review=reviewed(student, meeting=meeting), points=Decimal(points), revision=0, by=marker)
    for meeting in (past[2], MeetingFactory(course=course, date=date(2021, 11, 2))):
        PaperFactory(course=course, meeting=meeting)
    RecordFactory(meeting=past[0], enrollment=student, attended=True, discussed=True)
    RecordFactory(meeting=past[1], enrollment=student, attended=True)
    role = SlotRoleFactory(slot__course=course, slot__meeting=past[0], slot__paper=None, slot__title="Opening talk")
    sign_up = SignUpFactory(role=role, enrollment=student)
    set_mark(sign_up=sign_up, points=Decimal("9.5"), revision=0, by=marker)
    team = TeamMemberFactory(team=TeamFactory(course=course), enrollment=student).team
    talk = MilestoneFactory(course=course, key="talk", due_at=NOW, max_points=20)
    MilestoneFactory(course=course, key="report", due_at=NOW + timedelta(days=40), max_points=50)
    set_mark(milestone=talk, team=team, points=Decimal(16), revision=0, by=marker)

    grade = grade_of(student)

    # Presentation 9.5 of 10. Participation: 6 + 4 of 3 × 6 points. Reviews: 20 are needed and 16 of them are not announced
    # yet, so of the 4 papers 3 could be asked for: 9 and 8 of 30. Talk 16 of 20 points. The report is open.
    points = Fraction("9.5") + Fraction(10, 18) * 20 + Fraction(17, 30) * 20 + 8
    assert grade.explanation.so_far.points == points
    assert grade.explanation.so_far.possible == 60
    assert grade.total == Decimal("66.6")  # 39.944… of 60 is 66.574… of 100
    assert grade.letter == "D"


def test_reviews_stand_as_their_papers_do(course, student):
    marker = EnrollmentFactory(course=course, role="instructor").user
    marked = reviewed(student, key="a-marked", meeting=MeetingFactory(course=course, date=date(2021, 9, 7)))
    reviewed(student, key="b-pending", meeting=MeetingFactory(course=course, date=date(2021, 9, 9)))
    PaperFactory(course=course, key="c-missing", meeting=MeetingFactory(course=course, date=date(2021, 9, 14)))
    PaperFactory(course=course, key="d-open", meeting=MeetingFactory(course=course, date=date(2021, 11, 2)))
    set_mark(review=marked, points=Decimal(8), revision=0, by=marker)

    assert states(student, "reviews") == [
        ("a-marked", "marked", Decimal(8)),
        ("b-pending", "pending", None),
        ("c-missing", "missing", None),
        ("d-open", "open", None),
    ]


def test_participation_is_missing_once_its_day_is_over(course, student):
    yesterday = MeetingFactory(course=course, date=date(2021, 10, 19))
    today = MeetingFactory(course=course, date=date(2021, 10, 20))
    recorded = MeetingFactory(course=course, date=date(2021, 10, 14))
    RecordFactory(meeting=recorded, enrollment=student, attended=True)
    absent = MeetingFactory(course=course, date=date(2021, 10, 12))
    RecordFactory(meeting=absent, enrollment=student, attended=False)

    assert states(student, "participation") == [
        (f"meeting-{absent.pk}", "marked", Decimal(0)),
        (f"meeting-{recorded.pk}", "marked", Decimal(4)),
        (f"meeting-{yesterday.pk}", "missing", None),
        (f"meeting-{today.pk}", "open", None),
    ]


def test_presentations_are_pending_from_their_day_on(course, student):
    for day in (20, 21):
        meeting = MeetingFactory(course=course, date=date(2021, 10, day))
        SignUpFactory(role=SlotRoleFactory(slot__course=course, slot__meeting=meeting), enrollment=student)

    assert [item.state.value for item in leaf_of(student, "presentation").items] == ["pending", "open"]


def test_milestones_stand_as_the_team_handed_in(course, student):
    team = TeamMemberFactory(team=TeamFactory(course=course), enrollment=student).team
    talk = MilestoneFactory(course=course, key="talk", due_at=NOW - timedelta(days=1))
    MilestoneFactory(course=course, key="report", due_at=NOW - timedelta(hours=1))
    DeliverableFactory(team=team, milestone=talk)

    assert (states(student, "talk"), states(student, "report")) == (
        [("talk", "pending", None)],
        [("report", "missing", None)],
    )


def test_credit_for_handing_in_needs_no_mark_and_no_release(course, student):
    PolicyFactory(course=course, number=2, document=one_component(credit="submission", steps=[{"step": "sum"}]))
    reviewed(student, meeting=MeetingFactory(course=course, date=date(2021, 9, 9)))
    PaperFactory(course=course, meeting=MeetingFactory(course=course, date=date(2021, 9, 14)))

    assert grade_of(student, "student").total == Decimal("50.0")


def test_only_active_students_have_grades(course, student):
    EnrollmentFactory(course=course, is_active=False)
    EnrollmentFactory(course=course, role="assistant")
    EnrollmentFactory()

    assert list(grades_of(course, audience="staff")) == [student.pk]


def test_without_a_policy_there_is_nothing_to_count(db):
    student = EnrollmentFactory()

    grade = grade_of(student)

    assert (grade.components, grade.total, grade.letter, grade.policy_number) == ((), None, "", 0)


def test_the_newest_policy_is_in_force(course, student):
    PolicyFactory(course=course, number=2, document=ece697il(weights="sum"))

    assert (grade_of(student).policy_number, grade_of(student).out_of) == (2, Decimal("90.0"))


# changed_at


def settled(course, student, moment):
    type(course).objects.filter(pk=course.pk).update(grades_changed_at=moment)
    type(student).objects.filter(pk=student.pk).update(grade_changed_at=moment, released_changed_at=moment)
    return type(student).objects.select_related("course").get(pk=student.pk)


LONG_AGO = datetime(2021, 9, 1, tzinfo=UTC)


def test_changed_at_is_each_audiences_own_stamp(course, student):
    student = settled(course, student, LONG_AGO)
    marker = EnrollmentFactory(course=course, role="instructor").user
    review = reviewed(student, meeting=MeetingFactory(course=course, date=date(2021, 11, 2)))

    set_mark(review=review, points=Decimal(8), revision=0, by=marker)
    marked = [grade_of(student, audience).changed_at for audience in ("staff", "student")]
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        release_component(course=course, component_key="reviews", by=marker)
        released = [grade_of(student, audience).changed_at for audience in ("staff", "student")]

    assert marked == [NOW, LONG_AGO]
    assert released == [NOW + timedelta(minutes=1)] * 2


def test_changed_at_moves_when_a_deadline_passes(course, student):
    student = settled(course, student, LONG_AGO)
    paper = PaperFactory(course=course, review_due_at=NOW, meeting=MeetingFactory(course=course, date=date(2021, 11, 2)))

    before = grade_of(student).changed_at
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        after = grade_of(student).changed_at

    assert (before, after) == (LONG_AGO, paper.review_due_at)


def test_changed_at_stays_when_a_deadline_passes_that_was_met(course, student):
    student = settled(course, student, LONG_AGO)
    reviewed(student, review_due_at=NOW, meeting=MeetingFactory(course=course, date=date(2021, 11, 2)))

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert grade_of(student).changed_at == LONG_AGO


def test_changed_at_moves_at_the_end_of_a_meetings_day(course, student):
    student = settled(course, student, LONG_AGO)
    MeetingFactory(course=course, date=date(2021, 10, 20))

    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert grade_of(student).changed_at == datetime(2021, 10, 21, 4, tzinfo=UTC)


def test_changed_at_moves_when_the_course_ends(course, student):
    student = settled(course, student, LONG_AGO)

    with time_machine.travel(datetime(2021, 12, 20, tzinfo=UTC), tick=False):
        assert grade_of(student).changed_at == datetime(2021, 12, 9, 5, tzinfo=UTC)


# Queries


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("audience", ["staff", "student"])
def test_grades_take_the_same_queries_however_many(db, django_assert_num_queries, rows, audience):
    course = course_with_policy()
    for _ in range(rows):
        student = EnrollmentFactory(course=course)
        MarkFactory(review=reviewed(student), course=course)
        RecordFactory(meeting=MeetingFactory(course=course), enrollment=student)
        SignUpFactory(role=SlotRoleFactory(slot__course=course), enrollment=student)
        TeamMemberFactory(team=TeamFactory(course=course), enrollment=student)
        MilestoneFactory(course=course)
    course = type(course).objects.get(pk=course.pk)

    with django_assert_num_queries(19):
        grades = grades_of(course, audience=audience)

    assert len(grades) == rows


def test_presenting_a_grade_takes_no_queries(course, student, django_assert_num_queries):
    grade = grade_of(student)

    with django_assert_num_queries(0):
        present(grade)


def test_one_students_grade_is_the_one_they_have_among_all(course, student):
    other = EnrollmentFactory(course=course)
    for reviewer in (student, other):
        MarkFactory(review=reviewed(reviewer), points=Decimal(7))
    RecordFactory(meeting=MeetingFactory(course=course), enrollment=student)

    alone = grades_of(course, audience="staff", enrollment_ids=[student.pk])[student.pk]

    assert alone == grades_of(course, audience="staff")[student.pk]
