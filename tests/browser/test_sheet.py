"""The mark sheet by keyboard: typed, pasted with one bad cell, mended, undone; and a cell in which two people meet."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from grading.actions import set_mark
from grading.models import Mark, MarkChange
from grading.queries.marking import tabs_of
from grading.queries.policy import read_in_force
from reviews.models import Review
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    PaperFactory,
    PolicyFactory,
    SubmittedReviewFactory,
    UserFactory,
)
from tests.grading.examples import course_with_policy, one_component

PASTE = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def course(transactional_db):
    """Three students who have handed in reviews of two papers."""
    course = course_with_policy(one_component())
    students = [EnrollmentFactory(course=course, user__name=name) for name in ("Ada", "Ben", "Chen")]
    for day, key in enumerate(("p1", "p2"), start=7):
        meeting = MeetingFactory(course=course, date=date(2021, 9, day))
        paper = PaperFactory(course=course, meeting=meeting, key=key, title=key.upper())
        for student in students:
            SubmittedReviewFactory(paper=paper, reviewer=student)
    return course


@pytest.fixture
def marker(course):
    return EnrollmentFactory(course=course, role="instructor", user__name="Iris")


@pytest.fixture
def open_sheet(page, sign_in, course, marker):
    def cell(name, paper):
        return page.get_by_label(f"{name}, {paper}")

    sign_in(marker.user)
    page.goto(f"/c/{course.slug}/gradebook/sheet/only/")
    return cell


def marks():
    rows = Mark.objects.exclude(points=None).values_list("review__reviewer__user__name", "review__paper__key", "points")
    return {(name, key): points for name, key, points in rows}


def said(cell):
    return cell.locator("xpath=ancestor::td").locator("[data-said]")


def test_marks_are_typed_pasted_mended_and_undone_by_keyboard(page, open_sheet):
    open_sheet("Ada", "P1").focus()
    for key in ("8", "Enter", "7", ".", "5", "Tab", "9", "ArrowDown"):
        page.keyboard.press(key)
    expect(said(open_sheet("Ben", "P2"))).to_have_text("✓ saved")
    expect(open_sheet("Chen", "P2")).to_be_focused()
    typed = {("Ada", "p1"): 8, ("Ben", "p1"): Decimal("7.5"), ("Ben", "p2"): 9}
    assert marks() == typed

    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(said(open_sheet("Chen", "P2"))).to_have_text("✕ not saved: points here go from 0 to 10.")
    page.keyboard.press("Escape")
    expect(open_sheet("Chen", "P2")).to_have_value("")

    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    expect(open_sheet("Ada", "P1")).to_be_focused()
    page.evaluate(PASTE, "9\t6\n8\tx\n7\t5\n")
    preview = page.locator("#paste-shown")
    expect(preview.get_by_role("alert")).to_contain_text("Row 2, column 2 (Ben, P2): found x; expected points from 0 to 10.")
    expect(preview.get_by_role("button")).to_have_count(0)
    assert marks() == typed
    preview.get_by_role("link", name="Leave everything as it is").press("Enter")
    expect(open_sheet("Ada", "P1")).to_be_focused()

    page.evaluate(PASTE, "9\t6\n8\t9\n7\t5\n")
    expect(preview.locator("tbody tr")).to_have_count(5)
    with page.expect_navigation():
        preview.get_by_role("button", name="Apply 5 marks").press("Enter")
    pasted = {("Ada", "p1"): 9, ("Ada", "p2"): 6, ("Ben", "p1"): 8, ("Ben", "p2"): 9, ("Chen", "p1"): 7, ("Chen", "p2"): 5}
    assert marks() == pasted

    with page.expect_navigation():
        page.keyboard.press("Control+z")
    expect(page.locator(".messages")).to_contain_text("Put back: 5 marks.")
    assert marks() == typed
    assert MarkChange.objects.count() == 3 + 5 + 5

    open_sheet("Ada", "P1").focus()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(said(open_sheet("Ada", "P1"))).to_have_text("✓ saved")
    page.keyboard.press("Control+z")
    expect(said(open_sheet("Ada", "P1"))).to_have_text("↶ put back")
    expect(open_sheet("Ada", "P1")).to_have_value("8")
    expect(page.locator("tbody tr").first.locator("[data-result]")).to_have_text("80.00 of 100.00")
    assert marks() == typed


@pytest.mark.parametrize(("answer", "points"), [("Keep 6", 6), ("Set 8", 8)])
def test_a_cell_that_another_has_filled_meanwhile_asks_which_stands(page, open_sheet, course, answer, points):
    review = course.enrollments.get(user__name="Ada").reviews.get(paper__key="p1")
    ben = EnrollmentFactory(course=course, role="assistant", user__name="Ben Assistant").user
    set_mark(review=review, points=Decimal(6), revision=0, by=ben)

    open_sheet("Ada", "P1").focus()
    page.keyboard.press("8")
    page.keyboard.press("Enter")
    expect(said(open_sheet("Ada", "P1"))).to_contain_text("Ben Assistant has entered 6 meanwhile; you entered 8.")
    assert Mark.objects.get().points == 6
    page.get_by_role("button", name=answer).press("Enter")

    expect(open_sheet("Ada", "P1")).to_have_value(str(points))
    expect(said(open_sheet("Ada", "P1"))).to_contain_text("✓")
    assert Mark.objects.get().points == points


def test_a_session_that_has_ended_is_told_and_nothing_typed_is_lost(page, context, open_sheet):
    cell = open_sheet("Ada", "P1")
    cell.focus()
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    expect(said(cell)).to_have_text("✓ saved")
    session = next(cookie for cookie in context.cookies() if cookie["name"] == "sessionid")
    context.clear_cookies(name="sessionid")

    cell.fill("9")
    page.keyboard.press("Enter")
    expect(said(cell)).to_contain_text("not saved: you are signed out. Sign in in a new tab, then press Enter here again.")
    page.keyboard.press("Control+z")
    expect(page.locator("#paste-preview")).to_contain_text("Not undone: you are signed out.")

    context.add_cookies([session])
    cell.press("Enter")
    expect(said(cell)).to_have_text("✓ saved")
    assert list(marks().values()) == [9]


def test_enter_before_the_script_has_come_sends_nothing_and_keeps_what_was_typed(page, sign_in, course, marker):
    """A half-filled sheet that is sent as a form meets its own second sending, and says that somebody else has changed it."""
    held = []
    page.route("**/grading-sheet*.js", lambda route: held.append(route))
    sign_in(marker.user)
    address = f"/c/{course.slug}/gradebook/sheet/only/"
    page.goto(address, wait_until="commit")
    cell = page.get_by_label("Ada, P1")
    cell.focus()
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    assert held
    assert page.url.endswith(address)
    assert marks() == {}
    held.pop().continue_()
    expect(page.locator("[data-sheet-keys]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(said(cell)).to_have_text("✓ saved")
    assert marks() == {("Ada", "p1"): Decimal(8)}


def test_work_without_names_is_marked_below_the_rows_by_keyboard(page, course, marker, sign_in):
    PolicyFactory(course=course, number=2, document=one_component(anonymous=True))
    first, second = [entry for entry in tabs_of(marker, read_in_force(course)[1])[0].entries if entry.group == "p1"][:2]
    sign_in(marker.user)
    page.goto(f"/c/{course.slug}/gradebook/sheet/only/")
    cells = [page.get_by_label(f"{entry.who}, P1") for entry in (first, second)]

    cells[0].focus()
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    expect(said(cells[0])).to_have_text("✓ saved")
    expect(cells[1]).to_be_focused()
    page.evaluate(PASTE, "9\t6\n8\t9\n")
    expect(said(cells[1])).to_contain_text("one mark at a time")
    set_mark(
        review=Review.objects.get(pk=second.target.removeprefix("review-")), points=Decimal(6), revision=0, by=UserFactory()
    )
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(said(cells[1])).to_contain_text("you entered 7")
    said(cells[1]).get_by_role("button", name="Keep 6").click()
    expect(cells[1]).to_have_value("6")

    page.keyboard.press("Control+z")
    expect(said(cells[0])).to_have_text("↶ put back")
    expect(cells[0]).to_have_value("")
    assert [mark.points for mark in Mark.objects.order_by("pk")] == [None, 6]


def test_enter_in_why_neither_releases_nor_hides(page, course, marker, sign_in):
    review = Review.objects.first()
    set_mark(review=review, points=Decimal(8), revision=0, by=marker.user)
    sign_in(marker.user)
    page.goto(f"/c/{course.slug}/gradebook/{review.reviewer_id}/")
    why = page.locator("#release-why")

    why.fill("The board has agreed")
    why.press("Enter")
    expect(why).to_have_value("The board has agreed")
    assert Mark.objects.get().released_at is None
    with page.expect_navigation():
        page.get_by_role("button", name="Release this student's marks").click()

    assert MarkChange.objects.get(kind="released").reason == "The board has agreed"
    why.fill("Too early")
    with page.expect_navigation():
        page.get_by_role("button", name="Hide them again").click()
    assert MarkChange.objects.get(kind="hidden").reason == "Too early"
