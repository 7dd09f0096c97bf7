"""Marking by keyboard alone: levels by number keys, a comment from the bank, the next piece of work fetched ahead."""

from datetime import date
from decimal import Decimal

from playwright.sync_api import expect

from grading.actions import set_mark
from grading.models import Mark
from tests.factories import EnrollmentFactory, MeetingFactory, SnippetFactory, UserFactory
from tests.grading.examples import RUBRIC, course_with_policy, one_component, reviewed


def test_a_rubric_is_filled_in_by_number_keys_and_next_shows_what_was_fetched(page, sign_in):
    course = course_with_policy(one_component(rubric=RUBRIC))
    marker = EnrollmentFactory(course=course, role="assistant")
    meeting = MeetingFactory(course=course, date=date(2021, 9, 7))
    first, second, third = [
        reviewed(EnrollmentFactory(course=course, user__name=name), meeting=meeting) for name in ("Ada", "Ben", "Chen")
    ]
    SnippetFactory(course=course, text="Say how it was measured.")
    sign_in(marker.user)

    page.set_viewport_size({"width": 360, "height": 500})
    page.goto(f"/c/{course.slug}/marking/?work=review-{first.pk}")
    expect(page.locator("#mark-form input[type=radio]").first).to_be_focused()
    assert page.evaluate("scrollY") == 0  # on a phone too the work is read before the points are typed
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.type("321")
    expect(page.locator("[data-total]")).to_have_text("3")
    page.keyboard.type("b1")
    expect(page.locator("[name=comment]")).to_have_value("Say how it was measured.")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    mark = Mark.objects.get()
    assert ([level["points"] for level in mark.levels], mark.comment) == (["2", "1", "0"], "Say how it was measured.")

    expect(page.locator("main")).to_contain_text("Ben")
    page.wait_for_load_state("networkidle")
    documents = []
    page.on("request", lambda request: documents.append(request) if request.resource_type == "document" else None)
    # Marked by somebody else after the page was fetched ahead: it shows none, and saving over it is refused.
    set_mark(
        review=third,
        points=None,
        levels=dict.fromkeys(("summary", "critique", "ideas"), Decimal(2)),
        revision=0,
        by=UserFactory(),
    )
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("main")).to_contain_text("Chen")
    assert (documents, page.url.endswith(f"work=review-{third.pk}")) == ([], True)
    page.keyboard.type("111")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Somebody marked this meanwhile")
    assert Mark.objects.get(review=third).points == 6
