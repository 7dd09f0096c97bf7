"""Bringing a HotCRP file in on a phone: chosen, looked at, carried out."""

import json

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reviews.models import Review
from tests.browser.test_every_page import axe, sideways
from tests.factories import CourseFactory, EnrollmentFactory, FieldFactory, PaperFactory, ReviewRulesFactory


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_is_looked_at_and_brought_in(browser, base_url, transactional_db, sign_in, context, scheme):
    course = CourseFactory()
    FieldFactory(form=ReviewRulesFactory(course=course).form, key="summary", label="Summary")
    PaperFactory(course=course, title="Rammer")
    EnrollmentFactory(course=course, user__email="ada@example.edu")
    review = {"object": "review", "reviewer_email": "ada@example.edu", "Summary": "Fine.", "round": "R1"}
    file = json.dumps([review | {"title": title} for title in ("Rammer", "Nothing")]).encode()
    sign_in(EnrollmentFactory(course=course, role="instructor").user)
    phone = browser.new_context(
        base_url=base_url, viewport={"width": 360, "height": 780}, color_scheme=scheme, storage_state=context.storage_state()
    )
    page = phone.new_page()

    page.goto(reverse("exchange:import_home", args=[course.slug]))
    page.locator("[type=file]").set_input_files({"name": "x.json", "mimeType": "application/json", "buffer": file})
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("The course has no round “R1”")).to_be_visible()
    found = [*axe(page), *sideways(page)]
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_text("Carried out")).to_be_visible()
    page.goto(reverse("exchange:import_home", args=[course.slug]))

    assert [*found, *axe(page), *sideways(page)] == []
    assert Review.objects.get().current.answers["summary"] == "Fine."
    phone.close()
