"""Saving and submitting a review."""

from datetime import timedelta

import pytest
import time_machine

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment
from reviews.actions import save_draft, submit_review
from reviews.answers import IncompleteReview
from reviews.models import Field, Review, ReviewVersion, Score
from tests.factories import EnrollmentFactory, FieldFactory, PaperFactory
from tests.reviews.conftest import BEFORE, CLOSED, DUE

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def draft(paper, student, answers, clock):
    return save_draft(paper=paper, reviewer=student, answers=answers, revision=None)


def facts(review):
    review.refresh_from_db()
    return (review.revision, review.is_submitted, review.has_unsubmitted_changes, review.versions.count())


# -- saving


def test_first_save_makes_the_review(paper, student, answers, clock):
    review = save_draft(paper=paper, reviewer=student, answers=answers, revision=None)

    review.refresh_from_db()
    assert (review.course, review.revision, review.words, review.saved_at) == (paper.course, 1, 8, BEFORE)
    assert review.answers == answers


def test_save_normalises_text_and_fills_blanks(paper, student, clock):
    review = save_draft(paper=paper, reviewer=student, answers={"summary": "One\r\ntwo  \r\n"}, revision=0)

    assert review.answers == {"summary": "One\ntwo", "merit": None, "remarks": ""}


def test_save_on_an_old_revision_is_refused_and_shows_the_other(draft, paper, student, answers):
    save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 2}, revision=1)

    with pytest.raises(StaleVersion) as refusal:
        save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 5}, revision=1)

    assert refusal.value.current.answers["merit"] == 2
    draft.refresh_from_db()
    assert (draft.revision, draft.answers["merit"]) == (2, 2)


def test_save_of_a_new_review_over_an_existing_one_is_refused(draft, paper, student, answers):
    with pytest.raises(StaleVersion):
        save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 5}, revision=None)


def test_saving_the_same_answers_again_changes_nothing(draft, paper, student, answers):
    again = save_draft(paper=paper, reviewer=student, answers=answers, revision=0)

    assert again.revision == 1


def test_save_after_the_deadline_keeps_the_draft(draft, paper, student, answers, clock):
    clock.move_to(CLOSED)

    review = save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 1}, revision=1)

    assert (review.revision, review.answers["merit"], review.saved_at) == (2, 1, CLOSED)


def test_save_keeps_what_a_retired_field_held(draft, paper, student, clock):
    Field.objects.filter(key="remarks").update(retired_at=BEFORE)
    student = Enrollment.objects.get(pk=student.pk)

    review = save_draft(paper=paper, reviewer=student, answers={"summary": "New", "merit": 4}, revision=1)

    assert review.answers == {"remarks": "I know an author.", "summary": "New", "merit": 4}


@pytest.mark.parametrize(
    ("answers", "field", "message"),
    [
        ({"nope": 1}, "nope", "This form has no field 'nope'; its fields are merit, remarks, summary."),
        ({"summary": 3}, "summary", "Summary: expected text, found a number."),
        ({"merit": "4"}, "merit", "Overall merit: expected a whole number, found text."),
        ({"merit": True}, "merit", "Overall merit: expected a whole number, found true or false."),
        ({"merit": 10**9}, "merit", "Overall merit: this number is too large for a score."),
        (
            {"summary": "a\x00b"},
            "summary",
            "Summary: The text contains a NUL character (U+0000), which cannot be stored. Remove it and save again.",
        ),
        (
            {"summary": "half \ud83d"},
            "summary",
            "Summary: The text contains half of a character (a lone surrogate), which cannot be stored. "
            "Remove it and save again.",
        ),
        ({"summary": "x" * 100_001}, "summary", "Summary: The text has 100,001 characters; at most 100,000 fit."),
        (["summary"], "answers", "Answers are an object of field keys and answers."),
    ],
)
def test_save_refuses_answers_of_the_wrong_shape(paper, student, clock, answers, field, message):
    with pytest.raises(DomainError) as refusal:
        save_draft(paper=paper, reviewer=student, answers=answers, revision=None)

    assert (refusal.value.field, refusal.value.message) == (field, message)
    assert Review.objects.count() == 0


@pytest.mark.parametrize("text", ["Grüße 🦆🏳️‍🌈", "مراجعة الورقة", "‮evil‬", "a" * 100_000])
def test_save_keeps_any_script_as_it_is(paper, student, clock, text):
    review = save_draft(paper=paper, reviewer=student, answers={"summary": text}, revision=None)

    review.refresh_from_db()
    assert review.answers["summary"] == text


def test_save_of_a_paper_of_another_course_is_refused(student, rules, answers, clock):
    with pytest.raises(DomainError) as refusal:
        save_draft(paper=PaperFactory(), reviewer=student, answers=answers, revision=None)

    assert refusal.value.code == "other_course"


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "assistant"}, {"role": "observer"}])
def test_save_by_someone_who_is_no_student_any_more_is_refused(paper, student, answers, clock, change):
    Enrollment.objects.filter(pk=student.pk).update(**change)

    with pytest.raises(DomainError) as refusal:
        save_draft(paper=paper, reviewer=student, answers=answers, revision=None)

    assert refusal.value.code == "not_a_student"


def test_save_for_a_holiday_is_refused(paper, student, answers, clock):
    paper.meeting.kind = "holiday"

    with pytest.raises(DomainError) as refusal:
        save_draft(paper=paper, reviewer=student, answers=answers, revision=None)

    assert refusal.value.code == "no_meeting"


# -- submitting


def test_submit_makes_a_version(draft):
    review = submit_review(review=draft, revision=1)

    assert facts(review) == (1, True, False, 1)
    version = ReviewVersion.objects.get()
    assert (version.number, version.words, version.submitted_at, version.is_late) == (1, 8, BEFORE, False)
    assert version.answers == draft.answers
    assert version.html == {"summary": "<p>Compiles graphs into tasks.</p>\n", "remarks": "<p>I know an author.</p>\n"}
    assert list(Score.objects.values_list("review", "field__key", "value")) == [(review.pk, "merit", 4)]


def test_submit_stamps_the_students_grade(draft, student, clock):
    clock.shift(timedelta(minutes=5))

    submit_review(review=draft, revision=1)

    student.refresh_from_db()
    later = BEFORE + timedelta(minutes=5)
    assert (student.grade_changed_at, student.released_changed_at) == (later, later)


def test_submit_twice_makes_one_version(draft):
    submit_review(review=draft, revision=1)

    review = submit_review(review=draft, revision=1)

    assert facts(review) == (1, True, False, 1)


def test_submit_of_an_old_revision_is_refused(draft, paper, student, answers):
    save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 2}, revision=1)

    with pytest.raises(StaleVersion):
        submit_review(review=draft, revision=1)

    assert facts(draft) == (2, False, True, 0)


def test_others_see_the_old_version_until_the_edit_is_submitted(draft, paper, student, answers):
    submit_review(review=draft, revision=1)

    edited = save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 2}, revision=1)

    assert facts(edited) == (2, True, True, 1)
    assert (edited.current.answers["merit"], Score.objects.get().value) == (4, 4)


def test_resubmitting_keeps_every_version_and_rewrites_the_scores(draft, paper, student, answers):
    submit_review(review=draft, revision=1)
    save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 2}, revision=1)

    review = submit_review(review=draft, revision=2)

    assert facts(review) == (2, True, False, 2)
    assert [version.answers["merit"] for version in review.versions.all()] == [2, 4]
    assert (review.current.number, Score.objects.get().value) == (2, 2)


def test_typing_back_what_is_in_leaves_nothing_to_submit(draft, paper, student, answers):
    submit_review(review=draft, revision=1)
    save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 2}, revision=1)

    review = save_draft(paper=paper, reviewer=student, answers=answers, revision=2)

    assert review.has_unsubmitted_changes is False


@pytest.mark.parametrize(
    ("after", "late"),
    [(timedelta(0), False), (timedelta(seconds=1), True), (timedelta(minutes=60), True)],
)
def test_submit_within_the_grace_is_late(draft, clock, after, late):
    clock.move_to(DUE + after)

    review = submit_review(review=draft, revision=1)

    assert review.current.is_late is late


def test_submit_after_the_grace_is_refused_and_says_when_it_closed(draft, clock):
    clock.move_to(DUE + timedelta(minutes=60, seconds=1))

    with pytest.raises(DomainError) as refusal:
        submit_review(review=draft, revision=1)

    assert (refusal.value.code, refusal.value.message) == (
        "closed",
        "Reviews of this paper closed on Thursday 2 September 2021 at 00:59 (America/New_York). Your draft is kept.",
    )
    assert facts(draft) == (1, False, True, 0)


@pytest.mark.parametrize(
    ("changed", "problems"),
    [
        ({"summary": ""}, {"summary": ["This needs an answer."]}),
        ({"summary": "Two words"}, {"summary": ["Needs at least 3 words; it has 2."]}),
        ({"summary": "word " * 51}, {"summary": ["Takes at most 50 words; it has 51."]}),
        ({"merit": 9}, {"merit": ["9 is not one of 1, 2, 3, 4, 5."]}),
        ({"summary": "", "merit": None}, {"summary": ["This needs an answer."], "merit": ["This needs an answer."]}),
    ],
)
def test_submit_of_incomplete_answers_names_every_problem(paper, student, answers, clock, changed, problems):
    review = save_draft(paper=paper, reviewer=student, answers=answers | changed, revision=None)

    with pytest.raises(IncompleteReview) as refusal:
        submit_review(review=review, revision=1)

    assert refusal.value.problems == problems
    assert facts(review) == (1, False, True, 0)


def test_submit_takes_an_optional_choice_left_open(paper, student, answers, rules, clock):
    FieldFactory(form=rules.form, key="again", kind="choice", is_required=False, options=[{"value": "y", "label": "Yes"}])
    review = save_draft(paper=paper, reviewer=student, answers=answers | {"again": ""}, revision=None)

    assert submit_review(review=review, revision=1).is_submitted is True


def test_one_students_save_leaves_anothers_review_alone(draft, paper, answers, course):
    other = EnrollmentFactory(course=course)

    save_draft(paper=paper, reviewer=other, answers=answers | {"merit": 1}, revision=None)

    draft.refresh_from_db()
    assert (draft.answers["merit"], Review.objects.count()) == (4, 2)
