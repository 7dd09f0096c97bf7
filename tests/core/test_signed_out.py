"""Sending a form after one's session has ended."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.urls import reverse

from tests.factories import PaperFactory, ReviewRulesFactory

TEXT = "It measures first.\nThen it <b>optimises</b>."


@pytest.fixture
def editor(course):
    ReviewRulesFactory(course=course)
    return reverse("reviews:review_edit", args=[course.slug, PaperFactory(course=course).key])


def test_words_are_shown_and_can_be_sent_again(client, editor):
    response = client.post(editor, {"answer-summary": TEXT, "revision": "3", "action": "submit", "csrfmiddlewaretoken": "x"})

    page = response.content.decode()
    assert (response.status_code, "You are signed out" in page) == (403, True)
    assert "It measures first.\nThen it &lt;b&gt;optimises&lt;/b&gt;.</textarea>" in page
    assert re.search(r'<form method="post" action="([^"]*)"', page)[1] == editor
    assert re.findall(r'type="hidden" name="(?!csrf)([^"]*)"', page) == ["answer-summary", "revision", "action"]


def test_signing_in_in_the_new_tab_leads_to_the_form(client, editor):
    page = client.post(editor, {"note": "Two words."}, HTTP_REFERER=f"http://testserver{editor}").content.decode()

    assert f'href="{reverse("account_login")}?{urlencode({"next": editor})}" target="_blank"' in page


def test_files_have_to_be_chosen_again(client, editor, tmp_path):
    (tmp_path / "report.txt").write_text("Report.")

    with (tmp_path / "report.txt").open() as file:
        page = client.post(editor, {"note": "The second version.", "file": file}).content.decode()

    assert ("choose the files again" in page, "Send again" in page) == (True, False)


def test_a_form_with_a_password_is_not_kept(client, editor):
    response = client.post(editor, {"note": "Two words.", "old_password": "correct horse battery"})

    assert (response.status_code, response.content) == (302, b"")


def test_a_press_leads_by_the_sign_in_page_back_to_where_it_was(client, course):
    take = reverse("presentations:place_take", args=[course.slug, "first", "body"])
    board = reverse("presentations:slot_list", args=[course.slug]) + "?part=past"

    response = client.post(take, HTTP_REFERER=f"http://testserver{board}")

    to = urlsplit(response["Location"])
    assert (response.status_code, to.path, parse_qs(to.query)) == (302, reverse("account_login"), {"next": [board]})


def test_another_site_is_not_led_back_to(client, editor):
    response = client.post(editor, {"revision": "0"}, HTTP_REFERER="https://elsewhere.example/page/")

    assert response["Location"] == f"{reverse('account_login')}?next={editor}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_htmx_does_not_get_the_sign_in_page_for_a_fragment(client, editor, method):
    response = getattr(client, method)(editor, HTTP_HX_REQUEST="true")

    assert (response.status_code, response["X-Signed-Out"]) == (403, "yes")


def test_who_is_signed_in_and_lacks_nothing_is_let_alone(client, editor, student):
    client.force_login(student.user)

    assert client.post(editor, {"answer-summary": TEXT, "revision": "0"}).status_code != 403
