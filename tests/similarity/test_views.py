"""The list of pairs, one pair side by side, and the button that compares now."""

import pytest
from django.urls import reverse

from similarity.actions import request_comparison, set_pair_aside
from similarity.models import Pair
from tests.factories import EnrollmentFactory, PairFactory, PaperFactory
from tests.similarity.conftest import COPIED, OWN, compare, hand_in

pytestmark = pytest.mark.django_db

VERDICTS = ("plagiar", "cheat", "copied", "suspicio", "misconduct", "guilt", "offen")


def url(course, name="pair_list", *args):
    return reverse(f"similarity:{name}", args=[course.slug, *args])


def test_list_has_what_shares_most_first_and_leaves_out_what_is_aside(client, course, paper, instructor):
    texts = [f"{COPIED} {OWN[0]}", f"{COPIED} {OWN[0]}", f"{COPIED} {OWN[1]} {OWN[2]} {OWN[3]}"]
    for text in texts:
        hand_in(paper, text)
    compare(paper)
    strongest = Pair.objects.order_by("-share").first()
    client.force_login(instructor.user)

    shown = [pair.share for pair in client.get(url(course)).context["page"]]
    set_pair_aside(pair=strongest, by=instructor, note="A study group.", revision=0)
    left = [pair.share for pair in client.get(url(course)).context["page"]]
    aside = client.get(url(course), {"show": "aside"})

    assert (shown, left) == ([100, *shown[1:]], shown[1:])
    assert ([pair.pk for pair in aside.context["page"]], b"A study group." in aside.content) == ([strongest.pk], True)


@pytest.mark.parametrize(("key", "count"), [("rammer", 1), ("other", 0), ("unknown", 1)])
def test_list_narrows_to_one_paper(client, course, pair, instructor, key, count):
    PaperFactory(course=course, key="other")
    client.force_login(instructor.user)

    assert client.get(url(course), {"paper": key}).context["page"].paginator.count == count


def test_list_says_why_it_is_empty(client, course, paper, instructor):
    client.force_login(instructor.user)
    said = []
    for act in (lambda: None, lambda: hand_in(paper, OWN[0]), lambda: compare(paper)):
        act()
        said.append(client.get(url(course)).content.decode())

    words = ("No review is handed in yet", "have not been compared yet", "No two reviews share a passage")
    assert [[word in page for word in words] for page in said] == [[row == column for column in range(3)] for row in range(3)]


def test_pair_is_shown_side_by_side_with_what_it_shares_marked(client, course, pair, instructor):
    client.force_login(instructor.user)

    fields = client.get(url(course, "pair_detail", pair.pk)).context["fields"]

    assert [(field.label, field.is_shared) for field in fields] == [("Summary", True), ("Doubts", False)]
    marked = [[piece.text for piece in side if piece.number] for side in (fields[0].first, fields[0].second)]
    assert marked == [[COPIED[:-1]]] * 2


def test_pages_speak_of_words_in_common_and_of_no_verdict(client, course, pair, instructor):
    client.force_login(instructor.user)

    pages = [client.get(address).content.decode().lower() for address in (url(course), url(course, "pair_detail", pair.pk))]

    assert [word for word in VERDICTS for page in pages if word in page] == []
    assert "not a finding" in pages[0]


def test_html_in_a_review_is_shown_as_text(client, course, paper, instructor):
    for own in OWN[:2]:
        hand_in(paper, f"<b>{COPIED}</b> <script>alert(1)</script> {own}")
    compare(paper)
    client.force_login(instructor.user)

    page = client.get(url(course, "pair_detail", Pair.objects.get().pk)).content.decode()

    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)


def test_setting_aside_by_the_page_and_back(client, course, pair, assistant):
    client.force_login(assistant.user)

    aside = client.post(url(course, "pair_set_aside", pair.pk), {"note": "A study group.", "revision": "0"}, follow=True)
    again = client.post(url(course, "pair_take_up", pair.pk), {"revision": "1"}, follow=True)

    assert (b"Take it up again" in aside.content, b"Take it up again" in again.content) == (True, False)
    assert b"A study group." in again.content


def test_a_decision_that_comes_second_keeps_its_note_in_the_form(client, course, pair, assistant, instructor):
    set_pair_aside(pair=pair, by=assistant, note="Theirs.", revision=0)
    client.force_login(instructor.user)

    refused = client.post(url(course, "pair_set_aside", pair.pk), {"note": "Mine.", "revision": "0"})
    saved = client.post(url(course, "pair_set_aside", pair.pk), {"note": "Mine.", "revision": "1"})

    page = refused.content.decode()
    assert (refused.status_code, "Theirs." in page, "Mine." in page, saved.status_code) == (409, True, True, 302)


def test_comparing_now_shows_how_far_it_is(client, course, paper, instructor):
    hand_in(paper, OWN[0])
    client.force_login(instructor.user)

    begun = client.post(url(course, "compare_now"), follow=True)
    again = client.post(url(course, "compare_now"), follow=True)
    polled = client.get(url(course, "comparison_progress"), headers={"HX-Request": "true"})
    compare(paper, even_if_unchanged=True)
    done = client.get(url(course, "comparison_progress"), headers={"HX-Request": "true"})

    assert [b"0 of 1 papers compared" in page.content for page in (begun, again, polled)] == [True] * 3
    assert (b"Compare now" in begun.content, b"A comparison is running." in again.content) == (False, True)
    assert done["HX-Refresh"] == "true"


@pytest.mark.parametrize("rows", [1, 3])
def test_page_queries_do_not_grow(client, course, paper, instructor, assistant, django_assert_num_queries, rows):
    for _ in range(rows + 1):
        hand_in(paper, f"{COPIED} {OWN[0]}")
    compare(paper)
    pair = Pair.objects.first()
    request_comparison(course=course, by=instructor)

    # Session, user, enrollment; (pair, rules, fields) or (count, pairs, request, papers, comparisons).
    for who in (instructor, assistant):
        client.force_login(who.user)
        with django_assert_num_queries(9):
            client.get(url(course))
        with django_assert_num_queries(5):
            client.get(url(course, "pair_detail", pair.pk))


@pytest.mark.parametrize(
    ("role", "links"), [("student", False), ("observer", False), ("assistant", True), ("instructor", True)]
)
def test_only_staff_find_it_on_the_papers_page(client, course, paper, role, links):
    client.force_login(EnrollmentFactory(course=course, role=role).user)

    page = client.get(reverse("reviews:paper_detail", args=[course.slug, paper.key])).content.decode()

    assert (url(course) in page) is links


def test_staff_find_it_on_the_page_before_class(client, course, paper, assistant):
    client.force_login(assistant.user)

    assert url(course) in client.get(reverse("home:today", args=[course.slug])).content.decode()


def test_pages_of_pairs(client, course, instructor, monkeypatch):
    monkeypatch.setattr("similarity.views.PAGE", 1)
    for _ in range(2):
        PairFactory(comparison__paper__course=course)
    client.force_login(instructor.user)

    second = client.get(url(course), {"page": "2"})

    assert (second.context["page"].number, len(second.context["page"].object_list)) == (2, 1)
