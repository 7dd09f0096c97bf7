"""What the editor's script promises: typing offline, after a crash, and on two devices loses nothing."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from courses.models import Enrollment
from reviews.models import Review
from tests.browser.pages import EMAILS

FIRST = "The scheduler is new. It was measured on one board."
SAVED = re.compile(r"s ago")


@pytest.fixture
def editor(page, demo_course, sign_in):
    """The editor of the review that is due next, with a saved draft of FIRST and nothing else."""
    sign_in(User.objects.get(email=EMAILS["student"]))
    page.goto(f"/c/{demo_course.slug}/home/")
    page.get_by_role("link", name="Continue").first.click()
    type_into(page, FIRST)
    return page


def type_into(page, text) -> None:
    summary_of(page).fill(text)
    page.keyboard.press("Tab")  # a field that is left is saved
    expect(page.locator("[data-since]")).to_contain_text(SAVED)


def summary_of(page):
    return page.get_by_label("Paper summary", exact=True)


def stored() -> str:
    student = Enrollment.objects.get(user__email="student01@example.edu")
    return Review.objects.filter(reviewer=student).latest("saved_at").answers["summary"]


@pytest.fixture
def second(editor, context):
    """The same editor on another device, opened before either typed more."""
    page = context.new_page()
    page.goto(editor.url)
    return page


def test_texts_of_two_devices_are_merged_on_demand(editor, second):
    type_into(second, FIRST.replace("one board", "two boards"))
    summary_of(editor).fill(FIRST.replace("new", "new and simple"))
    expect(editor.get_by_role("heading", name="Two texts of this review")).to_be_visible()
    assert stored() == FIRST.replace("one board", "two boards")

    editor.get_by_role("button", name="Merge both").click()

    both = FIRST.replace("one board", "two boards").replace("new", "new and simple")
    expect(summary_of(editor)).to_have_value(both)
    expect(editor.get_by_text("they had changed different places")).to_be_focused()
    expect(editor.locator("[data-since]")).to_contain_text(SAVED)
    assert stored() == both


def test_what_both_changed_stands_twice_and_is_named(editor, second):
    type_into(second, FIRST.replace("new", "old"))
    summary_of(editor).fill(FIRST.replace("new", "bold"))
    editor.get_by_role("button", name="Merge both").click()

    expect(editor.get_by_text("In Paper summary both had changed the same place")).to_be_visible()
    expect(summary_of(editor)).to_have_value(FIRST.replace("new.", "[[here: bold.]] [[elsewhere: old.]]"))


def test_taking_the_other_text_merges_nothing(editor, second):
    type_into(second, FIRST.replace("new", "old"))
    summary_of(editor).fill(FIRST.replace("new", "bold"))
    editor.get_by_role("link", name="See both texts and choose").click()
    editor.locator(".conflict pre").first.click()  # to copy some of it
    expect(summary_of(editor)).to_have_value(FIRST.replace("new", "bold"))

    editor.get_by_role("link", name="Take the other").click()

    expect(summary_of(editor)).to_have_value(FIRST.replace("new", "old"))
    editor.wait_for_load_state("networkidle")
    assert stored() == FIRST.replace("new", "old")


def test_text_typed_offline_is_saved_when_the_connection_returns(editor, context):
    context.set_offline(True)
    summary_of(editor).fill(FIRST + " Typed in a tunnel.")
    expect(editor.locator("[data-status]")).to_contain_text("Not saved: no connection")
    expect(editor.locator("[data-status]")).to_contain_text("kept in this browser")
    assert stored() == FIRST

    context.set_offline(False)

    expect(editor.locator("[data-since]")).to_contain_text(SAVED)
    assert stored() == FIRST + " Typed in a tunnel."


def test_a_press_reaches_its_button_while_the_bar_tells_of_trouble(editor, context):
    """On a phone a long line raised the buttons, and the save that the press began lowered them before it ended."""
    editor.set_viewport_size({"width": 360, "height": 740})
    session = next(cookie for cookie in context.cookies() if cookie["name"] == "sessionid")
    context.clear_cookies(name="sessionid")
    summary_of(editor).press_sequentially(" Typed signed out.")
    expect(editor.locator("[data-status]")).to_contain_text("you are signed out")
    context.add_cookies([session])

    editor.get_by_role("button", name="Save draft").click()

    expect(editor.get_by_role("status").filter(has_text="Draft saved.")).to_be_visible()
    assert stored().startswith("Typed signed out.") or stored().endswith("Typed signed out.")


def test_the_line_that_is_typed_stays_above_the_bar(editor):
    editor.set_viewport_size({"width": 360, "height": 740})
    summary_of(editor).fill("A line.\n" * 30)
    editor.evaluate("scrollTo(0, 0)")

    summary_of(editor).press("Control+End")
    editor.keyboard.type("The end.")

    bottom, bar = (editor.locator(each).first.bounding_box() for each in ("textarea", ".bar"))
    assert bottom["y"] + bottom["height"] <= bar["y"]


def test_text_that_a_crash_kept_from_the_portal_is_offered_again(editor, context):
    context.set_offline(True)
    summary_of(editor).fill(FIRST + " Never sent.")
    expect(editor.locator("[data-status]")).to_contain_text("Not saved")
    address = editor.url
    editor.close(run_before_unload=False)
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)

    expect(summary_of(again)).to_have_value(FIRST)
    again.get_by_role("button", name="Bring it back").click()

    expect(summary_of(again)).to_have_value(FIRST + " Never sent.")
    expect(again.locator("[data-since]")).to_contain_text(SAVED)
    assert stored() == FIRST + " Never sent."


def test_the_preview_follows_the_typing_and_a_paste_comes_out_clean(editor, context, base_url):
    summary_of(editor).fill("A *new* idea")
    editor.locator("details.preview").first.locator("summary").click()
    expect(editor.locator("details.preview").first.locator("em")).to_have_text("new")
    summary_of(editor).fill("A **bold** idea: ")
    expect(editor.locator("details.preview").first.locator("strong")).to_have_text("bold")

    summary_of(editor).evaluate(
        """area => {
          area.focus();
          const data = new DataTransfer();
          data.setData("text/html", "<ul><li>one</li><li><b>two</b></li></ul><style>p{}</style>");
          data.setData("text/plain", "one two");
          area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )

    expect(summary_of(editor)).to_have_value("A **bold** idea: - one\n- **two**")


def test_the_back_button_shows_what_was_saved_and_not_the_page_of_then(editor):
    editor.goto(editor.url.replace("/review/", "/"))

    editor.go_back()

    expect(summary_of(editor)).to_have_value(FIRST)


def test_state_and_deadline_move_on_while_one_writes(page, demo_course, sign_in):
    sign_in(User.objects.get(email=EMAILS["student"]))
    page.clock.install()
    page.goto(f"/c/{demo_course.slug}/home/")
    page.goto(page.get_by_role("link", name="Write").first.get_attribute("href"))  # until the script is there
    chip, due = page.locator(".head .chip"), page.locator(".bar time")
    left = int(due.get_attribute("data-seconds"))
    expect(chip).to_have_text("open")
    expect(due).to_be_visible()

    type_into(page, FIRST)
    expect(chip).to_have_text("draft, not submitted")

    page.clock.fast_forward((left - 20 * 60) * 1000)
    expect(due).to_have_text(re.compile("^in 1[89] min$"))
    page.clock.fast_forward(23 * 60 * 1000)
    expect(due).to_have_text(re.compile("^[234] min ago$"))


def test_text_typed_before_the_script_is_there_is_saved_too(editor):
    held = []
    editor.route("**/reviews-editor*.js", lambda route: held.append(route))
    editor.goto(editor.url, wait_until="commit")
    summary_of(editor).fill(FIRST + " Typed at once.")

    held[0].continue_()

    expect(editor.locator("[data-since]")).to_contain_text(SAVED)
    assert stored() == FIRST + " Typed at once."
