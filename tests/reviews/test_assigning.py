"""Deadlines of one's own, exemptions, and courses in which not everybody reviews everything."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from core.errors import DomainError
from courses.deadlines import State
from courses.models import Enrollment
from grading.queries import grades_of
from planner.queries import to_do
from reviews import policies
from reviews.actions import save_draft, submit_review
from reviews.assigning.actions import ask, back_to_the_rule, choose, excuse, give_back, give_more_time
from reviews.models import Asks, Assignment, AssignmentChange, Review, Times
from reviews.queries import duties_of, duty_of, owed_between, paper_rows, progress_of, read_paper, reviewer_rows
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    MeetingFactory,
    PaperFactory,
    PolicyFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
)
from tests.reviews.conftest import BEFORE, CLOSED, DUE

LATER = datetime(2021, 9, 6, 3, 59, tzinfo=UTC)  # after CLOSED
AFTER_LATER = LATER + timedelta(days=1)


def viewed(enrollment):
    return Enrollment.objects.select_related("course").get(pk=enrollment.pk)


def submit(paper, reviewer, answers, at):
    with time_machine.travel(at, tick=False):
        review = save_draft(paper=paper, reviewer=reviewer, answers=answers, revision=None)
        return submit_review(review=review, revision=review.revision)


def extend(paper, *students, by, due_at=LATER, reason="Ill for a week."):
    give_more_time(paper=paper, reviewers=students, due_at=due_at, reason=reason, by=by.user)


def set_rules(course, **values):
    for name, value in values.items():
        setattr(course.review_rules, name, value)
    course.review_rules.save()


def test_more_time_moves_one_students_deadline_only(paper, student, instructor):
    other = EnrollmentFactory(course=paper.course)

    extend(paper, student, by=instructor)

    assert [duty_of(viewed(each), paper).due_at for each in (student, other)] == [LATER, DUE]


def test_review_within_more_time_is_taken_and_is_not_late(paper, student, instructor, answers):
    extend(paper, student, by=instructor)

    review = submit(paper, student, answers, CLOSED)

    assert (review.current.number, review.current.is_late) == (1, False)


def test_review_after_more_time_and_its_grace_is_refused_and_kept(paper, student, instructor, answers):
    extend(paper, student, by=instructor)

    with pytest.raises(DomainError, match="closed on Monday 6 September 2021 at 00:59"):
        submit(paper, student, answers, AFTER_LATER)

    assert Review.objects.get().answers["summary"] == answers["summary"]


def test_more_time_given_afterwards_makes_late_work_timely_and_taking_it_back_late_again(paper, student, instructor, answers):
    review = submit(paper, student, answers, DUE + timedelta(minutes=30))
    before = review.current.is_late

    extend(paper, student, by=instructor)
    review.current.refresh_from_db()
    extended = review.current.is_late
    back_to_the_rule(paper=paper, reviewers=[student], by=instructor.user)
    review.current.refresh_from_db()

    assert (before, extended, review.current.is_late) == (True, False, True)


def test_who_has_more_time_does_not_read_the_others_until_it_is_over(course, paper, student, instructor, answers):
    submit(paper, EnrollmentFactory(course=course), answers, BEFORE)
    extend(paper, student, by=instructor)

    seen = {}
    for name, moment in (("closed for all", CLOSED), ("own time over", AFTER_LATER)):
        with time_machine.travel(moment, tick=False):
            viewer = viewed(student)
            by_page = read_paper(viewer, paper).is_open
            by_list = paper_rows(viewer)[0].review_count is not None
            by_set = Review.objects.open_to(viewer).exists()
            seen[name] = (by_page, by_list, by_set)

    assert seen == {"closed for all": (False,) * 3, "own time over": (True,) * 3}


@pytest.mark.parametrize("visibility", ["after_own", "after_deadline", "always", "never"])
@pytest.mark.parametrize("own_submitted", [False, True])
@pytest.mark.parametrize("moment", [BEFORE, CLOSED, AFTER_LATER])
def test_set_and_policy_agree_on_who_has_more_time(
    course, paper, student, instructor, answers, visibility, own_submitted, moment
):
    set_rules(course, visibility=visibility)
    theirs = submit(paper, EnrollmentFactory(course=course), answers, BEFORE)
    if own_submitted:
        submit(paper, student, answers, BEFORE)
    extend(paper, student, by=instructor)

    with time_machine.travel(moment, tick=False):
        viewer = viewed(student)
        by_policy = policies.may_read_others(
            viewer, paper, has_submitted=own_submitted, own=Times(None, LATER, LATER + timedelta(hours=1))
        )
        by_set = Review.objects.visible_to(viewer).filter(pk=theirs.pk).exists()

        assert by_policy == by_set == read_paper(viewer, paper).is_open


def test_the_to_do_list_and_reminders_follow_ones_own_deadline(course, paper, student, instructor):
    other = EnrollmentFactory(course=course)
    extend(paper, student, by=instructor)

    with time_machine.travel(BEFORE, tick=False):
        mine = [each.due_at for each in to_do(viewed(student)) if each.kind == "review"]
        first = [each.enrollment_id for each in owed_between(course, BEFORE, CLOSED)]
        second = [(each.enrollment_id, each.due_at) for each in owed_between(course, CLOSED, AFTER_LATER)]

    assert (mine, first, second) == ([LATER], [other.pk], [(student.pk, LATER)])


def test_who_is_excused_owes_nothing_and_is_told_why(course, paper, student, instructor):
    set_rules(course, required_count=None)
    excuse(paper=paper, reviewers=[student], reason="Knows the authors.", by=instructor.user)

    with time_machine.travel(CLOSED, tick=False):
        (duty,) = duties_of(viewed(student))
        progress = progress_of(viewed(student))
        owed = owed_between(course, BEFORE, CLOSED)

    assert (duty.state, duty.terms.reason, progress.required, owed) == (State.EXEMPT, "Knows the authors.", 0, [])


def test_what_an_excused_student_hands_in_all_the_same_counts(paper, student, instructor, answers):
    excuse(paper=paper, reviewers=[student], reason="Knows the authors.", by=instructor.user)

    submit(paper, student, answers, BEFORE)

    with time_machine.travel(CLOSED, tick=False):
        assert duty_of(viewed(student), paper).state == State.SUBMITTED


REVIEWS_ONLY = {
    "weights": "scale",
    "components": [{"key": "reviews", "title": "Reviews", "weight": 20, "source": "reviews"}],
    "letters": [{"letter": "P", "from": 0}],
}


def test_an_exempt_paper_is_left_out_of_the_grade(course, paper, student, instructor):
    PolicyFactory(course=course, document=REVIEWS_ONLY)
    with time_machine.travel(CLOSED, tick=False):
        missing = items_of(course, student)
        excuse(paper=paper, reviewers=[student], reason="Ill.", by=instructor.user)
        excused = items_of(course, student)

    assert (missing, excused) == (["missing"], ["exempt"])


def items_of(course, student):
    grade = grades_of(course, audience="student", enrollment_ids=[student.pk])[student.pk]
    return [str(item.state) for leaf in grade.explanation.leaves() for item in leaf.items]


def test_presenters_are_exempt_where_the_course_says_so(course, paper, student):
    slot = SlotFactory(course=course, meeting=paper.meeting, paper=paper)
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=student)

    states = []
    for exempt in (False, True):
        set_rules(course, presenters_are_exempt=exempt)
        with time_machine.travel(BEFORE, tick=False):
            duty = duty_of(viewed(student), paper)
        states.append((duty.state, duty.terms.reason))

    assert states == [(State.OPEN, ""), (State.EXEMPT, "You present this paper.")]


def test_staff_may_ask_a_presenter_all_the_same(course, paper, student, instructor):
    slot = SlotFactory(course=course, meeting=paper.meeting, paper=paper)
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=student)
    set_rules(course, presenters_are_exempt=True)

    ask(paper=paper, reviewers=[student], by=instructor.user)

    with time_machine.travel(BEFORE, tick=False):
        assert duty_of(viewed(student), paper).state == State.OPEN


@pytest.mark.parametrize("who", ["chosen", "assigned"])
def test_where_not_everybody_reviews_only_who_is_asked_owes(course, paper, student, instructor, answers, who):
    set_rules(course, who=who)
    other = EnrollmentFactory(course=course)
    ask(paper=paper, reviewers=[student], by=instructor.user)

    with time_machine.travel(BEFORE, tick=False):
        lists = [[duty.paper for duty in duties_of(viewed(each))] for each in (student, other)]
        owed = [each.enrollment_id for each in owed_between(course, BEFORE, CLOSED)]
        with pytest.raises(DomainError, match="not asked"):
            save_draft(paper=paper, reviewer=viewed(other), answers=answers, revision=None)

    assert (lists, owed) == ([[paper], []], [student.pk])


def test_what_was_begun_can_be_finished_after_the_paper_was_taken_away(course, paper, student, instructor, answers):
    set_rules(course, who="assigned")
    ask(paper=paper, reviewers=[student], by=instructor.user)
    with time_machine.travel(BEFORE, tick=False):
        save_draft(paper=paper, reviewer=viewed(student), answers=answers, revision=None)
    back_to_the_rule(paper=paper, reviewers=[student], by=instructor.user)

    review = submit_at(paper, viewed(student), answers)

    assert (review.is_submitted, [duty.state for duty in duties_of(viewed(student))]) == (True, [State.SUBMITTED])


def submit_at(paper, reviewer, answers):
    with time_machine.travel(BEFORE, tick=False):
        review = save_draft(paper=paper, reviewer=reviewer, answers=answers, revision=1)
        return submit_review(review=review, revision=review.revision)


def test_students_choose_until_they_have_enough_and_may_give_back(course, paper, student):
    set_rules(course, who="chosen", required_count=1)
    another = PaperFactory(course=course, meeting=paper.meeting)
    with time_machine.travel(BEFORE, tick=False):
        choose(paper=paper, reviewer=student)
        choose(paper=paper, reviewer=student)
        with pytest.raises(DomainError, match="You have chosen 1 paper,"):
            choose(paper=another, reviewer=student)
        give_back(paper=paper, reviewer=student)
        choose(paper=another, reviewer=student)

    assert [(row.paper, row.source) for row in Assignment.objects.all()] == [(another, "chosen")]


def test_what_is_begun_or_asked_by_staff_is_not_given_back(course, paper, student, instructor, answers):
    set_rules(course, who="chosen")
    asked = PaperFactory(course=course, meeting=paper.meeting)
    ask(paper=asked, reviewers=[student], by=instructor.user)
    with time_machine.travel(BEFORE, tick=False):
        choose(paper=paper, reviewer=student)
        save_draft(paper=paper, reviewer=viewed(student), answers=answers, revision=None)
        for which, words in ((paper, "begun"), (asked, "Staff asked")):
            with pytest.raises(DomainError, match=words):
                give_back(paper=which, reviewer=student)

    assert Assignment.objects.count() == 2


def test_nobody_chooses_in_a_course_that_assigns(paper, student):
    with pytest.raises(DomainError, match="do not choose"):
        choose(paper=paper, reviewer=student)


def test_a_closed_paper_is_not_chosen(course, paper, student):
    set_rules(course, who="chosen")
    with time_machine.travel(CLOSED, tick=False), pytest.raises(DomainError, match="closed"):
        choose(paper=paper, reviewer=student)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"due_at": DUE}, "due_at"),
        ({"due_at": DUE - timedelta(days=1)}, "due_at"),
        ({"due_at": datetime(9999, 12, 31, 23, 59, tzinfo=ZoneInfo("America/New_York"))}, "due_at"),
    ],
)
def test_more_time_that_makes_no_sense_is_refused(paper, student, instructor, values, field):
    with pytest.raises(DomainError) as refusal:
        extend(paper, student, by=instructor, **values)

    assert (refusal.value.field, Assignment.objects.count(), AssignmentChange.objects.count()) == (field, 0, 0)


def test_terms_are_for_students_of_the_course_and_all_or_nobody(paper, student, instructor):
    stranger = EnrollmentFactory(course=CourseFactory())
    for wrong in (stranger, instructor):
        with pytest.raises(DomainError, match="Only students"):
            extend(paper, student, wrong, by=instructor)

    assert Assignment.objects.count() == 0


def test_every_change_is_written_down_and_saying_the_same_again_is_none(paper, student, instructor):
    for _ in range(2):
        extend(paper, student, by=instructor)
    excuse(paper=paper, reviewers=[student], reason="Ill after all.", by=instructor.user)
    for _ in range(2):
        back_to_the_rule(paper=paper, reviewers=[student], by=instructor.user)

    changes = AssignmentChange.objects.order_by("pk").values_list("asks", "due_at", "reason", "changed_by")
    assert list(changes) == [
        (Asks.REQUIRED, LATER, "Ill for a week.", instructor.user_id),
        (Asks.EXEMPT, None, "Ill after all.", instructor.user_id),
        ("", None, "", instructor.user_id),
    ]


def test_a_change_stamps_the_students_grade(paper, student, instructor):
    before = student.released_changed_at

    extend(paper, student, by=instructor)

    student.refresh_from_db()
    assert student.released_changed_at > before


def post(client, who, paper, **data):
    client.force_login(who.user)
    return client.post(reverse("reviews:reviewer_list", args=[paper.course.slug, paper.key]), data)


def test_instructor_gives_more_time_on_the_page(client, paper, student, instructor):
    response = post(
        client, instructor, paper, act="more_time", reviewers=[student.pk], due_at="2021-09-05T23:59", reason="Ill for a week."
    )

    page = client.get(response["Location"]).content.decode()
    told = ("due Sun 5 Sep 2021, 23:59" in page, page.count("Ill for a week."))
    assert (response.status_code, Assignment.objects.get().due_at, told) == (302, LATER, (True, 2))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"act": "more_time", "reason": "Ill."}, "Say until when."),
        ({"act": "more_time", "due_at": "2021-09-05T23:59"}, "Say why"),
        ({"act": "more_time", "due_at": "2021-08-05T23:59", "reason": "Ill."}, "That is no more time"),
        ({"act": "excuse"}, "Say why"),
        ({"act": "frobnicate"}, "Select a valid choice"),
        ({"reason": "Ill."}, "Choose what is to happen."),
    ],
)
def test_bad_input_on_the_page_says_what_and_keeps_what_was_ticked(client, paper, student, instructor, data, words):
    response = post(client, instructor, paper, reviewers=[student.pk], **data)

    page = response.content.decode()
    is_ticked = f'value="{student.pk}" aria-label="{student.user.name}" checked' in page
    assert (response.status_code, words in page, is_ticked, Assignment.objects.count()) == (422, True, True, 0)


def test_page_refuses_a_student_of_another_course(client, paper, instructor):
    stranger = EnrollmentFactory(course=CourseFactory())

    response = post(client, instructor, paper, act="excuse", reviewers=[stranger.pk], reason="Ill.")

    assert (response.status_code, Assignment.objects.count()) == (422, 0)


def test_assistants_see_the_page_without_the_form(client, paper, student, assistant):
    client.force_login(assistant.user)

    page = client.get(reverse("reviews:reviewer_list", args=[paper.course.slug, paper.key])).content.decode()

    assert (student.user.name in page, 'name="act"' in page) == (True, False)


def test_student_chooses_and_gives_back_on_the_page(client, course, paper, student):
    set_rules(course, who="chosen")
    client.force_login(student.user)
    detail = reverse("reviews:paper_detail", args=[course.slug, paper.key])
    with time_machine.travel(BEFORE, tick=False):
        offered = "Review this paper" in client.get(detail).content.decode()
        client.post(reverse("reviews:paper_choose", args=[course.slug, paper.key]))
        chosen = client.get(detail).content.decode()
        client.post(reverse("reviews:paper_give_back", args=[course.slug, paper.key]))
        after = client.get(detail).content.decode()

    assert (offered, "Write the review" in chosen, "Give it back" in chosen, "Review this paper" in after) == (True,) * 4


@pytest.mark.parametrize("rows", [1, 3])
def test_reviewer_page_queries_do_not_grow(client, course, paper, instructor, django_assert_num_queries, rows):
    students = [EnrollmentFactory(course=course) for _ in range(rows)]
    extend(paper, *students, by=instructor)
    client.force_login(instructor.user)

    with django_assert_num_queries(12):
        client.get(reverse("reviews:reviewer_list", args=[course.slug, paper.key]))


def test_reviewer_rows_say_who_is_not_asked(course, rules, paper, student, instructor):
    set_rules(course, who="assigned")
    other = EnrollmentFactory(course=course)
    ask(paper=paper, reviewers=[student], by=instructor.user)

    with time_machine.travel(BEFORE, tick=False):
        states = {row.enrollment.pk: row.state for row in reviewer_rows(paper, course.review_rules)}

    assert states == {student.pk: State.OPEN, other.pk: None}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_choices_at_once_do_not_pass_the_limit(course, paper, student):
    set_rules(course, who="chosen", required_count=1)
    papers = [
        paper,
        *(PaperFactory(course=course, meeting=MeetingFactory(course=course, date=paper.meeting.date)) for _ in range(3)),
    ]

    def take(which):
        try:
            choose(paper=which, reviewer=student)
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "taken"

    with time_machine.travel(BEFORE, tick=False), ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(take, papers))

    assert (outcomes, Assignment.objects.count()) == (["enough"] * 3 + ["taken"], 1)
