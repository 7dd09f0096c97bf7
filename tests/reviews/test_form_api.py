"""The review form over REST: the rules of the editor, on the stamp that the client read."""

import pytest
import time_machine
from django.urls import reverse

from reviews.actions import save_draft, submit_review
from reviews.models import Field, ReviewForm, Score
from tests.reviews.conftest import BEFORE

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, instructor):
    client.force_login(instructor.user)
    return client


@pytest.fixture
def address(course, rules):
    return reverse("api:review_form", args=[course.slug])


def put(browser, address, stamp, **body):
    return browser.put(address, body, content_type="application/json", headers={"If-Match": f'"{stamp}"'})


def read(browser, address):
    return browser.get(address).json()


def asked():
    return list(Field.objects.filter(retired_at=None).values_list("key", flat=True))


def test_the_form_is_told_with_its_stamp(browser, address, rules):
    response = browser.get(address)

    stamp = ReviewForm.objects.get().stamp
    assert (response["ETag"], response.json()["stamp"]) == (f'"{stamp}"', stamp)
    assert [field["key"] for field in response.json()["fields"]] == ["summary", "merit", "remarks"]


def test_what_was_read_can_be_sent_back(browser, address):
    form = read(browser, address)

    response = put(browser, address, form["stamp"], fields=form["fields"])

    assert (response.status_code, response.json()["fields"]) == (200, form["fields"])
    assert response["ETag"] == f'"{ReviewForm.objects.get().stamp}"'


def test_fields_left_out_are_retired_and_new_ones_asked(browser, address):
    form = read(browser, address)
    new = {"key": "why", "label": "Why", "shown_when": "merit", "shown_when_is": [1]}

    response = put(browser, address, form["stamp"], fields=[form["fields"][1], new])

    assert (response.status_code, asked()) == (200, ["merit", "why"])
    assert [field["key"] for field in response.json()["retired"]] == ["summary", "remarks"]


def test_a_dry_run_changes_nothing(browser, address):
    form = read(browser, address)

    response = put(browser, address, form["stamp"], fields=form["fields"][:1], dry_run=True)

    assert (response.status_code, [field["key"] for field in response.json()["fields"]]) == (200, ["summary"])
    assert (asked(), ReviewForm.objects.get().stamp) == (["summary", "merit", "remarks"], form["stamp"])
    assert (response.json()["stamp"], response["ETag"]) == (form["stamp"], f'"{form["stamp"]}"')


def test_a_form_changed_since_is_told_and_stays(browser, address):
    form = read(browser, address)
    put(browser, address, form["stamp"], fields=form["fields"][:2])

    response = put(browser, address, form["stamp"], fields=form["fields"])

    assert (response.status_code, asked()) == (412, ["summary", "merit"])
    assert [field["key"] for field in response.json()["current"]["fields"]] == ["summary", "merit"]


def test_the_stamp_must_be_named(browser, address):
    response = browser.put(address, {"fields": []}, content_type="application/json")

    assert (response.status_code, list(response.json()["errors"])) == (400, ["If-Match"])


@pytest.mark.parametrize(
    ("field", "at"),
    [
        ({"key": "A b", "label": "A"}, "fields[0].key"),
        ({"key": "a", "label": "A", "kind": "score"}, "fields[0].options"),
        ({"key": "a", "label": "A", "shown_when": "gone", "shown_when_is": [1]}, "fields[0].shown_when"),
        ({"key": "a", "label": "A", "kind": "score", "options": [{"value": True, "label": "x"}]}, "fields[0].options"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(browser, address, field, at):
    response = put(browser, address, read(browser, address)["stamp"], fields=[field])

    assert (response.status_code, list(response.json()["errors"])) == (400, [at])
    assert asked() == ["summary", "merit", "remarks"]


@pytest.mark.parametrize("body", [{}, {"fields": 1}, {"fields": [{"key": "a"}]}, {"fields": [], "moves": [{"field": "merit"}]}])
def test_another_shape_is_refused(browser, address, body):
    assert put(browser, address, read(browser, address)["stamp"], **body).status_code == 400


@pytest.mark.parametrize(
    ("to", "status", "scores"), [(3, 200, [3]), (None, 200, []), (9, 409, [4]), (True, 409, [4]), ("unsaid", 409, [4])]
)
def test_a_value_in_use_leaves_with_its_answers(browser, address, paper, student, answers, to, status, scores):
    with time_machine.travel(BEFORE, tick=False):
        submit_review(review=save_draft(paper=paper, reviewer=student, answers=answers, revision=None), revision=1)
    form = read(browser, address)
    form["fields"][1]["options"].pop(3)
    moves = [] if to == "unsaid" else [{"field": "merit", "value": 4, "to": to}]

    response = put(browser, address, form["stamp"], fields=form["fields"], moves=moves)

    assert (response.status_code, list(Score.objects.values_list("value", flat=True))) == (status, scores)
