"""A student is given a place on the board by dragging, by keyboard alone, and with the finger on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from presentations.models import SignUp
from tests.factories import CourseFactory, EnrollmentFactory, MeetingFactory, SlotFactory, SlotRoleFactory


@pytest.fixture
def board(transactional_db):
    """Two open places in weeks to come, with a gap between them, and two students; gives the instructor and the page."""
    course = CourseFactory()
    for week in (1, 3):
        meeting = MeetingFactory(course=course, date=course.today() + timedelta(weeks=week))
        SlotRoleFactory(slot=SlotFactory(course=course, meeting=meeting))
    for name in ("Ada", "Bao"):
        EnrollmentFactory(course=course, user__name=name)
    return EnrollmentFactory(course=course, role="instructor").user, f"/c/{course.slug}/presentations/board/"


def presenters() -> list[str]:
    places = SignUp.objects.standing().order_by("role__slot__meeting__date")
    return list(places.values_list("enrollment__user__name", flat=True))


def test_a_student_is_dragged_onto_a_place_and_on_to_another_and_it_is_undone(page, sign_in, board):
    instructor, address = board
    sign_in(instructor)
    page.goto(address)
    expect(page.locator(".strip .gap")).to_have_count(1)

    page.locator(".pool li").filter(has_text="Bao").drag_to(page.locator("[data-role]").first)
    expect(page.locator("[data-place]")).to_contain_text("Bao")
    page.locator("[data-place]").get_by_text("Bao", exact=True).first.drag_to(page.locator("[data-role]"))
    expect(page.locator(".board section").nth(1).locator("[data-place]")).to_contain_text("Bao")
    assert presenters() == ["Bao"]

    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".board section").first.locator("[data-place]")).to_contain_text("Bao")


def test_a_place_is_given_without_the_mouse(page, sign_in, board):
    instructor, address = board
    sign_in(instructor)
    page.goto(address)

    page.get_by_role("link", name="Give a place to Bao").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Giving a place to Bao")).to_be_visible()
    # The address leads to the next open place, so its button is the next stop of the Tab key.
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_contain_text("to Bao")
    page.keyboard.press("Enter")
    expect(page.locator("[data-place]")).to_contain_text("Bao")
    assert presenters() == ["Bao"]


def test_a_place_is_given_with_the_finger(browser, base_url, sign_in, context, board):
    instructor, address = board
    sign_in(instructor)
    phone = browser.new_context(base_url=base_url, viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True)
    phone.add_cookies(context.cookies())
    page = phone.new_page()
    page.goto(address)

    page.get_by_role("link", name="Give a place to Ada").tap()
    button = page.get_by_role("button", name="Give").first
    expect(button).to_be_in_viewport()
    button.tap()
    expect(page.locator("[data-place]")).to_contain_text("Ada")
    assert presenters() == ["Ada"]
    phone.close()
