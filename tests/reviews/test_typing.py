"""What the editor's script asks while somebody types."""

import pytest
from django.urls import reverse

from core.pasting import MAX_HTML

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client, course, student):
    """ask("text_preview", text=...) -> response"""
    client.force_login(student.user)
    return lambda name, **data: client.post(reverse(f"reviews:{name}", args=[course.slug]), data)


def test_preview_shows_text_as_readers_will_see_it(ask):
    shown = ask("text_preview", text="# A *new* idea\n\n$x^2$ <script>alert(1)</script>").content.decode()

    assert ("<h3>A <em>new</em> idea</h3>" in shown, "<msup>" in shown, "<script" in shown) == (True, True, False)


def test_preview_of_nothing_is_empty(ask):
    assert ask("text_preview").content == b""


def test_paste_answers_plain_text(ask):
    response = ask("text_paste", html="<p>One <b>two</b></p><script>alert(1)</script>")

    assert (response.content.decode(), response["Content-Type"]) == ("One **two**", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("text_preview", {"text": "x" * 100_001}, "at most 100,000 fit"),
        ("text_paste", {"html": "x" * (MAX_HTML + 1)}, "at most 1,000,000 fit"),
        ("text_paste", {"html": "<b>" * 20_000}, "nested too deep"),
    ],
    ids=["long text", "long paste", "deep paste"],
)
def test_what_cannot_be_read_is_refused_in_words(ask, name, data, why):
    response = ask(name, **data)

    assert (response.status_code, why in response.content.decode()) == (422, True)
