"""Forms that come back: what is saved, submitted, refused, and told."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.text import tidy
from courses.models import Course, Enrollment
from reviews.actions import save_draft, submit_review
from reviews.models import Review, ReviewRules
from reviews.offline.apply import Desk, apply_sources
from reviews.offline.files import Source
from reviews.offline.write import Sheet, print_forms
from reviews.queries.fields import active_fields
from tests.effort import examples
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    FieldFactory,
    MeetingFactory,
    PaperFactory,
    ReviewRulesFactory,
    ScoreFieldFactory,
)
from tests.reviews.conftest import BEFORE, CLOSED
from tests.reviews.test_concurrency import THREADS, at_once
from tests.reviews.test_offline_parse import TEXTS

pytestmark = pytest.mark.django_db
URL = "https://portal.example.edu/c/x/reviews/offline/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


def printed(student, *papers) -> str:
    desk = Desk.of(student, ReviewRules.of(student.course))
    return print_forms([desk.sheet(paper) for paper in papers], course_slug=student.course.slug, url=URL)


def upload(student, *texts, only="", is_dry_run=False):
    desk = Desk.of(student, ReviewRules.of(student.course), only=only)
    sources = [Source(f"{number}.txt", text) for number, text in enumerate(texts, 1)]
    return apply_sources(desk=desk, sources=sources, is_dry_run=is_dry_run)


def filled(text, **answers) -> str:
    """The printed form with the blank entries of summary, merit and readiness replaced."""
    if "summary" in answers:
        text = text.replace("==-== 3 to 50 words.\n\n", f"==-== 3 to 50 words.\n\n{answers['summary']}\n")
    if "merit" in answers:
        text = text.replace("(Your choice here)", str(answers["merit"]))
    return text.replace("\nReady\n", f"\n{answers.get('readiness', 'Ready')}\n")


def told(result):
    return [(note.line, note.message, note.text) for note in result.notes]


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


def test_blank_form_is_printed_as_hotcrp_prints_it(course, paper, student):
    course.slug = "ece697il"
    student.user.name, student.user.email = "Ada Lovelace", "ada@example.edu"
    student.course = course

    assert (
        printed(student, paper)
        == f"""\
==+== ece697il Review Form
==-== Leave the lines that begin with "==+==" or "==*==" as they are and write below them.
==-== When you are done, upload this file at:
==-== {URL}

==+== =====================================================================
==+== Begin Review #1
==+== Reviewer: Ada Lovelace <ada@example.edu>

==+== Paper #rammer
==-== Title: Rammer
==-== Due: Wednesday 1 September 2021, 23:59 (America/New_York)

==+== Review Readiness
==-== "Ready" submits the review, "Not ready" keeps it as a draft:

Ready

==*== Summary
==-== 3 to 50 words.



==*== Overall merit
==-== Choices:
==-==    1. Reject
==-==    2. Weak
==-==    3. Fair
==-==    4. Good
==-==    5. Excellent
==-== Enter the number of your choice:

(Your choice here)

==*== Remarks to staff
==-== (reviewer and staff only)



==+== Scratchpad (for private notes; not saved)

==+== End Review
"""
    )


def test_form_that_says_ready_is_submitted(paper, student):
    (result,) = upload(student, filled(printed(student, paper), summary="Compiles graphs into tasks.", merit=4))

    review = Review.objects.get()
    assert (result.status, result.message, result.paper, told(result)) == ("submitted", "Submitted.", paper, [])
    assert review.current.answers == {"summary": "Compiles graphs into tasks.", "merit": 4, "remarks": ""}


def test_form_that_says_not_ready_is_a_draft(paper, student):
    text = filled(printed(student, paper), summary="Compiles graphs into tasks.", merit=4, readiness="Not ready")

    (result,) = upload(student, text)

    assert (result.status, Review.objects.get().current) == ("draft", None)


def test_readiness_that_is_neither_word_keeps_a_draft_and_says_so(paper, student):
    text = filled(printed(student, paper), summary="Compiles graphs into tasks.", merit=4, readiness="perhaps")

    (result,) = upload(student, text)

    said = "Review Readiness says “perhaps”, which is neither Ready nor Not ready."
    assert (result.status, told(result)) == ("draft", [(7, said, "")])


def test_form_that_was_not_filled_in_begins_no_review(paper, student):
    (result,) = upload(student, printed(student, paper))

    assert (result.status, result.message, Review.objects.exists()) == ("unchanged", "Nothing was filled in.", False)


def test_incomplete_form_is_kept_as_a_draft_with_the_lines_at_fault(paper, student):
    text = filled(printed(student, paper), summary="Too short.")

    (result,) = upload(student, text)

    assert (result.status, Review.objects.get().answers["summary"]) == ("draft", "Too short.")
    assert told(result) == [
        (line_of(text, "==*== Summary"), "Summary: Needs at least 3 words; it has 2.", ""),
        (line_of(text, "==*== Overall merit"), "Overall merit: This needs an answer.", ""),
    ]


def test_after_the_grace_the_form_is_kept_as_a_draft(paper, student, clock):
    text = filled(printed(student, paper), summary="Compiles graphs into tasks.", merit=4)
    clock.move_to(CLOSED)

    (result,) = upload(student, text)

    assert (result.status, Review.objects.get().answers["merit"]) == ("draft", 4)
    assert result.message.startswith("Not submitted. Reviews of this paper closed on Thursday 2 September 2021")


def test_in_the_grace_it_is_late(paper, student, clock):
    text = filled(printed(student, paper), summary="Compiles graphs into tasks.", merit=4)
    clock.move_to(CLOSED.replace(hour=4, minute=30) - timedelta(days=1))

    upload(student, text)

    assert Review.objects.get().current.is_late is True


@pytest.mark.parametrize("entered", ["9", "4.5", "four", "4/5", "1234567", "excellently", "W.E."])
def test_bad_score_keeps_the_old_one_and_the_rest_is_saved(paper, student, entered):
    save_draft(paper=paper, reviewer=student, answers={"merit": 3}, revision=None)
    text = filled(printed(student, paper), summary="Compiles graphs.").replace("\n3. Fair\n", f"\n{entered}\n")

    (result,) = upload(student, text)

    review = Review.objects.get()
    assert (review.answers["merit"], review.answers["summary"]) == (3, "Compiles graphs.")
    said = f"Overall merit: “{entered}” is not one of 1, 2, 3, 4, 5. What was saved before stays."
    assert told(result) == [(line_of(text, "==*== Overall"), said, "")]


@pytest.mark.parametrize(
    ("entered", "value"),
    [
        ("4", 4),
        ("4. Good", 4),
        ("4.", 4),
        ("4 - good", 4),
        ("5. Good", 5),
        ("good", 4),
        ("Exc", 5),
        ("No answer", None),
        ("", None),
        ("(Your choice here)", 3),
    ],
)
def test_score_is_read_by_number_or_label(paper, student, entered, value):
    save_draft(paper=paper, reviewer=student, answers={"merit": 3, "summary": "x"}, revision=None)

    (result,) = upload(student, printed(student, paper).replace("\n3. Fair\n", f"\n{entered}\n"))

    assert (Review.objects.get().answers["merit"], told(result)) == (value, [])


def test_lines_below_a_score_are_handed_back(paper, student):
    text = filled(printed(student, paper), merit="4\n\nbecause it is good", readiness="Not ready")

    (result,) = upload(student, text)

    said = "Overall merit takes one line; the lines below it were not saved."
    assert (told(result)[0][1:], Review.objects.get().answers["merit"]) == ((said, "because it is good"), 4)


@pytest.mark.parametrize(("entered", "value"), [("Yes", True), ("y", True), ("No", False), ("", False), ("maybe", True)])
def test_checkbox_is_read(paper, rules, student, entered, value):
    FieldFactory(form=rules.form, key="sure", label="Sure?", kind="checkbox", is_required=False)
    save_draft(paper=paper, reviewer=student, answers={"sure": True, "merit": 2}, revision=None)
    text = printed(student, paper).replace("Yes or No:\n\nYes", f"Yes or No:\n\n{entered}")

    upload(student, text)

    assert Review.objects.get().answers["sure"] is value


def test_choices_are_read_by_what_is_printed(paper, rules, student):
    options = [{"value": "a", "label": "Same"}, {"value": "b", "label": "Same"}, {"value": "c", "label": "No answer"}]
    FieldFactory(form=rules.form, key="pick", label="Pick", kind="choice", options=options)

    for value in "abc":
        save_draft(paper=paper, reviewer=student, answers={"pick": value}, revision=revision_of(student))
        (result,) = upload(student, printed(student, paper))

        assert (result.status, told(result), Review.objects.get().answers["pick"]) == ("unchanged", [], value)


def revision_of(student):
    review = Review.objects.filter(reviewer=student).first()
    return review.revision if review else None


def test_stale_form_is_a_conflict_with_both_texts_and_nothing_is_overwritten(paper, student):
    text = filled(printed(student, paper), summary="Mine, written on the train.", merit=4)
    save_draft(paper=paper, reviewer=student, answers={"summary": "Saved at home.", "merit": 2}, revision=None)

    (result,) = upload(student, text)

    assert (result.status, Review.objects.get().answers["summary"]) == ("conflict", "Saved at home.")
    assert [(side.label, side.mine, side.other) for side in result.conflict.sides] == [
        ("Summary", "Mine, written on the train.", "Saved at home."),
        ("Overall merit", "4 Good", "2 Weak"),
    ]


def test_conflict_is_settled_by_naming_the_saved_revision(paper, student):
    text = filled(printed(student, paper), summary="Mine, written on the train.", merit=4)
    save_draft(paper=paper, reviewer=student, answers={"summary": "Saved at home."}, revision=None)
    (conflict,) = upload(student, text)

    by_hand = upload(student, text.replace("==+== Reviewer", "==+== Version 1\n==+== Reviewer"), is_dry_run=True)
    by_button = upload(student, print_forms([conflict.mine], course_slug=student.course.slug, url=URL))

    assert [by_hand[0].status, by_button[0].status] == ["submitted", "submitted"]
    assert Review.objects.get().current.answers["summary"] == "Mine, written on the train."


def test_form_on_a_revision_that_does_not_exist_yet_is_a_conflict(paper, student):
    save_draft(paper=paper, reviewer=student, answers={"summary": "Saved."}, revision=None)
    text = filled(printed(student, paper), merit=4).replace("Version 1", "Version 2")

    assert [result.status for result in upload(student, text)] == ["conflict"]


def test_uploading_the_same_form_again_changes_nothing(paper, student):
    text = filled(printed(student, paper), summary="Compiles graphs into tasks.", merit=4)
    upload(student, text)

    (result,) = upload(student, text)

    review = Review.objects.get()
    assert (result.status, review.revision, review.current.number) == ("unchanged", 1, 1)


def test_second_form_for_a_paper_in_one_upload_is_a_conflict(paper, student):
    blank = printed(student, paper)

    results = upload(
        student, filled(blank, summary="The first of them.", merit=4), filled(blank, summary="Another one.", merit=4)
    )

    assert [result.status for result in results] == ["submitted", "conflict"]
    assert results[1].message.startswith("This upload holds an earlier form for the same paper")


def test_sections_that_are_left_out_keep_their_answers(paper, student, answers):
    save_draft(paper=paper, reviewer=student, answers=answers, revision=None)

    upload(student, "==+== Paper #rammer\n==+== Version 1\n==*== Summary\nOnly this is new.\n==+== End Review")

    assert Review.objects.get().answers == answers | {"summary": "Only this is new."}


def test_field_that_is_no_longer_asked_is_handed_back_and_keeps_its_answer(paper, rules, student, answers):
    save_draft(paper=paper, reviewer=student, answers=answers, revision=None)
    text = printed(student, paper).replace("I know an author.", "Two authors.")
    rules.form.fields.filter(key="remarks").update(retired_at=BEFORE)

    (result,) = upload(Enrollment.objects.get(pk=student.pk), text)

    assert Review.objects.get().answers["remarks"] == "I know an author."
    assert told(result)[0][1:] == ("Remarks to staff is no longer asked; what stands under it was not saved.", "Two authors.")


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ("Review Form\n", "Review Forms\n", None),
        ("==+== {slug} ", "==+== other ", "This form is for the course other; this is {slug}."),
        ("#rammer", "#nothing", "This course has no paper nothing to review."),
        (
            "Paper #rammer",
            "Paper Number\n\n(Enter it here)",
            "The form names no paper. Add a line such as “==+== Paper #its-key”.",
        ),
        ("<{email}>", "<eve@example.edu>", "This form is {name} <eve@example.edu>’s; you are {name} <{email}>."),
        ("==+== Reviewer: {name} <{email}>", "==+== Reviewer: {name}", None),
        ("==+== Reviewer: {name} <{email}>\n", "", None),
        ("==+== Reviewer: {name} <{email}>", "==+== Reviewer: Eve", "This form is Eve’s; you are {name} <{email}>."),
    ],
)
def test_form_for_another_course_paper_or_reviewer_is_refused(paper, student, was, becomes, message):
    said = {"slug": student.course.slug, "name": student.user.name, "email": student.user.email}
    text = filled(printed(student, paper), summary="Compiles graphs into tasks.", merit=4)

    (result,) = upload(student, text.replace(was.format(**said), becomes.format(**said)))

    assert (result.status, Review.objects.exists()) == (("refused", False) if message else ("submitted", True))
    assert result.message == (message or "Submitted.").format(**said)


def test_form_of_another_course_with_the_same_paper_is_refused(paper, student):
    text = filled(printed(student, paper), summary="Compiles graphs into tasks.", merit=4)
    Course.objects.filter(pk=student.course_id).update(slug="next-year")
    student.course.slug = "next-year"

    assert [result.status for result in upload(student, text)] == ["refused"]


def test_form_for_another_paper_than_the_one_asked_for_is_refused(paper, student):
    text = filled(printed(student, paper), summary="Compiles graphs into tasks.", merit=4)

    (result,) = upload(student, text, only="tvm")

    assert (result.status, result.message) == ("refused", "This form is for the paper rammer; here only tvm is taken.")


def test_paper_of_a_meeting_that_does_not_take_place_is_refused(course, paper, student):
    text = filled(printed(student, paper), summary="Compiles graphs into tasks.", merit=4)
    holiday = PaperFactory(course=course, meeting=MeetingFactory(course=course, kind="holiday"), key="off")

    (result,) = upload(student, text.replace("#rammer", f"#{holiday.key}"))

    assert result.message == "This course has no paper off to review."


def test_somebody_who_left_the_course_meanwhile_is_refused(paper, student):
    text = filled(printed(student, paper), summary="Compiles graphs into tasks.", merit=4)
    type(student).objects.filter(pk=student.pk).update(is_active=False)

    (result,) = upload(student, text)

    assert (result.status, result.message) == ("refused", "Only students who are in the course write reviews.")


def test_one_refused_form_keeps_no_other_back(course, paper, student):
    papers = [paper, *(PaperFactory(course=course, meeting=paper.meeting, key=key) for key in ("tvm", "xla"))]
    text = filled(printed(student, *papers), summary="Compiles graphs into tasks.", merit=4).replace("#tvm", "#nothing")

    results = upload(student, text)

    assert [(result.status, result.paper and result.paper.key) for result in results] == [
        ("submitted", "rammer"),
        ("refused", None),
        ("submitted", "xla"),
    ]


def test_text_that_cannot_be_stored_keeps_the_old_and_is_handed_back(paper, student):
    save_draft(paper=paper, reviewer=student, answers={"summary": "Old.", "merit": 3}, revision=None)
    text = printed(student, paper).replace("Old.", "New\x00.").replace("3. Fair", "4")

    (result,) = upload(student, text)

    assert Review.objects.get().answers | {"remarks": ""} == {"summary": "Old.", "merit": 4, "remarks": ""}
    assert told(result)[0][2] == "New\x00."


def test_dry_run_says_the_same_and_changes_nothing(course, paper, student):
    second = PaperFactory(course=course, meeting=paper.meeting, key="tvm")
    text = filled(printed(student, paper, second), summary="Compiles graphs into tasks.", merit=4)

    dry = upload(student, text, is_dry_run=True)
    reviews = Review.objects.count()
    real = upload(student, text)

    assert ([result.status for result in dry], reviews) == ([result.status for result in real], 0)


def test_file_without_a_form_is_refused(paper, student):
    (result,) = upload(student, "Dear all,")

    assert (result.status, result.message) == ("refused", "There is no review form in this file.")


# What a review may hold, whatever it is: every text as `tidy` leaves it, scores and choices that are offered or were once.
STORABLE = st.one_of(TEXTS, st.text()).map(lambda text: tidy(text.replace("\x00", "")))
ANSWERS = st.fixed_dictionaries(
    {
        "summary": STORABLE,
        "remarks": STORABLE,
        "merit": st.sampled_from([None, 1, 2, 5, 9]),
        "pick": st.sampled_from(["", "a", "b", "c", "gone", "Yes", "\\", "==+== End Review", "B  b"]),
        "sure": st.booleans(),
    }
)
PICKS = [
    {"value": "a", "label": "Yes"},
    {"value": "b", "label": "Yes"},
    {"value": "c", "label": "==*== Summary"},
    {"value": "\\", "label": "(Your choice here)"},
    {"value": "==+== End Review", "label": ""},
    {"value": "B  b", "label": "none"},
]


@pytest.fixture
def lenient_rules(rules):
    """The form asks one field of each kind, and requires none."""
    rules.form.fields.update(is_required=False, min_words=None, max_words=None)
    FieldFactory(form=rules.form, key="pick", label="Pick", kind="choice", options=PICKS, is_required=False, position=8)
    FieldFactory(form=rules.form, key="sure", label="Sure?", kind="checkbox", is_required=False, position=9)
    return rules


@given(answers=ANSWERS, says=st.sampled_from(["Ready", "Not ready"]))
@example(answers={"summary": "\n\n==+== x\n\\==*==", "remarks": "\\", "merit": 9, "pick": "gone", "sure": True}, says="Ready")
@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_print_fill_upload_download_is_a_fixed_point(lenient_rules, paper, student, answers, says):
    with transaction.atomic():
        # Saved straight, so that what the form no longer offers is there too.
        Review.objects.create(course=paper.course, paper=paper, reviewer=student, revision=1, answers=answers)
        text = printed(student, paper).replace("\nNot ready\n", f"\n{says}\n", 1)

        upload(student, text)
        downloaded = printed(student, paper)
        (again,) = upload(student, downloaded)

        assert Review.objects.get().answers == answers
        assert (downloaded == text, again.status) == (says == "Not ready" or is_offered(answers), "unchanged")
        transaction.set_rollback(True)


def is_offered(answers):
    """Whether every choice is one that can be submitted."""
    return answers["merit"] != 9 and answers["pick"] in {"", *(option["value"] for option in PICKS)}


@given(answers=ANSWERS)
@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_form_filled_in_elsewhere_is_downloaded_as_it_was_filled_in(lenient_rules, paper, student, answers):
    with transaction.atomic():
        filled_in = Sheet(paper, student, active_fields(lenient_rules), answers)
        text = print_forms([filled_in], course_slug=student.course.slug, url=URL)

        upload(student, text)

        assert sections_of(printed(student, paper)) == sections_of(text)
        transaction.set_rollback(True)


def sections_of(text):
    """The form from its first field on, without the remark on a choice that is gone."""
    lines = text[text.index("==*== ") :].split("\n")
    return [line for line in lines if "no longer offered" not in line]


def test_saved_choice_that_is_gone_is_printed_as_a_remark_and_kept(paper, student):
    save_draft(paper=paper, reviewer=student, answers={"merit": 9, "summary": "x"}, revision=None)

    text = printed(student, paper)
    (result,) = upload(student, text)

    assert "==-== Saved before, no longer offered: 9\n" in text
    assert (result.status, Review.objects.get().answers["merit"]) == ("unchanged", 9)


def test_submitted_review_is_printed_as_ready_and_a_draft_as_not_ready(paper, student, answers):
    review = save_draft(paper=paper, reviewer=student, answers=answers, revision=None)
    draft = printed(student, paper)
    submit_review(review=review, revision=1)

    assert ("\nNot ready\n" in draft, "\nReady\n" in printed(student, paper)) == (True, True)


def test_labels_that_are_alike_or_long_are_told_apart(paper, rules, student):
    label = "A label that goes over more than one line of the form, as the one that somebody made up here does"
    for key in ("one", "two"):
        ScoreFieldFactory(form=rules.form, key=key, label="Alike")
    FieldFactory(form=rules.form, key="three", label=label, is_required=False)
    save_draft(paper=paper, reviewer=student, answers={"one": 1, "two": 2, "three": "Long."}, revision=None)

    text = printed(student, paper)
    (result,) = upload(student, text)

    headings = [line for line in text.split("\n") if line.startswith("==*==")]
    assert headings[:5] == ["==*== one", "==*== two", f"==*== {label[:70]}", f"==*==    {label[71:]}", "==*== Summary"]
    assert (result.status, told(result)) == ("unchanged", [])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_uploads_of_different_texts_at_once_exactly_one_wins():
    course = CourseFactory(slug="busy")
    FieldFactory(form=ReviewRulesFactory(course=course).form, key="summary")
    PaperFactory(course=course, key="rammer")
    student = EnrollmentFactory(course=course)

    def send(number):
        me = Enrollment.objects.select_related("course", "user").get(pk=student.pk)
        form = f"==+== Paper #rammer\n==+== Review Ready\n==*== Summary\nText {number}\n==+== End Review"
        return str(upload(me, form)[0].status)

    results = at_once(send)

    assert sorted(results) == ["conflict"] * (THREADS - 1) + ["submitted"]
    assert Review.objects.get().current.number == 1
