"""A digest over REST, with tokens and their scopes."""

import json

import pytest
import time_machine
from django.urls import reverse

from core import kept
from digest.models import Digest, Pick
from digest.quotes import seen_mark
from tests.digest.conftest import ANSWERS, BEFORE, submit
from tests.factories import EnrollmentFactory, FieldFactory, TokenFactory

pytestmark = pytest.mark.django_db

WRITE = "cp_write"
THOROUGH = "The evaluation is thorough."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def call(client, paper, instructor):
    TokenFactory(user=instructor.user, secret=WRITE, scopes=["reviews:write"])

    def send(method, name, *args, token=WRITE, data=None, revision=None):
        headers = {"Authorization": f"Bearer {token}"} | ({} if revision is None else {"If-Match": f'"{revision}"'})
        url = reverse(f"api:{name}", args=[paper.course.slug, paper.key, *args])
        body = {"data": json.dumps(data or {}), "content_type": "application/json"}
        return getattr(client, method)(url, **({} if method == "get" else body), headers=headers)

    return send


@pytest.fixture
def pick(call, review):
    def send(field="strengths", **more):
        given = {"review": review.handle, "field": field, "seen": seen_mark(review.current.answers[field])}
        return call("post", "pick_list", data=given | more)

    return send


def test_a_digest_says_what_the_page_says(call, review, pick):
    picked = pick().json()

    digest = call("get", "digest_detail").json()

    passage = {"review": review.handle, "reviewer": "Amara Lind", "text": ANSWERS["strengths"], "is_picked": True}
    assert [(field["field"], field["name"]) for field in digest["answers"]] == [
        ("strengths", "Strengths"),
        ("summary", "Summary"),
    ]
    assert digest["answers"][0]["passages"][0].items() >= passage.items()
    assert digest["picks"] == [picked]
    assert (digest["is_open"], digest["is_shared"], digest["revision"], digest["review_count"]) == (True, False, 1, 1)
    assert [(score["field"], score["mean"]) for score in digest["scores"]] == [("merit", 4.0)]


def test_a_part_is_picked_once_and_made_up_words_are_not(pick):
    first, again, made_up = pick(quote=THOROUGH), pick(quote=THOROUGH), pick(quote="It is bad.")

    assert (first.status_code, first.json()["quote"], again.json()["id"]) == (201, THOROUGH, first.json()["id"])
    assert (made_up.status_code, made_up.json()["code"], list(made_up.json()["errors"])) == (409, "not_a_quote", ["quote"])
    assert Pick.objects.count() == 1


def test_an_answer_that_was_handed_in_anew_is_told_and_not_picked(pick, review, paper):
    submit(paper, review.reviewer, ANSWERS | {"strengths": "Another thought."})

    stale = pick()

    current = {"text": "Another thought.", "seen": seen_mark("Another thought.")}
    assert (stale.status_code, stale.json()["code"], stale.json()["current"]) == (412, "stale_version", current)


def test_a_note_names_the_revision_it_was_typed_on(call, pick):
    number = pick().json()["id"]

    without = call("put", "pick_detail", number, data={"note": "Ask why."})
    done = call("put", "pick_detail", number, data={"note": "Ask why."}, revision=0)
    stale = call("put", "pick_detail", number, data={"note": "Ask how."}, revision=0)

    assert (without.status_code, list(without.json()["errors"])) == (400, ["If-Match"])
    assert (done.status_code, done.json()["note"], done.json()["revision"]) == (200, "Ask why.", 1)
    assert (stale.status_code, stale.json()["current"]) == (412, {"revision": 1, "note": "Ask why."})


def test_moving_names_the_order_that_was_read(call, pick):
    first, second = pick().json()["id"], pick("summary").json()["id"]

    moved = call("post", "pick_move", second, data={"move": "up"}, revision=2)
    stale = call("post", "pick_move", second, data={"move": "down"}, revision=2)
    unknown = call("post", "pick_move", second, data={"move": "sideways"}, revision=3)

    assert [each["id"] for each in moved.json()["picks"]] == [second, first]
    assert (stale.status_code, stale.json()["current"]) == (412, {"revision": 3})
    assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["move"])


def test_a_removed_pick_comes_back_where_it_was(call, pick):
    first, second = pick().json()["id"], pick("summary").json()["id"]

    gone = call("delete", "pick_detail", first)
    left = [each["id"] for each in call("get", "digest_detail").json()["picks"]]
    back = call("post", "pick_restore", first).json()

    assert (gone.status_code, left, [each["id"] for each in back["picks"]]) == (204, [second], [first, second])


def test_the_sheet_is_the_pages(call, client, pick, paper, instructor):
    pick()
    sheet = call("get", "digest_markdown")
    client.force_login(instructor.user)

    page = client.get(reverse("digest:digest_markdown", args=[paper.course.slug, paper.key]))

    assert (sheet["Content-Type"], sheet.content) == ("text/markdown; charset=utf-8", page.content)


def test_staff_share_and_presenters_do_not(call, presenter):
    TokenFactory(user=presenter.user, secret="cp_presenter", scopes=["reviews:write"])

    refused = call("put", "digest_share", data={"is_shared": True}, token="cp_presenter")
    shared = call("put", "digest_share", data={"is_shared": True})

    assert (refused.status_code, shared.json()) == (403, {"is_shared": True})
    assert Digest.objects.get().shared_by == EnrollmentFactory._meta.model.objects.get(role="instructor").user


def test_whom_the_rule_keeps_out_learns_nothing_of_what_is_picked(call, client, pick, presenter, review):
    """Neither by a number that grows nor by an answer that differs for a pick that is there and one that is not."""
    number = pick().json()["id"]
    TokenFactory(user=presenter.user, secret="cp_presenter", scopes=["reviews:write"])

    closed = call("get", "digest_detail", token="cp_presenter").json()
    sheet = call("get", "digest_markdown", token="cp_presenter")
    notes = [
        call("put", "pick_detail", pk, data={"note": "x"}, revision=0, token="cp_presenter").status_code
        for pk in (number, number + 1)
    ]
    client.force_login(presenter.user)
    pages = [
        client.post(
            reverse("digest:pick_note", args=[review.paper.course.slug, review.paper.key, pk]), {"note": "x"}
        ).status_code
        for pk in (number, number + 1)
    ]

    nothing = {"revision": 0, "review_count": 0, "scores": [], "answers": [], "picks": []}
    assert closed == {"is_open": False, "is_shared": False, **nothing}
    assert (sheet.status_code, sheet["Content-Type"]) == (403, "application/problem+json")
    assert (notes, pages) == ([404, 404], [404, 404])


def test_reading_needs_the_scope_to_read_and_picking_the_one_to_write(call, pick, instructor):
    TokenFactory(user=instructor.user, secret="cp_read", scopes=["reviews:read"])
    TokenFactory(user=instructor.user, secret="cp_other", scopes=["grades:write"])

    def statuses(token):
        read = call("get", "digest_detail", token=token).status_code
        return read, call("put", "digest_share", data={"is_shared": False}, token=token).status_code

    assert [statuses(token) for token in (WRITE, "cp_read", "cp_other")] == [(200, 200), (200, 403), (403, 403)]


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(client, call, paper, rules, instructor, django_assert_num_queries, rows):
    for number in range(rows):
        FieldFactory(form=rules.form, key=f"more-{number}", is_required=False)
    for _ in range(rows):
        review = submit(paper, EnrollmentFactory(course=paper.course), ANSWERS | {f"more-{rows - 1}": "More."})
        given = {"review": review.handle, "field": "strengths", "seen": seen_mark(ANSWERS["strengths"])}
        call("post", "pick_list", data=given)
    client.force_login(instructor.user)
    kept.forget_all()

    # Session, user, enrollment, paper; digest, fields, reviews, picks, score fields, how many are in, scores.
    for name in ("digest_detail", "digest_markdown"):
        client.get(reverse(f"api:{name}", args=[paper.course.slug, paper.key]))
        with django_assert_num_queries(8):
            client.get(reverse(f"api:{name}", args=[paper.course.slug, paper.key]))
