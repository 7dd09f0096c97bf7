"""Shared passages over REST, for staff."""

import json

import pytest
from django.urls import reverse

from similarity.models import Pair
from tests.factories import CourseFactory, EnrollmentFactory, PairFactory, PaperFactory, TokenFactory
from tests.similarity.conftest import COPIED, OWN, compare, hand_in

pytestmark = pytest.mark.django_db

WRITE = "cp_write"


@pytest.fixture
def call(client, course, instructor):
    TokenFactory(user=instructor.user, secret=WRITE, scopes=["reviews:write"])

    def send(method, name, *args, token=WRITE, data=None, revision=None, **query):
        headers = {"Authorization": f"Bearer {token}"} | ({} if revision is None else {"If-Match": f'"{revision}"'})
        url = reverse(f"api:{name}", args=[course.slug, *args])
        body = {"data": query} if method == "get" else {"data": json.dumps(data or {}), "content_type": "application/json"}
        return getattr(client, method)(url, **body, headers=headers)

    return send


def test_a_pair_is_listed_and_shown_with_what_it_shares(call, pair):
    listed = call("get", "similarity_list").json()["results"]
    shown = call("get", "similarity_detail", pair.pk)

    row = listed[0]
    assert (row["id"], row["paper"], row["words"], row["share"]) == (pair.pk, "rammer", pair.words, str(pair.share))
    assert row["first"] == {
        "review": pair.first.handle,
        "reviewer": pair.first.reviewer_id,
        "name": pair.first.reviewer.user.name,
    }
    body = shown.json()
    assert (shown["ETag"], body.items() >= row.items()) == ('"0"', True)
    assert [(field["name"], field["is_shared"]) for field in body["answers"]] == [("Summary", True), ("Doubts", False)]
    assert [piece["text"] for piece in body["answers"][0]["first"] if piece["passage"] == 1] == [COPIED[:-1]]
    whole = "".join(piece["text"] for piece in body["answers"][0]["second"])
    assert whole == pair.second_version.answers["summary"]


def test_a_pair_with_the_papers_own_text_has_no_second(call, paper):
    paper.abstract = COPIED
    paper.save()
    hand_in(paper, f"{COPIED} {OWN[0]}")
    compare(paper)

    shown = call("get", "similarity_detail", Pair.objects.get().pk).json()

    assert (shown["second"], [field["name"] for field in shown["answers"]]) == (None, ["Summary", "Abstract of the paper"])


def test_the_list_narrows_to_a_paper_and_to_what_is_aside(call, course, pair):
    other = PairFactory(comparison__paper=PaperFactory(course=course, key="other"), share=99)
    call("post", "similarity_set_aside", other.pk, revision=0)

    def ids(**query):
        return [row["id"] for row in call("get", "similarity_list", **query).json()["results"]]

    assert ids() == sorted([pair.pk, other.pk], key=lambda pk: pk != other.pk and pair.share < 99)
    assert (ids(paper="other"), ids(paper="unknown")) == ([other.pk], [])
    assert (ids(set_aside="true"), ids(set_aside="false")) == ([other.pk], [pair.pk])
    assert call("get", "similarity_list", set_aside="perhaps").status_code == 400


def test_the_list_comes_in_pages(call, course):
    made = [PairFactory(comparison__paper__course=course, share=share).pk for share in (10, 30, 30, 20)]

    first = call("get", "similarity_list", page_size=3).json()
    cursor = first["next"].split("cursor=")[1].split("&")[0].replace("%3D", "=")
    rest = call("get", "similarity_list", page_size=3, cursor=cursor).json()

    assert [row["id"] for row in first["results"] + rest["results"]] == [made[1], made[2], made[3], made[0]]


def test_setting_aside_and_taking_up_name_what_was_read(call, pair, instructor):
    without = call("post", "similarity_set_aside", pair.pk, data={"note": "A study group."})
    aside = call("post", "similarity_set_aside", pair.pk, data={"note": "A study group."}, revision=0).json()
    stale = call("post", "similarity_set_aside", pair.pk, data={"note": "Mine."}, revision=0)
    again = call("post", "similarity_take_up", pair.pk, revision=1).json()

    assert (without.status_code, list(without.json()["errors"])) == (400, ["If-Match"])
    assert (aside["is_set_aside"], aside["set_aside_by"], aside["note"], aside["revision"]) == (
        *(True, instructor.user.name, "A study group."),
        1,
    )
    assert (stale.status_code, stale.json()["current"]) == (
        *(412,),
        {"revision": 1, "note": "A study group.", "is_set_aside": True},
    )
    assert (again["is_set_aside"], again["set_aside_by"], again["note"]) == (False, None, "A study group.")


def test_a_note_that_does_not_fit_changes_nothing(call, pair):
    refused = call("post", "similarity_set_aside", pair.pk, data={"note": "x" * 2_001}, revision=0)

    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["note"])
    assert Pair.objects.get().set_aside_at is None


def test_comparing_is_asked_for_once_and_says_how_far_it_is(call, paper):
    hand_in(paper, OWN[0])

    begun, again = call("post", "similarity_comparison"), call("post", "similarity_comparison")
    running = call("get", "similarity_comparison").json()
    compare(paper, even_if_unchanged=True)
    done = call("get", "similarity_comparison").json()

    assert (begun.status_code, again.status_code, again.json()["code"]) == (202, 409, "running")
    assert [(each["is_running"], each["done"], each["total"]) for each in (running, done)] == [(True, 0, 1), (False, 1, 1)]


def test_an_assistant_of_one_section_finds_the_others_pairs_nowhere(call, course):
    pair = PairFactory(comparison__paper__course=course, first__reviewer__section="B")
    elsewhere = PairFactory(comparison__paper__course=CourseFactory())
    assistant = EnrollmentFactory(course=course, role="assistant", section="A")
    TokenFactory(user=assistant.user, secret="cp_section", scopes=["reviews:write"])

    listed = call("get", "similarity_list", token="cp_section").json()["results"]
    shown = call("get", "similarity_detail", pair.pk, token="cp_section")
    decided = call("post", "similarity_set_aside", pair.pk, token="cp_section", revision=0)

    assert (listed, shown.status_code, decided.status_code) == ([], 404, 404)
    assert call("get", "similarity_detail", elsewhere.pk).status_code == 404


def test_reading_needs_the_scope_to_read_and_deciding_the_one_to_write(call, pair, instructor):
    TokenFactory(user=instructor.user, secret="cp_read", scopes=["reviews:read"])
    TokenFactory(user=instructor.user, secret="cp_other", scopes=["course:write"])

    def statuses(token):
        read = call("get", "similarity_list", token=token).status_code
        return read, call("post", "similarity_set_aside", pair.pk, token=token).status_code

    assert [statuses(token) for token in (WRITE, "cp_read", "cp_other")] == [(200, 400), (200, 403), (403, 403)]


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(client, course, paper, instructor, assistant, django_assert_num_queries, rows):
    for _ in range(rows + 1):
        hand_in(paper, f"{COPIED} {OWN[0]}")
    compare(paper)
    pair = Pair.objects.first()

    # Session, user, enrollment; the pairs (or the pair, rules, fields).
    for who in (instructor, assistant):
        client.force_login(who.user)
        with django_assert_num_queries(4):
            client.get(reverse("api:similarity_list", args=[course.slug]))
        with django_assert_num_queries(5):
            client.get(reverse("api:similarity_detail", args=[course.slug, pair.pk]))
