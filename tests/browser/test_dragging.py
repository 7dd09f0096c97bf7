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
