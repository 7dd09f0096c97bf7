"""Dragging with the mouse and with a finger: form fields and preferences into order, a student onto a place."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from presentations.models import SignUp
from reviews.assigning.preferences.actions import call_for_preferences
from reviews.assigning.preferences.queries import wishes_of
from reviews.form_editing.actions import retire_field, tables_of
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    FieldFactory,
    MeetingFactory,
    PaperFactory,
    PresentationRulesFactory,
    ReviewRulesFactory,
    SlotFactory,
    SlotRoleFactory,
)


@pytest.fixture
def course(transactional_db):
    return CourseFactory()


@pytest.fixture
def rules(course):
    rules = ReviewRulesFactory(course=course)
    for place, label in enumerate(("Summary", "Strengths", "Questions")):
        FieldFactory(form=rules.form, key=label.lower(), label=label, position=place)
    return rules


@pytest.fixture
def editor(page, course, rules, sign_in):
    """The form editor, open for the instructor."""
    sign_in(EnrollmentFactory(course=course, role="instructor").user)
    page.goto(reverse("reviews:form_detail", args=[course.slug]))
    return page


def middle(box) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def take(page: Page, grip, onto) -> None:
    """Hold the grip with the mouse over the upper part of something else, not yet let go."""
    page.mouse.move(*middle(grip.bounding_box()))
    page.mouse.down()
    box = onto.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 4, steps=5)


def field(page: Page, key: str):
    return page.locator(f'[data-key="{key}"]')


def shown(page: Page) -> list[str]:
    return page.locator("[data-key] .about b").all_text_contents()


def asked(rules) -> list[str]:
    return [table["key"] for table in tables_of(rules.form)]


def test_a_field_is_dragged_to_its_place_and_the_order_is_kept(editor, rules):
    take(editor, field(editor, "questions").locator("[data-grip]"), field(editor, "summary"))
    editor.mouse.up()

    expect(editor.get_by_text("The new order is saved.")).to_be_visible()
    assert (shown(editor), asked(rules)) == (
        ["Questions", "Summary", "Strengths"],
        ["questions", "summary", "strengths"],
    )
    editor.get_by_role("button", name="Move Summary down").click()
    expect(editor.get_by_text("Moved.")).to_be_visible()
    expect(editor.get_by_role("button", name="Move Summary up")).to_be_enabled()
    assert asked(rules) == ["questions", "strengths", "summary"]


def test_escape_puts_a_dragged_field_back(editor, rules):
    take(editor, field(editor, "questions").locator("[data-grip]"), field(editor, "summary"))
    editor.keyboard.press("Escape")
    editor.mouse.up()

    assert shown(editor) == ["Summary", "Strengths", "Questions"]


def test_dragging_in_a_form_that_somebody_else_changed_overwrites_nothing(editor, rules):
    rules.form.refresh_from_db()
    retire_field(form=rules.form, stamp=rules.form.stamp, key="strengths")

    take(editor, field(editor, "questions").locator("[data-grip]"), field(editor, "summary"))
    editor.mouse.up()

    expect(editor.get_by_text("Nothing was overwritten.")).to_be_visible()
    assert (shown(editor)[:2], asked(rules)) == (["Summary", "Questions"], ["summary", "questions"])


def test_a_preference_is_dragged_with_a_finger(browser, base_url, course, rules, sign_in, context):
    student = EnrollmentFactory(course=course)
    for key in ("rammer", "tvm", "xla"):
        PaperFactory(course=course, meeting=MeetingFactory(course=course), key=key, title=key.title())
    call_for_preferences(course=course, closes_at=timezone.now() + timedelta(days=1))
    sign_in(student.user)
    phone = browser.new_context(
        base_url=base_url, viewport={"width": 360, "height": 780}, has_touch=True, storage_state=context.storage_state()
    )
    page = phone.new_page()
    page.goto(reverse("reviews:preference_list", args=[course.slug]))
    (first, *_, last) = [wish.paper.key for wish in wishes_of(student)]

    drag_with_finger(page, field(page, last).locator("[data-grip]"), field(page, first))

    page.wait_for_url("**/#paper-*")
    phone.close()
    assert [wish.paper.key for wish in wishes_of(student)][0] == last


@pytest.fixture
def wish_page(page, course, sign_in):
    """(page of wishes, student): four presentations to rank, one date each, by phone; two of them ranked."""
    PresentationRulesFactory(course=course, wishes_close_at=timezone.now() + timedelta(days=1))
    student, first = EnrollmentFactory(course=course), timezone.localdate() + timedelta(days=7)
    for number, title in enumerate(("Rammer", "TVM", "XLA", "Ansor")):
        meeting = MeetingFactory(course=course, date=first + timedelta(days=number))
        SlotRoleFactory(slot=SlotFactory(course=course, meeting=meeting, paper=PaperFactory(course=course, title=title)))
    sign_in(student.user)
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(reverse("presentations:wish_list", args=[course.slug]))
    for title, rank in (("Rammer", "1"), ("XLA", "1")):  # the second pushes the first down
        page.get_by_label(title, exact=True).select_option(rank)
    return page, student


def ranked_titles(page: Page) -> list[str]:
    return [title.split(",")[0] for title in page.locator("#ranking [data-title]").all_text_contents()]


def save_wishes(page: Page, student) -> list[str]:
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Last saved")
    return [wish.slot.paper.title for wish in student.wishes.exclude(rank=None).order_by("rank")]


def test_wishes_are_ranked_by_selects_buttons_and_keys(wish_page):
    page, student = wish_page
    assert ranked_titles(page) == ["XLA", "Rammer"]
    page.get_by_label("TVM", exact=True).select_option("2")
    assert ranked_titles(page) == ["XLA", "TVM", "Rammer"]

    page.get_by_role("button", name="Move Rammer").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="No wish for TVM").click()

    assert ranked_titles(page) == ["Rammer", "XLA"]
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert save_wishes(page, student) == ["Rammer", "XLA"]
    assert ranked_titles(page) == ["Rammer", "XLA"]


def test_without_script_wishes_are_ranked_by_selects_alone(wish_page, browser, base_url, context):
    page, student = wish_page
    plain = browser.new_context(base_url=base_url, java_script_enabled=False, storage_state=context.storage_state()).new_page()
    plain.goto(page.url)
    assert not plain.locator("#ranking").is_visible()

    plain.get_by_label("TVM", exact=True).select_option("1")

    assert save_wishes(plain, student) == ["TVM"]
    plain.context.close()


def test_wishes_are_dragged_with_a_finger(wish_page, browser, base_url, context):
    page, student = wish_page
    save_wishes(page, student)
    phone = browser.new_context(
        base_url=base_url, viewport={"width": 360, "height": 780}, has_touch=True, storage_state=context.storage_state()
    )
    page = phone.new_page()
    page.goto(wish_page[0].url)
    lines = page.locator("#ranking li")

    drag_with_finger(page, lines.last.locator("[data-grip]"), lines.first)

    assert ranked_titles(page) == ["Rammer", "XLA"]
    assert save_wishes(page, student) == ["Rammer", "XLA"]
    phone.close()


def drag_with_finger(page: Page, grip, onto) -> None:
    grip.scroll_into_view_if_needed()
    (x, y), top = middle(grip.bounding_box()), onto.bounding_box()["y"] + 4
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 6):
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y + (top - y) * step / 5}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_student_is_dragged_onto_an_open_place(page, course, sign_in):
    PresentationRulesFactory(course=course)
    student = EnrollmentFactory(course=course)
    role = SlotRoleFactory(slot=SlotFactory(course=course, meeting=MeetingFactory(course=course)))
    sign_in(EnrollmentFactory(course=course, role="instructor").user)
    page.goto(reverse("presentations:board", args=[course.slug]))

    take(page, page.locator(f'[data-student="{student.pk}"]'), page.locator(f'[data-role="{role.pk}"]'))
    expect(page.locator(".drag-name")).to_have_text(student.user.name)
    with page.expect_navigation():
        page.mouse.up()

    assert SignUp.objects.get().enrollment == student
