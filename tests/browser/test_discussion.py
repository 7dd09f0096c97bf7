"""Discussing and rating with script, where only the thread is renewed, and without."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from discussion.models import Comment, Rating, Thread
from tests.browser.test_every_page import axe, sideways
from tests.factories import (
    CommentFactory,
    CourseFactory,
    DiscussionRulesFactory,
    EnrollmentFactory,
    FieldFactory,
    PaperFactory,
    ReviewRulesFactory,
    SubmittedReviewFactory,
    ThreadFactory,
)


@pytest.fixture
def talk(transactional_db):
    """A thread on a paper with one review that every member may read."""
    course = CourseFactory()
    rules = ReviewRulesFactory(course=course, visibility="always")
    FieldFactory(form=rules.form, key="summary", label="Summary")
    paper = PaperFactory(course=course, title="Rammer")
    answers = {"summary": "A compiler."}
    SubmittedReviewFactory(paper=paper, answers=answers, version__html={"summary": "<p>A compiler.</p>"})
    return CommentFactory(thread=ThreadFactory(paper=paper), text="Why only one data set?")


@pytest.fixture
def student(talk):
    return EnrollmentFactory(course=talk.thread.paper.course)


def address(talk, name="discussion:discussion_detail"):
    paper = talk.thread.paper
    return reverse(name, args=[paper.course.slug, paper.key])


def test_with_script_a_reply_renews_its_thread_and_leaves_other_texts_alone(page, talk, student, sign_in):
    sign_in(student.user)
    page.goto(address(talk))
    page.locator("#paper").get_by_text("Start a thread").click()
    page.locator("#text-paper").fill("Half a thought")
    page.get_by_text("Reply", exact=True).first.click()
    page.get_by_label("Your reply").fill("Because *memory*.")
    page.get_by_role("button", name="Reply").click()

    expect(page.locator(".comment em")).to_have_text("memory")
    expect(page.locator("#text-paper")).to_have_value("Half a thought")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator(".comment em")).to_have_count(0)
    page.get_by_role("button", name="Put back").click()
    expect(page.locator(".comment em")).to_have_text("memory")


def test_with_script_a_rating_is_saved_in_its_place(page, talk, student, sign_in):
    sign_in(student.user)
    page.goto(address(talk))
    page.locator(".silent > summary").click()
    page.get_by_text("Rate this review").click()
    page.get_by_label("In need of work").check()
    page.get_by_role("button", name="Save my rating").click()
    expect(page.get_by_role("alert")).to_contain_text("at least one reason")
    page.get_by_label("Vague").check()
    page.get_by_role("button", name="Save my rating").click()

    expect(page.get_by_text("You rated: Needs work: vague")).to_be_visible()
    assert Rating.objects.get().rater == student


def test_the_papers_page_shows_what_was_said_last(page, talk, student, sign_in):
    sign_in(student.user)
    page.goto(address(talk, "reviews:paper_detail"))

    expect(page.locator("#discussion")).to_contain_text("Why only one data set?")
    page.get_by_role("link", name="1 comment: read and reply").click()
    expect(page.get_by_role("heading", name="Discussion")).to_be_visible()


def test_where_the_course_does_not_discuss_the_papers_page_leads_nowhere(page, talk, student, sign_in):
    DiscussionRulesFactory(course=talk.thread.paper.course, is_on=False)
    sign_in(student.user)
    page.goto(address(talk, "reviews:paper_detail"))

    expect(page.locator("#discussion")).to_have_count(0)
    expect(page.get_by_role("link", name="Discuss")).to_have_count(0)


@pytest.fixture
def reply(page, talk, sign_in):
    """The reply's text area, for an assistant in a course with three more people."""
    course = talk.thread.paper.course
    for name in ("Ada Long", "Adam Short", "Zoë Quill"):
        EnrollmentFactory(course=course, user__name=name)
    sign_in(EnrollmentFactory(course=course, role="assistant").user)
    page.goto(address(talk))
    page.get_by_text("Reply", exact=True).first.click()
    return page.get_by_label("Your reply")


def test_an_at_sign_offers_names_and_the_keyboard_takes_one(page, reply):
    reply.press_sequentially("Ask @ad")
    options = page.get_by_role("option")
    expect(options).to_have_text(["Ada Long", "Adam Short"])
    expect(reply).to_have_attribute("aria-activedescendant", options.nth(0).get_attribute("id"))
    assert [*axe(page)] == []
    reply.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("Adam Short")
    reply.press("ArrowDown")
    reply.press("ArrowUp")
    reply.press("Enter")
    expect(reply).to_have_value("Ask @Adam Short ")
    expect(page.get_by_role("listbox")).to_have_count(0)
    reply.press_sequentially("and @quill")
    expect(options).to_have_text(["Zoë Quill"])
    reply.press("Tab")
    reply.press_sequentially("please.")
    page.get_by_role("button", name="Reply").click()

    expect(page.get_by_text("Mentioned: Adam Short, Zoë Quill")).to_be_visible()


def test_escape_closes_the_names_until_the_next_at_sign(page, reply):
    reply.press_sequentially("@a")
    expect(page.get_by_role("listbox")).to_be_visible()
    reply.press("Escape")
    reply.press_sequentially("d")
    expect(page.get_by_role("listbox")).to_have_count(0)
    reply.press("Enter")
    reply.press_sequentially("mail@adam @zoe")
    expect(page.get_by_role("option")).to_have_text(["Zoë Quill"])

    expect(reply).to_have_value("@ad\nmail@adam @zoe")


def test_on_a_phone_a_name_is_taken_by_touch(browser, base_url, page, talk, reply, context):
    phone = browser.new_context(
        base_url=base_url, viewport={"width": 360, "height": 780}, has_touch=True, storage_state=context.storage_state()
    )
    small = phone.new_page()
    small.goto(address(talk))
    small.get_by_text("Reply", exact=True).first.click()
    area = small.get_by_label("Your reply")
    area.press_sequentially("A word that fills the line, then @z")
    small.get_by_role("option").tap()

    expect(area).to_have_value("A word that fills the line, then @Zoë Quill ")
    expect(area).to_be_focused()
    assert [*sideways(small)] == []
    phone.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_forms_fit_a_phone_and_axe_finds_nothing(browser, base_url, talk, student, sign_in, context, scheme):
    """Every page test finds them folded."""
    sign_in(EnrollmentFactory(course=student.course, role="instructor").user)
    talk.withdrawn_at, talk.withdrawn_by = talk.created_at, talk.author
    talk.save()
    talk.versions.create(revision=0, text="x", html="<p>x</p>", written_at=talk.created_at)
    ThreadFactory(paper=talk.thread.paper, is_staff_only=True)
    phone = browser.new_context(
        base_url=base_url, viewport={"width": 360, "height": 780}, color_scheme=scheme, storage_state=context.storage_state()
    )
    page = phone.new_page()
    page.goto(address(talk))
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")

    assert [*axe(page), *sideways(page)] == []
    phone.close()


def test_without_script_everything_is_done_by_forms(browser, base_url, talk, student, sign_in, context):
    sign_in(student.user)
    plain = browser.new_context(base_url=base_url, java_script_enabled=False, storage_state=context.storage_state())
    page = plain.new_page()
    page.goto(address(talk))
    page.get_by_text("Reply", exact=True).first.click()
    page.get_by_label("Your reply").fill("Because.")
    page.get_by_role("button", name="Reply").click()
    page.locator(".silent > summary").click()
    page.locator("#reviews").get_by_text("Start a thread").click()
    page.locator("#reviews").get_by_label("What do you want to say?").fill("Well read.")
    page.locator("#reviews").get_by_role("button", name="Start the thread").click()
    page.get_by_text("Rate this review").click()
    page.get_by_label("Helpful").check()
    page.get_by_role("button", name="Save my rating").click()
    page.get_by_role("button", name="Stop following").click()

    expect(page.get_by_role("button", name="Follow", exact=True)).to_be_visible()
    plain.close()
    assert (Comment.objects.count(), Thread.objects.filter(review__isnull=False).count(), Rating.objects.count()) == (3, 1, 1)
