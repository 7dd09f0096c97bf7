"""README's first round, in a browser: write, present, mark, release, pull the grade, read a reminder."""

import json
from urllib.request import Request, urlopen

from playwright.sync_api import expect

from demo.sign_in import fresh_token
from tests.browser.pages import sign_in

SUMMARY = "NeuOS keeps the latency of several networks predictable by choosing frequency and accuracy together. " * 8


def test_a_newcomer_gets_from_a_review_to_a_grade(page, base_url, demo_course):
    home = f"/c/{demo_course.slug}"
    before = reviews_grade(base_url, demo_course)

    sign_in(page, "student")
    paper_key = write_a_review(page, home)
    page.context.clear_cookies()
    sign_in(page, "instructor")
    assign_a_presenter(page, home)
    mark_the_review(page, home, paper_key)
    release_the_reviews(page, home)

    after = reviews_grade(base_url, demo_course)
    assert after["earned"] != before["earned"]
    read_a_reminder_to_somebody_else(page)


def write_a_review(page, home) -> str:
    """Open what is due first, type, see it saved, come back to it, submit; the paper's key."""
    page.goto(f"{home}/home/")
    page.get_by_role("link", name="Continue").first.click()
    paper_key = page.url.split("/papers/")[1].split("/")[0]
    page.get_by_label("Paper summary", exact=True).fill(SUMMARY)
    expect(page.locator("[data-since]")).to_contain_text("s ago")  # saved by itself, since the page was opened

    page.reload()
    expect(page.get_by_label("Paper summary", exact=True)).to_have_value(SUMMARY.rstrip())
    page.get_by_label("Strengths", exact=True).fill("- The problem is measured before it is solved.")
    page.get_by_label("Weaknesses", exact=True).fill("- One board, one family of networks.")
    page.locator("[name=answer-overall-merit][value='4']").check(force=True)
    page.locator("[name=answer-expertise][value='2']").check(force=True)
    page.get_by_role("button", name="Submit review").click()
    page.wait_for_url(f"**/papers/{paper_key}/")
    return paper_key


def assign_a_presenter(page, home) -> None:
    page.goto(f"{home}/presentations/")
    page.get_by_role("link", name="Give a slot to Kavya Holmgren").click()
    page.get_by_role("button", name="Give to Kavya Holmgren").first.click()
    expect(page.get_by_role("button", name="Remove Kavya Holmgren")).to_be_visible()
    page.goto(f"{home}/")
    expect(page.locator("main")).to_contain_text("Kavya Holmgren")


def mark_the_review(page, home, paper_key) -> None:
    """With the keyboard: the cursor is in the points when the page opens."""
    page.goto(f"{home}/marking/?tab=reviews&paper={paper_key}")
    page.locator("summary", has_text="of this one").click()
    with page.expect_navigation():
        page.get_by_role("link", name="Amara Lindqvist").click()
    expect(page.locator("[name=points]")).to_be_focused()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.locator("main article")).not_to_contain_text("Amara Lindqvist")


def release_the_reviews(page, home) -> None:
    page.goto(f"{home}/gradebook/")
    page.locator("summary", has_text="Release of marks").click()
    row = page.get_by_role("row", name="Reviews").first
    row.locator("summary", has_text="Release").click()
    row.get_by_role("button", name="Release").click()
    expect(page.get_by_role("row", name="Reviews").first.locator("summary", has_text="Release")).to_have_count(0)


def reviews_grade(base_url, course) -> dict:
    """What the printed curl pulls for the demo student's reviews, as the student's own token sees it."""
    address = f"{base_url}/api/v1/courses/{course.slug}/grades/"
    request = Request(address, headers={"Authorization": f"Bearer {fresh_token()}"})  # noqa: S310 - the live server
    with urlopen(request, timeout=20) as answer:  # noqa: S310
        results = json.load(answer)["results"]
    grade = next(one for one in results if one["student"]["email"] == "student01@example.edu")
    return next(component for component in grade["components"] if component["key"] == "reviews")


def read_a_reminder_to_somebody_else(page) -> None:
    page.goto("/developer/mail/")
    reminder = page.get_by_role("listitem").filter(has_text="Review due in").filter(has_not_text="student01@example.edu")
    reminder.first.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("Review due in")
