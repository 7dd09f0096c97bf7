"""The editor page, its plain form post and its autosave."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from reviews.actions import save_draft, submit_review
from reviews.models import Review
from tests.factories import PaperFactory
from tests.reviews.conftest import BEFORE, CLOSED, DUE

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def editor(paper, clock):
    return reverse("reviews:review_edit", args=[paper.course.slug, paper.key])


@pytest.fixture
def autosave(paper, clock):
    return reverse("reviews:review_autosave", args=[paper.course.slug, paper.key])


@pytest.fixture
def browser(client, student):
    client.force_login(student.user)
    return client


def typed(summary="Compiles graphs into tasks.", merit="4", revision=0, **more):
    return {"answer-summary": summary, "answer-merit": merit, "revision": str(revision), **more}


def stored():
    return list(Review.objects.values_list("revision", "answers__summary"))


def test_page_shows_the_form_of_the_course(browser, editor):
    response = browser.get(editor)

    assert [(field.name, field.label) for field in response.context["form"]] == [
        ("summary", "Summary"),
        ("merit", "Overall merit"),
        ("remarks", "Remarks to staff"),
    ]
    assert (response.context["revision"], Review.objects.count()) == (0, 0)


def test_page_shows_the_draft(browser, editor, paper, student, answers):
    save_draft(paper=paper, reviewer=student, answers=answers, revision=None)

    response = browser.get(editor)

    assert ({field.name: field.value() for field in response.context["form"]}, response.context["revision"]) == (answers, 1)


def test_page_of_a_paper_of_another_course_is_not_found(browser, course, rules):
    elsewhere = PaperFactory(key="elsewhere")

    assert browser.get(reverse("reviews:review_edit", args=[course.slug, elsewhere.key])).status_code == 404


def test_save_keeps_the_draft(browser, editor):
    response = browser.post(editor, typed(action="save"))

    assert (response.status_code, response["Location"]) == (302, editor)
    assert stored() == [(1, "Compiles graphs into tasks.")]


def test_submit_hands_the_review_in(browser, editor, paper):
    response = browser.post(editor, typed(action="submit"))

    review = Review.objects.get()
    assert response["Location"] == reverse("reviews:paper_detail", args=[paper.course.slug, paper.key])
    assert (review.is_submitted, review.current.answers) == (
        True,
        {"summary": "Compiles graphs into tasks.", "merit": 4, "remarks": ""},
    )


def test_submit_of_incomplete_answers_saves_and_says_what_is_missing(browser, editor):
    response = browser.post(editor, typed(summary="Short", merit="", action="submit"))

    assert (response.status_code, response.context["revision"]) == (422, 1)
    assert response.context["form"].errors == {
        "summary": ["Needs at least 3 words; it has 1."],
        "merit": ["This needs an answer."],
    }
    assert stored() == [(1, "Short")]


def test_submit_after_the_deadline_keeps_the_draft_and_says_when_it_closed(browser, editor, clock):
    clock.move_to(CLOSED)

    response = browser.post(editor, typed(action="submit"))

    assert (response.status_code, response.context["form"].non_field_errors()) == (
        409,
        ["Reviews of this paper closed on Thursday 2 September 2021 at 00:59 (America/New_York). Your draft is kept."],
    )
    assert stored() == [(1, "Compiles graphs into tasks.")]
    page = response.content.decode()
    assert ("Not submitted. What you typed is saved as a draft." in page, "Not saved" in page) == (True, False)
    assert 'data-saved="yes"' in page  # and so the script does not send it once more


def test_submit_within_the_grace_is_taken_as_late(browser, editor, clock):
    clock.move_to(DUE + timedelta(minutes=30))

    browser.post(editor, typed(action="submit"))

    assert Review.objects.get().current.is_late is True


def test_two_tabs_without_script_see_both_texts(browser, editor):
    browser.post(editor, typed(summary="First tab"))

    response = browser.post(editor, typed(summary="Second tab"))

    conflict = response.context["conflict"]
    assert (response.status_code, response.context["revision"]) == (409, 1)
    assert [(side.label, side.mine, side.other) for side in conflict.sides] == [("Summary", "Second tab", "First tab")]
    assert response.context["form"]["summary"].value() == "Second tab"
    assert stored() == [(1, "First tab")]


def test_keeping_mine_after_a_conflict_saves_on_top(browser, editor):
    browser.post(editor, typed(summary="First tab"))

    browser.post(editor, typed(summary="Second tab", revision=1, action="save"))

    assert stored() == [(2, "Second tab")]


def test_a_double_click_saves_once(browser, editor):
    browser.post(editor, typed(action="submit"))
    response = browser.post(editor, typed(action="submit"))

    review = Review.objects.get()
    assert (response.status_code, review.revision, review.versions.count()) == (302, 1, 1)


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        (
            {"summary": "a\x00b"},
            {"summary": ["The text contains a NUL character (U+0000), which cannot be stored. Remove it and save again."]},
        ),
        ({"summary": "x" * 100_001}, {"summary": ["The text has 100,001 characters; at most 100,000 fit."]}),
        ({"merit": "four"}, {"merit": ["Enter a whole number."]}),
        ({"merit": "99999"}, {"merit": ["Ensure this value is less than or equal to 32767."]}),
    ],
)
def test_bad_input_is_named_and_nothing_typed_is_lost(browser, editor, changed, errors):
    response = browser.post(editor, typed(**changed, action="save"))

    form = response.context["form"]
    assert (response.status_code, form.errors, stored()) == (422, errors, [])
    assert {key: form[key].value() for key in changed} == changed


@pytest.mark.parametrize("text", ["Good 🦆🏳️‍🌈 paper", "مراجعة قصيرة للورقة", "‮right to left override‬"])
def test_any_script_survives_the_way_there_and_back(browser, editor, text):
    browser.post(editor, typed(summary=text, action="save"))

    assert browser.get(editor).context["form"]["summary"].value() == text


def test_text_is_escaped_in_the_form(browser, editor):
    browser.post(editor, typed(summary="</textarea><script>alert(1)</script>", action="save"))

    assert "&lt;/textarea&gt;&lt;script&gt;" in browser.get(editor).content.decode()


@pytest.mark.parametrize("revision", ["", "-1", "abc", "1" * 30, "٣"])
def test_a_revision_that_cannot_be_read_counts_as_none(browser, editor, revision):
    browser.post(editor, typed(summary="First"))

    response = browser.post(editor, typed(summary="Second", revision=revision))

    assert (response.status_code, stored()) == (409, [(1, "First")])


def test_autosave_answers_with_the_new_revision(browser, autosave):
    response = browser.post(autosave, typed())

    assert (response.status_code, response.json()) == (200, {"revision": 1, "words": 4, "state": "draft"})


def test_autosave_of_a_submitted_review_says_that_changes_are_not_in(browser, autosave, paper, student, answers):
    submit_review(review=save_draft(paper=paper, reviewer=student, answers=answers, revision=None), revision=1)

    response = browser.post(autosave, typed(summary="Changed since then", revision=1))

    assert response.json() == {"revision": 2, "words": 3, "state": "changes not submitted"}


def test_autosave_on_an_old_revision_gives_both_texts(browser, autosave):
    browser.post(autosave, typed(summary="First <b>tab</b>"))

    response = browser.post(autosave, typed(summary="Second tab"))

    answer = response.json()
    assert (response.status_code, answer["revision"], stored()) == (409, 1, [(1, "First <b>tab</b>")])
    assert ("First &lt;b&gt;tab&lt;/b&gt;" in answer["html"], "Second tab" in answer["html"]) == (True, True)


def test_autosave_names_the_input_at_fault(browser, autosave):
    response = browser.post(autosave, typed(merit="four"))

    assert (response.status_code, response.json()) == (422, {"errors": {"answer-merit": ["Enter a whole number."]}})


def test_autosave_of_ten_megabytes_is_refused(browser, autosave):
    response = browser.post(autosave, typed(summary="x" * 10_000_000))

    [[problem]] = response.json()["errors"].values()
    assert (response.status_code, problem, stored()) == (
        422, "The text has 10,000,000 characters; at most 100,000 fit.", [],
    )  # fmt: skip


def test_autosave_after_the_deadline_keeps_the_draft(browser, autosave, clock):
    clock.move_to(CLOSED)

    assert browser.post(autosave, typed()).status_code == 200


def test_autosave_when_signed_out_is_refused(client, autosave):
    response = client.post(autosave, typed())

    assert (response.status_code, Review.objects.count()) == (403, 0)


@pytest.mark.parametrize("begun", [False, True])
def test_editor_queries(browser, editor, paper, student, answers, django_assert_num_queries, begun):
    if begun:
        save_draft(paper=paper, reviewer=student, answers=answers, revision=None)

    # Session, user, enrollment with its rules, paper, fields, review, duty, its terms.
    with django_assert_num_queries(8):
        browser.get(editor)


def test_who_is_not_asked_is_told_and_what_they_typed_stays(browser, editor, autosave, rules, course):
    """They may have had the paper when they began to type."""
    rules.who = "assigned"
    rules.save()

    opened = browser.get(editor)
    saved = browser.post(autosave, typed())
    posted = browser.post(editor, typed(summary="Written while it was taken away.") | {"action": "save"})
    told = browser.get(reverse("api:review_mine", args=[course.slug, "rammer"]))

    assert [response.status_code for response in (opened, saved, posted)] == [200, 422, 409]
    page = opened.content.decode()
    assert ("You are not asked to review this paper" in page, "Save draft" in page) == (True, False)
    assert "Written while it was taken away." in posted.content.decode()
    assert (told.status_code, told.json()["detail"]) == (404, "You are not asked to review this paper.")
    assert stored() == []
