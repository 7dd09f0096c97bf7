"""Rounds: deadlines and questions of their own, for papers and for single assignments."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.errors import DomainError
from courses.models import Enrollment, Paper
from reviews import policies
from reviews.actions import save_draft, submit_review
from reviews.assigning.actions import ask, excuse, give_more_time, put_in_round
from reviews.assigning.bulk.actions import BadLines, apply_bulk
from reviews.form_editing.actions import write_form
from reviews.form_editing.tables import FormFaults, table_of
from reviews.models import Assignment, AssignmentChange, Field, PaperRound, Review, ReviewRules, Round, Times, restamp_rounds
from reviews.offline.apply import Desk
from reviews.queries import duty_of, grading_facts, owed_between, read_paper
from reviews.queries.owing import shut_from
from reviews.search import SearchError
from reviews.search import find as search
from tests.factories import EnrollmentFactory, FieldFactory, MeetingFactory, PaperFactory, RoundFactory
from tests.reviews.conftest import BEFORE, DUE

NOON = time(12, 0)
HOUR = timedelta(hours=1)


def fresh(enrollment) -> Enrollment:
    return Enrollment.objects.select_related("course__review_rules__form").get(pk=enrollment.pk)


def place(course, *papers, **values) -> Round:
    """A round with these papers in it."""
    made = RoundFactory(course=course, **values)
    PaperRound.objects.bulk_create(PaperRound(paper=paper, round=made) for paper in papers)
    restamp_rounds(course)
    course.review_rules.rounds_stamp = ReviewRules.objects.values_list("rounds_stamp", flat=True).get(course=course)
    return made


def times(course, paper):
    return ReviewRules.objects.select_related("course").get(course=course).times(paper)


def submit(paper, student, answers, at):
    with time_machine.travel(at, tick=False):
        student = fresh(student)
        review = save_draft(paper=paper, reviewer=student, answers=answers, revision=None)
        return submit_review(review=review, revision=review.revision)


# -- when


def test_a_round_that_says_nothing_has_the_courses_deadline(course, paper):
    place(course, paper)

    found = times(course, paper)

    assert (found.opens_at, found.due_at, found.closes_at) == (None, DUE, DUE + HOUR)


def test_moments_count_from_the_papers_meeting_by_the_courses_clock(course, paper):
    place(
        course,
        paper,
        opens_days_before=7,
        opens_time=NOON,
        due_days_before=2,
        due_time=NOON,
        hard_days_before=0,
        hard_time=time(8),
    )

    found = times(course, paper)

    assert found.opens_at == datetime(2021, 8, 26, 16, 0, tzinfo=UTC)
    assert found.due_at == datetime(2021, 8, 31, 16, 0, tzinfo=UTC)
    assert found.closes_at == datetime(2021, 9, 2, 12, 0, tzinfo=UTC) + HOUR


def test_absolute_moments_hold_for_all_papers_of_the_round(course, paper):
    other = PaperFactory(course=course, meeting=MeetingFactory(course=course, date=date(2021, 10, 5)))
    moments = {"opens_at": BEFORE, "due_at": DUE + 3 * HOUR, "hard_at": DUE + 9 * HOUR}
    place(course, paper, other, **moments, grace_minutes=0)

    assert {(found.opens_at, found.due_at, found.closes_at) for found in (times(course, paper), times(course, other))} == {
        tuple(moments.values())
    }


def test_a_relative_deadline_keeps_its_clock_time_when_the_clocks_change(course, paper):
    """In New York they go back in the night to Sunday 7 November 2021."""
    after = PaperFactory(course=course, meeting=MeetingFactory(course=course, date=date(2021, 11, 9)))
    place(course, after, due_days_before=4, due_time=NOON, hard_days_before=1, hard_time=NOON)

    found = times(course, after)

    assert [found.due_at, found.closes_at] == [
        datetime(2021, 11, 5, 16, 0, tzinfo=UTC),
        datetime(2021, 11, 8, 17, 0, tzinfo=UTC) + HOUR,
    ]


def test_a_papers_own_deadline_comes_before_its_rounds(course, paper):
    paper.review_due_at = DUE + 5 * HOUR
    paper.save()
    place(course, paper, due_days_before=3, due_time=NOON)

    assert times(course, paper).due_at == DUE + 5 * HOUR


@pytest.mark.parametrize(
    "values",
    [
        {"due_at": DUE, "due_days_before": 1, "due_time": NOON},
        {"due_days_before": 1},
        {"hard_time": NOON},
        {"opens_at": DUE, "opens_time": NOON},
    ],
)
def test_the_database_refuses_a_moment_that_is_not_said_in_one_way(course, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundFactory(course=course, **values)


# -- submitting


@pytest.mark.parametrize(
    ("at", "code", "is_late"),
    [
        (DUE - 30 * HOUR, "not_open", None),
        (DUE - HOUR, None, False),
        (DUE + HOUR, None, True),
        (DUE + 25 * HOUR, None, True),
        (DUE + 25 * HOUR + timedelta(seconds=1), "closed", None),
    ],
    ids=["before it opens", "in time", "late", "at the end of the grace", "past it"],
)
def test_a_review_is_taken_from_the_opening_to_the_hard_deadline_and_its_grace(
    course, paper, student, answers, at, code, is_late
):
    place(course, paper, opens_at=DUE - 24 * HOUR, due_at=DUE, hard_at=DUE + 24 * HOUR)

    if code:
        with pytest.raises(DomainError) as refusal:
            submit(paper, student, answers, at)
        assert refusal.value.code == code
        assert not Review.objects.submitted().exists()
    else:
        assert submit(paper, student, answers, at).current.is_late is is_late


def test_the_editor_keeps_a_draft_before_the_round_opens(client, course, paper, student, answers):
    place(course, paper, title="First reading", opens_at=DUE - 24 * HOUR, due_at=DUE)
    client.force_login(student.user)
    with time_machine.travel(DUE - 48 * HOUR, tick=False):
        page = client.get(reverse("reviews:review_edit", args=[course.slug, paper.key]))
        given = {f"answer-{key}": value for key, value in answers.items()}
        sent = client.post(
            reverse("reviews:review_edit", args=[course.slug, paper.key]), given | {"revision": 0, "action": "submit"}
        )

    assert "First reading takes reviews from" in page.text
    assert "Submit review" not in page.text
    assert sent.status_code == 409
    assert "open on" in sent.text
    assert Review.objects.get().answers["summary"] == answers["summary"]


def test_duties_grades_and_reminders_follow_the_round(course, paper, student):
    place(course, paper, due_at=DUE + 48 * HOUR, hard_at=DUE + 72 * HOUR)
    student = fresh(student)

    with time_machine.travel(DUE + HOUR, tick=False):
        duty = duty_of(student, paper)
        fact = grading_facts(student.course)[student.pk][0]
        owed = owed_between(student.course, DUE + 47 * HOUR, DUE + 48 * HOUR)
        before = owed_between(student.course, DUE - HOUR, DUE + HOUR)

    assert (duty.due_at, duty.closes_at) == (fact.due_at, fact.closes_at) == (DUE + 48 * HOUR, DUE + 73 * HOUR)
    assert [deadline.enrollment_id for deadline in owed] == [student.pk]
    assert before == []


# -- one student's round


def test_a_student_in_another_round_has_its_deadlines(course, paper, student, instructor):
    other = EnrollmentFactory(course=course)
    place(course, key="second", due_at=DUE + 48 * HOUR)

    put_in_round(paper=paper, reviewers=[student], round_key="second", by=instructor.user, reason="Joined late.")

    assert (duty_of(fresh(student), paper).due_at, duty_of(fresh(other), paper).due_at) == (DUE + 48 * HOUR, DUE)
    change = AssignmentChange.objects.get()
    assert (change.round_key, change.reason, change.changed_by) == ("second", "Joined late.", instructor.user)


def test_being_put_into_a_round_says_again_what_was_late(course, paper, student, instructor, answers):
    place(course, key="second", due_at=DUE + 48 * HOUR)
    review = submit(paper, student, answers, DUE + HOUR / 2)

    put_in_round(paper=paper, reviewers=[student], round_key="second", by=instructor.user)
    after = Review.objects.get(pk=review.pk).current.is_late
    put_in_round(paper=paper, reviewers=[student], round_key="", by=instructor.user)

    assert (review.current.is_late, after, Review.objects.get(pk=review.pk).current.is_late) == (True, False, True)


def test_the_papers_own_round_needs_no_word_at_the_student(course, paper, student, instructor):
    place(course, paper, key="first")

    put_in_round(paper=paper, reviewers=[student], round_key="first", by=instructor.user)

    assert Assignment.objects.get().round is None


def test_an_unknown_round_is_refused(course, paper, student, instructor):
    place(course, key="second")

    with pytest.raises(DomainError) as refusal:
        put_in_round(paper=paper, reviewers=[student], round_key="third", by=instructor.user)

    assert (refusal.value.code, refusal.value.field) == ("no_round", "round")
    assert "its rounds are second" in refusal.value.message
    assert not Assignment.objects.exists()


def test_more_time_is_measured_by_the_students_round_and_keeps_it(course, paper, student, instructor):
    second = place(course, key="second", due_at=DUE + 48 * HOUR)
    put_in_round(paper=paper, reviewers=[student], round_key="second", by=instructor.user)
    give = {"paper": paper, "reviewers": [student], "reason": "Ill.", "by": instructor.user}

    with pytest.raises(DomainError) as refusal:
        give_more_time(due_at=DUE + 24 * HOUR, **give)
    give_more_time(due_at=DUE + 72 * HOUR, **give)

    assert refusal.value.code == "not_later"
    row = Assignment.objects.get()
    assert (row.round, row.due_at) == (second, DUE + 72 * HOUR)


def test_the_page_and_the_api_put_students_into_a_round(client, course, paper, student, instructor):
    second = place(course, key="second", title="Second reading")
    client.force_login(instructor.user)
    page = reverse("reviews:reviewer_list", args=[course.slug, paper.key])
    api = reverse("api:reviewer_act", args=[course.slug, paper.key])

    by_page = client.post(page, {"act": "round", "round": "second", "reviewers": [student.pk]})
    shown = client.get(page)
    after_page = Assignment.objects.get().round
    by_api = client.post(api, {"act": "round", "round": "", "reviewers": [student.pk]}, content_type="application/json")
    without = client.post(api, {"act": "round", "reviewers": [student.pk]}, content_type="application/json")

    assert (by_page.status_code, after_page) == (302, second)
    assert "in Second reading" in shown.text
    assert (by_api.status_code, by_api.json()[0]["round"]) == (200, None)
    assert (without.status_code, list(without.json()["errors"])) == (400, ["round"])


def test_the_page_offers_no_round_where_there_is_none(client, course, paper, student, instructor):
    client.force_login(instructor.user)

    assert "Put into the round" not in client.get(reverse("reviews:reviewer_list", args=[course.slug, paper.key])).text


# -- the file


def bulk(instructor, *lines):
    return apply_bulk(viewer=fresh(instructor), text="\n".join(["paper,action,email,round", *lines]))


@pytest.fixture
def two_rounds(course, paper):
    return place(course, paper, key="r1", title="First"), place(course, key="r2", title="Second")


def test_a_file_assigns_in_rounds_and_moves_between_them(course, two_rounds, student, instructor):
    other = EnrollmentFactory(course=course)
    emails = [student.user.email, other.user.email]

    bulk(instructor, f"1,review,{emails[0]},R2", f"1,review,{emails[1]},first")
    first = {row.reviewer_id: row.round and row.round.key for row in Assignment.objects.all()}
    moved = bulk(instructor, "1,review,all,r1:r2")
    again = bulk(instructor, "1,review,all,r1:r2")

    assert first == {student.pk: "r2", other.pk: None}
    assert [(change.student.pk, change.round_before, change.round_after) for change in moved.changes] == [(other.pk, "", "r2")]
    assert again.changes == []
    assert set(Assignment.objects.values_list("round__key", flat=True)) == {"r2"}


def test_a_file_clears_the_reviews_of_one_round(course, two_rounds, student, instructor):
    other = EnrollmentFactory(course=course)
    bulk(instructor, f"1,review,{student.user.email},r2", f"1,review,{other.user.email},r1")

    bulk(instructor, "1,clearreview,all,r1")

    assert list(Assignment.objects.values_list("reviewer", flat=True)) == [student.pk]


@pytest.mark.parametrize(
    ("cell", "says"),
    [("r9", "There is no round r9; the rounds are r1, r2."), ("none", "Rammer is reviewed in the round r1; name a round.")],
)
def test_a_file_with_a_bad_round_changes_nothing(course, two_rounds, student, instructor, cell, says):
    with pytest.raises(BadLines) as refusal:
        bulk(instructor, f"1,review,{student.user.email},{cell}")

    assert [each.message for each in refusal.value.problems] == [says]
    assert not Assignment.objects.exists()


# -- what is asked


@pytest.fixture
def asked_in_second(rules):
    return FieldFactory(form=rules.form, key="second-look", label="Second look", rounds=["second"], position=9)


def test_a_field_is_asked_in_its_rounds_only(course, paper, student, instructor, answers, asked_in_second):
    other = EnrollmentFactory(course=course)
    place(course, key="second")
    put_in_round(paper=paper, reviewers=[other], round_key="second", by=instructor.user)

    mine = submit(paper, student, answers, BEFORE)
    with pytest.raises(DomainError) as lacking:
        submit(paper, other, answers, BEFORE)
    theirs = submit(paper, EnrollmentFactory(course=course), answers, BEFORE)

    assert "second-look" not in mine.current.answers
    assert "second-look" not in theirs.current.answers
    assert list(lacking.value.problems) == ["second-look"]


def test_an_answer_to_a_field_of_another_round_is_refused_and_one_that_was_given_is_kept(
    course, paper, student, instructor, answers, asked_in_second
):
    place(course, key="second")
    put_in_round(paper=paper, reviewers=[student], round_key="second", by=instructor.user)
    given = answers | {"second-look": "It holds up."}
    with time_machine.travel(BEFORE, tick=False):
        review = save_draft(paper=paper, reviewer=fresh(student), answers=given, revision=None)
        put_in_round(paper=paper, reviewers=[student], round_key="", by=instructor.user)
        with pytest.raises(DomainError) as refusal:
            save_draft(paper=paper, reviewer=fresh(student), answers=given, revision=review.revision)
        review = save_draft(paper=paper, reviewer=fresh(student), answers=answers | {"merit": 2}, revision=review.revision)

    assert (refusal.value.field, refusal.value.code) == ("second-look", "bad_shape")
    assert review.answers["second-look"] == "It holds up."


def test_offline_forms_ask_what_the_round_asks(course, paper, student, asked_in_second):
    other = PaperFactory(course=course, meeting=paper.meeting)
    place(course, other, key="second")
    student = fresh(student)

    desk = Desk.of(student, student.course.review_rules)

    assert [field.key for field in desk.asked(paper)] == ["summary", "merit", "remarks"]
    assert [field.key for field in desk.asked(other)] == ["summary", "merit", "remarks", "second-look"]
    assert [field.key for field in desk.sheet(paper).fields] == ["summary", "merit", "remarks"]


def test_the_form_editor_keeps_and_checks_rounds(client, course, rules, instructor, asked_in_second):
    place(course, key="second", title="Second reading")
    client.force_login(instructor.user)
    address = reverse("reviews:field_edit", args=[course.slug, "second-look"])
    rules.form.refresh_from_db()
    sent = {"stamp": rules.form.stamp, "label": "Second look", "kind": "text", "visible_to": "readers", "colours": "plain"}

    page = client.get(address)
    saved = client.post(address, sent | {"rounds": ["second"], "options": "0"})
    kept = Field.objects.get(key="second-look").rounds
    rules.form.refresh_from_db()
    tables = [table_of(field) | {"rounds": ["ninth"]} for field in rules.form.fields.all()[:1]]
    with pytest.raises(FormFaults) as refusal:
        write_form(form=rules.form, stamp=rules.form.stamp, fields=tables)

    assert "Second reading" in page.text
    assert (saved.status_code, kept) == (302, ["second"])
    assert [fault[1] for fault in refusal.value.faults] == ["rounds"]


# -- who reads


@pytest.mark.parametrize("visibility", ["after_own", "after_deadline", "after_mine", "always", "never"])
@pytest.mark.parametrize("hours", [-1, 1, 24, 26, 49, 51])
@pytest.mark.parametrize("own", ["none", "round", "time"])
def test_set_and_policy_agree_where_there_are_rounds(course, paper, student, instructor, answers, visibility, hours, own):
    """The paper's round is due a day later than the course's rule, the student's own round or deadline two days."""
    place(course, paper, key="first", due_at=DUE + 24 * HOUR)
    place(course, key="second", due_at=DUE + 48 * HOUR, hard_at=DUE + 49 * HOUR)
    ReviewRules.objects.update(visibility=visibility)
    theirs = submit(paper, EnrollmentFactory(course=course), answers, BEFORE)
    if own == "round":
        put_in_round(paper=paper, reviewers=[student], round_key="second", by=instructor.user)
    elif own == "time":
        give_more_time(paper=paper, reviewers=[student], due_at=DUE + 48 * HOUR, reason="Ill.", by=instructor.user)
    due_at = DUE + (24 if own == "none" else 48) * HOUR
    closes_at = DUE + {"none": 25, "round": 50, "time": 49}[own] * HOUR

    with time_machine.travel(DUE + hours * HOUR, tick=False):
        viewer = fresh(student)
        asked = {"own": Times(None, due_at, closes_at), "shut_from": shut_from(viewer)}
        by_policy = policies.may_read_others(viewer, paper, has_submitted=False, **asked)
        by_set = Review.objects.visible_to(viewer).filter(pk=theirs.pk).exists()
        shown = read_paper(viewer, paper).is_open

    is_closed = DUE + hours * HOUR > closes_at
    opens = visibility == "always" or (visibility != "never" and is_closed)
    assert by_policy == by_set == shown == opens


@pytest.mark.parametrize(("days", "opens"), [(-1, [True, False, False]), (1, [True, False, False]), (30, [True, True, True])])
@pytest.mark.parametrize("in_rounds", [False, True])
def test_set_and_policy_agree_on_who_has_handed_in_all_of_theirs(course, paper, student, answers, in_rounds, days, opens):
    """Of three papers, a week from one to the next, the student has reviewed the first and the last."""
    later = [PaperFactory(course=course, meeting=MeetingFactory(course=course, date=date(2021, 9, day))) for day in (9, 16)]
    papers = [paper, *later]
    if in_rounds:
        place(course, *later, due_days_before=1, due_time=time(23, 59))
    ReviewRules.objects.update(visibility="after_mine", required_count=None)
    other = EnrollmentFactory(course=course)
    theirs = [submit(each, other, answers, BEFORE) for each in papers]
    for each in (papers[0], papers[2]):
        submit(each, student, answers, BEFORE)

    with time_machine.travel(DUE + days * 24 * HOUR, tick=False):
        viewer = fresh(student)
        moment = shut_from(viewer)
        by_policy = [
            policies.may_read_others(viewer, each, has_submitted=each != papers[1], shut_from=moment) for each in papers
        ]
        by_set = [Review.objects.visible_to(viewer).filter(pk=each.pk).exists() for each in theirs]

    assert by_policy == by_set == opens


@pytest.mark.parametrize(("hours", "opens"), [(0, False), (26, True)])
def test_a_paper_whose_deadline_is_over_opens_though_another_is_still_taken(course, paper, student, answers, hours, opens):
    """The other review was due before this one, and is taken for two days more: until then this one opens when it is over."""
    other = PaperFactory(course=course, meeting=paper.meeting)
    place(course, other, due_at=DUE - HOUR, hard_at=DUE + 48 * HOUR)
    ReviewRules.objects.update(visibility="after_mine", required_count=None)
    theirs = submit(paper, EnrollmentFactory(course=course), answers, BEFORE)
    submit(paper, student, answers, BEFORE)

    with time_machine.travel(DUE + hours * HOUR, tick=False):
        viewer = fresh(student)
        by_policy = policies.may_read_others(viewer, paper, has_submitted=True, shut_from=shut_from(viewer))
        by_set = Review.objects.open_to(viewer).filter(pk=theirs.pk).exists()

    assert by_policy == by_set == opens


def test_an_observer_reads_when_the_papers_round_is_over(course, paper, answers):
    place(course, paper, due_at=DUE + 24 * HOUR)
    theirs = submit(paper, EnrollmentFactory(course=course), answers, BEFORE)
    observer = EnrollmentFactory(course=course, role="observer")

    seen = []
    for hours in (24, 26):
        with time_machine.travel(DUE + hours * HOUR, tick=False):
            seen.append(Review.objects.visible_to(fresh(observer)).filter(pk=theirs.pk).exists())

    assert seen == [False, True]


# -- finding


def test_search_finds_the_papers_of_a_round(course, paper, student, instructor):
    other = PaperFactory(course=course, meeting=paper.meeting)
    place(course, paper, key="first", title="First reading")
    place(course, key="second")
    third = EnrollmentFactory(course=course)
    put_in_round(paper=other, reviewers=[third], round_key="second", by=instructor.user)

    def find(viewer, text):
        return set(Paper.objects.filter(pk__in=search(fresh(viewer), text).ids).values_list("key", flat=True))

    assert find(student, "round:first") == find(student, 'round:"first reading"') == {paper.key}
    assert find(student, "round:none") == {other.key}
    # Another student's round is nothing that this one may know; the student in it and staff do.
    assert (find(student, "round:second"), find(third, "round:second"), find(instructor, "round:second")) == (
        set(),
        {other.key},
        {other.key},
    )
    with pytest.raises(SearchError, match="no such round; its rounds are first, second"):
        find(student, "round:ninth")


# -- speed


def test_a_course_without_rounds_asks_nothing_about_them(course, paper, student, django_assert_num_queries):
    rules = ReviewRules.objects.select_related("course").get(course=course)

    with django_assert_num_queries(0):
        rules.times(paper)


def test_rounds_are_asked_for_once_until_they_change(course, paper, django_assert_num_queries):
    first = place(course, paper, due_at=DUE)
    rules = ReviewRules.objects.select_related("course").get(course=course)

    with django_assert_num_queries(2):
        assert rules.times(paper).due_at == rules.times(paper).due_at == DUE
    Round.objects.filter(pk=first.pk).update(due_at=DUE + HOUR)
    restamp_rounds(course)

    assert times(course, paper).due_at == DUE + HOUR


def test_excusing_and_asking_leave_the_round(course, paper, student, instructor):
    place(course, key="second", due_at=DUE + 48 * HOUR)
    put_in_round(paper=paper, reviewers=[student], round_key="second", by=instructor.user)

    excuse(paper=paper, reviewers=[student], reason="Ill.", by=instructor.user)
    excused = Assignment.objects.get().round
    ask(paper=paper, reviewers=[student], by=instructor.user)

    assert (excused, Assignment.objects.get().round) == (None, None)
