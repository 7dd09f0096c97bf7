"""Deadlines, progress and facts for the planner and grading."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from core import kept
from courses.deadlines import State
from courses.models import Enrollment, Paper
from reviews.actions import save_draft, submit_review
from reviews.models import Review
from reviews.queries import (
    Progress,
    deadlines_for,
    grading_facts,
    owed_between,
    progress_of,
    review_due_at,
    score_summaries,
    submitted_counts,
)
from reviews.queries.reading import paper_rows, read_paper, reviewer_rows
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    MeetingFactory,
    PaperFactory,
    ReviewRulesFactory,
    ReviewVersionFactory,
)
from tests.reviews.conftest import BEFORE, CLOSED, DUE

pytestmark = pytest.mark.django_db

GRACE = timedelta(minutes=60)


@pytest.fixture
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


def submit(paper, reviewer, answers):
    return submit_review(review=save_draft(paper=paper, reviewer=reviewer, answers=answers, revision=None), revision=1)


@pytest.mark.parametrize(
    ("meeting_date", "due"),
    [
        # The clocks in New York go back on 7 November 2021 at 2:00, from UTC-4 to UTC-5.
        (date(2021, 11, 6), datetime(2021, 11, 6, 3, 59, tzinfo=UTC)),
        (date(2021, 11, 7), datetime(2021, 11, 7, 3, 59, tzinfo=UTC)),
        (date(2021, 11, 8), datetime(2021, 11, 8, 4, 59, tzinfo=UTC)),
        (date(2021, 11, 9), datetime(2021, 11, 9, 4, 59, tzinfo=UTC)),
    ],
)
def test_due_is_a_minute_to_midnight_on_both_sides_of_the_clock_change(rules, course, meeting_date, due):
    paper = PaperFactory(course=course, meeting=MeetingFactory(course=course, date=meeting_date))

    assert review_due_at(paper, rules) == due
    assert f"{course.local(due):%H:%M}" == "23:59"


def test_grace_is_elapsed_time_in_the_night_the_clocks_change(rules, course):
    rules.grace_minutes = 180
    paper = PaperFactory(course=course, meeting=MeetingFactory(course=course, date=date(2021, 11, 7)))

    assert rules.closes_at(paper) - rules.due_at(paper) == timedelta(hours=3)
    assert f"{course.local(rules.closes_at(paper)):%H:%M}" == "01:59"  # the second one of that night


def test_a_papers_own_deadline_comes_first(rules, course):
    paper = PaperFactory(course=course, review_due_at=CLOSED)

    assert review_due_at(paper, rules) == CLOSED


def test_deadlines_say_where_each_review_stands(course, paper, student, answers, clock):
    missed, drafted, open_one = (
        PaperFactory(course=course, key=key, meeting=MeetingFactory(course=course, date=day))
        for key, day in [("missed", date(2021, 8, 30)), ("drafted", date(2021, 9, 7)), ("open", date(2021, 9, 9))]
    )
    submit(paper, student, answers)
    save_draft(paper=drafted, reviewer=student, answers=answers, revision=None)

    deadlines = deadlines_for(student)

    assert [(line.key, line.state, line.detail) for line in deadlines] == [
        ("missed", State.MISSING, "Review"),
        ("rammer", State.SUBMITTED, "Review · 8 words"),
        ("drafted", State.DRAFT, "Review · 8 words"),
        ("open", State.OPEN, "Review"),
    ]
    assert [line.url for line in deadlines][1] == f"/c/{course.slug}/papers/rammer/review/"
    assert (deadlines[1].kind, deadlines[1].due_at, deadlines[1].closes_at) == ("review", DUE, DUE + GRACE)


def test_deadline_within_the_grace_says_that_it_is_late(paper, student, clock):
    clock.move_to(DUE + timedelta(minutes=1))

    assert [(line.state, line.detail) for line in deadlines_for(student)] == [(State.OPEN, "Review · late, still taken")]


def test_what_came_late_is_in_time_once_everybodys_deadline_is_moved_behind_it(paper, student, assistant, answers, clock):
    clock.move_to(DUE + timedelta(minutes=1))
    submit(paper, student, answers)

    def states():
        viewer = Enrollment.objects.select_related("course").get(pk=student.pk)
        found = Paper.objects.select_related("meeting").get(pk=paper.pk)
        row = next(row for row in reviewer_rows(found, viewer.course.review_rules) if row.enrollment == student)
        return deadlines_for(viewer)[0].state, paper_rows(viewer)[0].state, row.state

    before = states()
    Paper.objects.update(review_due_at=CLOSED)

    assert (before, states()) == ((State.LATE,) * 3, (State.SUBMITTED,) * 3)


@pytest.mark.parametrize("role", ["assistant", "instructor", "observer"])
def test_only_students_owe_reviews(course, paper, role):
    assert deadlines_for(EnrollmentFactory(course=course, role=role)) == []


def test_a_course_without_rules_asks_for_nothing(student):
    PaperFactory(course=student.course)

    assert deadlines_for(student) == []
    assert owed_between(student.course, BEFORE, CLOSED) == []
    assert progress_of(student) == Progress(0, 0)
    assert grading_facts(student.course) == {student.pk: []}


def test_a_holidays_paper_is_not_owed(course, paper, student):
    holiday = MeetingFactory(course=course, kind="holiday")
    PaperFactory(course=course, meeting=holiday)

    assert [line.key for line in deadlines_for(student)] == ["rammer"]


def test_reviews_beyond_the_required_count_are_not_required(course, rules, paper, student, answers, clock):
    rules.required_count = 1
    rules.save()
    PaperFactory(course=course, key="spare", meeting=paper.meeting)
    submit(paper, student, answers)

    assert [(line.key, line.is_required) for line in deadlines_for(student)] == [("rammer", True), ("spare", False)]
    assert owed_between(course, BEFORE, CLOSED) == []
    assert progress_of(student) == Progress(1, 1)


def test_owed_between_names_those_who_have_not_submitted(course, paper, answers, clock):
    done, drafting, idle = (EnrollmentFactory(course=course) for _ in range(3))
    EnrollmentFactory(course=course, is_active=False)
    EnrollmentFactory(course=course, role="instructor")
    submit(paper, done, answers)
    save_draft(paper=paper, reviewer=drafting, answers=answers, revision=None)

    owed = owed_between(course, DUE - timedelta(hours=1), DUE)

    assert [(line.enrollment_id, line.state) for line in owed] == [(drafting.pk, State.DRAFT), (idle.pk, State.OPEN)]


def test_owed_between_takes_the_end_and_leaves_out_the_start(course, paper, student, clock):
    assert len(owed_between(course, DUE - timedelta(seconds=1), DUE)) == 1
    assert owed_between(course, DUE, DUE + timedelta(hours=1)) == []


def test_grading_facts_have_a_line_for_every_student_and_paper(course, paper, student, answers, clock):
    idle = EnrollmentFactory(course=course)
    clock.move_to(DUE + timedelta(minutes=5))
    review = submit(paper, student, answers)

    facts = grading_facts(course)

    assert {who: [(fact.review_id, fact.paper_key, fact.is_in, fact.late) for fact in f] for who, f in facts.items()} == {
        student.pk: [(review.pk, "rammer", True, timedelta(minutes=5))],
        idle.pk: [(None, "rammer", False, None)],
    }


def test_score_summaries_count_and_average(course, rules, paper, assistant, answers, clock):
    for merit in (2, 5, 5):
        submit(paper, EnrollmentFactory(course=course), answers | {"merit": merit})

    (summary,) = score_summaries(course, assistant)[paper.pk]

    assert (summary.field_key, summary.label, summary.mean) == ("merit", "Overall merit", 4.0)
    assert summary.counts == [("1 Reject", 0), ("2 Weak", 1), ("3 Fair", 0), ("4 Good", 0), ("5 Excellent", 2)]
    assert read_paper(assistant, paper).scores == [summary]


def test_a_score_field_for_staff_is_not_summed_up_for_students(course, rules, paper, student, assistant, answers, clock):
    rules.form.fields.filter(key="merit").update(visible_to="staff")
    submit(paper, student, answers)

    assert score_summaries(course, student) == {}
    assert read_paper(student, paper).scores == []
    assert len(score_summaries(course, assistant)[paper.pk]) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_rows(course, rules, answers, clock, django_assert_num_queries, rows):
    students = [EnrollmentFactory(course=course) for _ in range(rows)]
    meeting = MeetingFactory(course=course, date=date(2021, 9, 2))
    papers = [PaperFactory(course=course, meeting=meeting) for _ in range(rows)]
    for paper in papers:
        for student in students:
            submit(paper, student, answers)
    idle, staff = EnrollmentFactory(course=course), EnrollmentFactory(course=course, role="instructor")
    spare = PaperFactory(course=course, meeting=meeting)

    with django_assert_num_queries(3):
        deadlines_for(idle)
    with django_assert_num_queries(4):
        assert len(owed_between(course, BEFORE, CLOSED)) == (rows + 1) * (rows + 1) - rows * rows
    with django_assert_num_queries(1):
        progress_of(idle)
    with django_assert_num_queries(4):
        grading_facts(course)
    with django_assert_num_queries(2):
        score_summaries(course, staff)
    with django_assert_num_queries(1):
        submitted_counts(course)
    with django_assert_num_queries(4):  # the scores are kept since `score_summaries`
        paper_rows(students[0])
    kept.forget_all()
    with django_assert_num_queries(6):
        paper_rows(students[0])
    with django_assert_num_queries(3):
        read_paper(students[0], papers[0])
    with django_assert_num_queries(3):
        reviewer_rows(spare, rules)


def test_scores_that_are_kept_change_with_a_resubmission(course, rules, paper, student, assistant, answers, clock):
    review = submit(paper, student, answers)
    before = paper_rows(assistant)[0].scores[0].mean
    save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 1}, revision=review.revision)
    submit_review(review=review, revision=review.revision + 1)

    after = paper_rows(assistant)[0].scores[0].mean

    assert (before, after) == (answers["merit"], 1)


def test_scores_that_are_kept_change_with_a_submission_that_is_committed_after_a_newer_one(
    course, rules, paper, student, assistant, answers, clock
):
    """PostgreSQL gives keys when rows are written, and shows the rows when they are committed."""
    early = submit(paper, student, answers)
    version = ReviewVersionFactory(review=early, number=2, answers=answers | {"merit": 1})
    submit(paper, EnrollmentFactory(course=course), answers)
    before = paper_rows(assistant)[0].scores[0].mean
    Review.objects.filter(pk=early.pk).update(current=version)
    early.scores.update(value=1)

    after = paper_rows(assistant)[0].scores[0].mean

    assert (before, after) == (4, 2.5)


def test_scores_that_are_kept_for_staff_are_not_shown_to_students(course, rules, paper, student, assistant, answers, clock):
    rules.form.fields.filter(key="merit").update(visible_to="staff")
    submit(paper, student, answers)

    for_staff, for_student = (paper_rows(viewer)[0].scores for viewer in (assistant, student))

    assert (len(for_staff), for_student) == (1, [])


def test_other_courses_do_not_show_up(paper, student, answers, clock):
    submit(paper, student, answers)
    elsewhere = CourseFactory()
    ReviewRulesFactory(course=elsewhere)

    assert grading_facts(elsewhere) == {}
    assert submitted_counts(elsewhere) == {}
