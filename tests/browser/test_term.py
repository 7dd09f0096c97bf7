"""The instructor runs the term from a phone: a meeting moves, a paper comes, a text is written with its preview beside it."""

import re
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from coursefile.load import load_course
from courses.models import Course
from tests.coursefile.files import small
from tests.factories import UserFactory

NEXT_YEAR = date.today().year + 1  # noqa: DTZ011 - any day well ahead will do


@pytest.fixture
def course(transactional_db, sign_in):
    author = UserFactory()
    load_course(small().replace("2021-", f"{NEXT_YEAR}-"), by=author)
    sign_in(author)
    return Course.objects.get(slug="small")


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 360, "height": 780}, "has_touch": True}


def problems(page) -> list[str]:
    return [each["id"] for each in Axe().run(page).response["violations"]]


def test_meeting_is_moved_and_gets_a_paper_and_a_text_is_written(page, course):
    page.goto(reverse("home:course_page", args=["small"]))
    page.get_by_role("link", name="Change the schedule").tap()
    line = page.locator("#item-one")

    line.locator("summary").tap()
    line.get_by_label("New date of").fill(f"{NEXT_YEAR}-09-10")
    line.get_by_role("button", name="Move").tap()
    expect(page.locator(".message.success")).to_contain_text("was changed. Date:")
    expect(page).to_have_url(re.compile("#item-one$"))

    page.locator("#item-one").get_by_role("link", name="Add a paper").tap()
    page.get_by_label("Title").fill("Orca")
    assert problems(page) == []
    page.get_by_role("button", name="Add").tap()
    expect(page.locator("#paper-orca")).to_contain_text("Orca")
    assert problems(page) == []

    page.goto(reverse("coursefile:item_edit", args=["small", "pages", "guideline"]))
    page.get_by_label("Text", exact=False).first.fill("Speak **slowly**")
    expect(page.locator("details.preview strong")).to_have_text("slowly")
    page.get_by_role("button", name="Save").tap()
    expect(page.locator(".message.success")).to_contain_text("Guideline")

    meeting = course.meetings.get(key="one")
    assert meeting.date == date(NEXT_YEAR, 9, 10)
    assert list(meeting.papers.order_by("position").values_list("key", flat=True)) == ["rammer", "orca"]
    assert course.pages.get(key="guideline").body == "Speak **slowly**"


def test_a_round_asks_only_for_what_its_way_of_counting_needs(page, course):
    page.goto(reverse("coursefile:item_create", args=["small", "rounds"]))
    group = page.locator("section", has=page.locator("legend", has_text="Soft deadline"))
    expect(group.get_by_label("Clock time on that day")).to_be_hidden()

    group.get_by_label("Days before the meeting Of each").check()

    expect(group.get_by_label("Clock time on that day")).to_be_visible()
    expect(group.get_by_label("Date and time")).to_be_hidden()
    assert problems(page) == []
