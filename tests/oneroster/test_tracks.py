"""A course whose tracks have components, weights and letters of their own."""

import pytest

from tests.factories import EnrollmentFactory, PolicyFactory
from tests.oneroster.examples import mark, with_exam

pytestmark = pytest.mark.django_db
OWN = {
    "title": "Three credits",
    "weights": "sum",
    "sections": ["B"],
    "components": [
        {"key": "exam", "title": "Exam", "weight": 150, "source": "manual", "max_points": 50},
        {"key": "essay", "title": "Essay", "weight": 50, "source": "manual", "max_points": 10},
    ],
    "letters": [{"letter": "Pass", "from": 50}, {"letter": "Fail", "from": 0}],
}


@pytest.fixture
def other(course):
    PolicyFactory(course=course, number=2, document=with_exam() | {"weights": "sum", "tracks": [OWN]})
    return EnrollmentFactory(course=course, section="B")


def test_totals_stay_within_what_the_line_item_goes_up_to(ask, course, student, other, teacher):
    mark(other, "50", teacher)

    result = ask(f"/results/result.{course.pk}.~total.so-far.{other.pk}").json()["result"]
    item = ask(f"/lineItems/lineitem.{course.pk}.~total.so-far").json()["lineItem"]

    assert (result["score"], item["resultValueMin"], item["resultValueMax"]) == (200, 0, 200)


def test_weight_of_a_tracks_own_component_is_of_the_tracks_whole(ask, course, student, other):
    weights = {row["title"]: row["weight"] for row in ask("/categories").json()["categories"]}

    assert (weights["Essay"], weights["Exam"]) == (25, 10)


def test_letter_of_another_scale_does_not_name_the_courses_scale(ask, course, student, other, teacher):
    for who in (student, other):
        mark(who, "50", teacher)

    mine, theirs = (ask(f"/results/result.{course.pk}.~total.so-far.{who.pk}").json()["result"] for who in (student, other))

    assert (mine["textScore"], mine["scoreScale"]["sourcedId"]) == ("A", f"scale.{course.pk}")
    assert (theirs["textScore"], "scoreScale" in theirs) == ("Pass", False)
