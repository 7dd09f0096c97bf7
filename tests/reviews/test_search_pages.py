"""The search page and its API."""

import re

import pytest
import time_machine
from django.urls import reverse

from reviews.actions import save_draft, submit_review
from tests.factories import EnrollmentFactory, PaperFactory
from tests.reviews.conftest import BEFORE, CLOSED

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def search(client, course):
    """search(who, text, name="reviews:paper_search", **query) -> response"""

    def get(who, text, name="reviews:paper_search", **query):
        client.force_login(who.user)
        return client.get(reverse(name, args=[course.slug]), {"q": text, **query})

    return get


def lines(response):
    return [(line.number, line.title, line.state) for line in response.context["lines"]]


def test_page_shows_number_meeting_and_own_state(search, paper, student, clock):
    save_draft(paper=paper, reviewer=student, answers={}, revision=None)

    response = search(student, "rammer OR pre:me")

    page = response.content.decode()
    assert (response.status_code, lines(response)) == (200, [(1, "Rammer", "draft")])
    assert ("Thu 2 Sep" in page, "rammer OR pre:me" in page, "1 paper " in page) == (True, True, True)


def test_page_finds_every_paper_before_anything_is_written(search, paper, assistant):
    assert lines(search(assistant, "")) == [(1, "Rammer", "")]


def test_page_says_when_nothing_fits(search, paper, student):
    assert "No paper fits" in search(student, "nothing").content.decode()


@pytest.mark.parametrize(
    ("text", "column", "marked", "carets"),
    [
        ("rammer foo:bar", 8, "foo:", "       ^^^^"),
        ("(rammer", 1, "(", "^"),
        ("rammer OR", 10, " ", "         ^"),
        ("ti:a\tmerit:x", 12, "x", "           ^"),
        (f"{'a ' * 30}<b>:1 foo:x", None, None, None),
    ],
)
def test_page_points_at_a_mistake(search, paper, student, text, column, marked, carets):
    response = search(student, text)

    mistake = response.context["mistake"]
    assert response.status_code == 422
    if column:
        assert (mistake.column, mistake.at, mistake.carets) == (column, marked, carets)
    shown = re.search(r"<pre[^>]*>(.*?)\n<span[^>]*>(.*?)</span></pre>", response.content.decode(), re.DOTALL)
    assert shown[1].replace("<mark>", "").replace("</mark>", "").replace("&lt;", "<").replace("&gt;", ">") == (
        mistake.before + mistake.at + mistake.after
    )
    assert shown[2].index("^") == len(mistake.before)


def test_page_shows_a_window_of_a_long_text(search, paper, student):
    mistake = search(student, f"{'ab ' * 60}foo:bar {'cd ' * 30}").context["mistake"]

    assert (mistake.column, mistake.at) == (181, "foo:")
    assert (mistake.before[0], len(mistake.before), mistake.after[-1]) == ("…", 41, "…")


def test_page_of_a_text_that_is_too_long(search, paper, student):
    response = search(student, "x" * 10_001)

    assert (response.status_code, response.context["mistake"].message) == (
        422,
        "A search may be 10,000 bytes long; this one has 10,001.",
    )


def test_page_is_cut_at_a_hundred(search, course, paper, student):
    for _ in range(101):
        PaperFactory(course=course, meeting=paper.meeting, title="Deep")

    first, second = (search(student, "deep", page=page) for page in (1, 2))

    assert [len(response.context["lines"]) for response in (first, second)] == [100, 1]
    assert "?q=deep&amp;page=2" in first.content.decode()
    assert lines(second)[0][0] == 102


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(client, course, paper, answers, clock, django_assert_num_queries, rows):
    students = [EnrollmentFactory(course=course) for _ in range(rows)]
    staff = EnrollmentFactory(course=course, role="instructor")
    papers = [paper, *(PaperFactory(course=course, meeting=paper.meeting) for _ in range(rows - 1))]
    for each in papers:
        for student in students:
            review = save_draft(paper=each, reviewer=student, answers=answers, revision=None)
            submit_review(review=review, revision=1)
    clock.move_to(CLOSED)
    everything = "merit:>1 OR cre:any OR ire:any OR Summary:graphs OR mark:any OR rammer OR 1-3"

    # Each begins with session, user and enrollment with its rules; the page asks for the form's fields once more, and for the
    # tags of its papers, the tags there are and the saved searches.
    for who, text, name, count in [
        (student, "", "reviews:paper_search", 11),
        (student, everything, "reviews:paper_search", 19),
        (staff, "", "reviews:paper_search", 9),
        (staff, everything + " OR re:person", "reviews:paper_search", 19),
        (student, everything + " OR status:open", "api:paper_search", 19),
        (staff, everything, "api:paper_search", 15),
    ]:
        client.force_login(who.user)
        with django_assert_num_queries(count):
            response = client.get(reverse(name, args=[course.slug]), {"q": text})
        assert response.status_code == 200


def test_api_gives_the_papers_and_what_was_understood(search, paper, student, answers, clock):
    submit_review(review=save_draft(paper=paper, reviewer=student, answers=answers, revision=None), revision=1)

    response = search(student, "rammer -x merit:4", "api:paper_search")

    assert (response.status_code, response.json()) == (
        200,
        {
            "count": 1,
            "meaning": "rammer AND NOT x AND merit:4",
            "results": [
                {
                    "number": 1,
                    "key": "rammer",
                    "title": "Rammer",
                    "authors": "",
                    "meeting": paper.meeting.key,
                    "date": "2021-09-02",
                    "state": "submitted",
                    "tags": [],
                }
            ],
        },
    )


def test_api_gives_no_state_to_staff_and_304_to_who_has_it(client, search, course, paper, assistant):
    first = search(assistant, "", "api:paper_search")
    again = client.get(reverse("api:paper_search", args=[course.slug]), headers={"If-None-Match": first["ETag"]})

    assert ([row["state"] for row in first.json()["results"]], again.status_code) == ([None], 304)


def test_api_names_the_place_of_a_mistake(search, paper, student):
    response = search(student, "rammer OR foo:bar", "api:paper_search")

    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    message = "foo: is no keyword and no field of the review form. To look for the text, put it in quotes."
    assert response.json() == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": message,
        "code": "bad_search",
        "position": 10,
        "length": 4,
        "errors": {"q": [message]},
    }
