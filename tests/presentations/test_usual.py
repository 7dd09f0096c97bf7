"""What the form of a deal proposes."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from presentations.assigning.usual import usual_parameters
from presentations.assigning.world import SlotFacts, Student, World
from presentations.models import PresentationRules
from tests.factories import EnrollmentFactory

FIRST = date(2026, 9, 1)


def world(*, students: int, slots: int, places: int = 1, has: int = 0) -> World:
    """`has` presentations are held already by each student."""
    facts = tuple(
        SlotFacts(pk, f"Slot {pk}", FIRST + timedelta(days=7 * pk), 0, ((pk, places),), is_empty=True) for pk in range(slots)
    )
    held = {1000 + number: FIRST for number in range(has)}
    people = tuple(Student(pk, f"Student {pk}", {}, frozenset(), held) for pk in range(students))
    return World(facts, people, 0)


@pytest.mark.parametrize(
    ("given", "rules", "expected"),
    [
        (world(students=10, slots=10), {}, (1, 1, 1)),
        (world(students=10, slots=25), {}, (2, 3, 1)),
        (world(students=10, slots=10, has=1), {}, (2, 2, 1)),
        (world(students=10, slots=4), {}, (1, 1, 1)),
        (world(students=10, slots=25), {"at_most": 2}, (2, 2, 0)),
        (world(students=10, slots=12), {"at_least": 2}, (2, 2, 1)),
        (world(students=10, slots=0), {}, (1, 1, 0)),
        (world(students=0, slots=3), {}, (1, 1, 0)),
    ],
    ids=["even", "more", "held", "few", "at most", "at least", "nothing to deal", "nobody"],
)
def test_places_go_round_within_what_the_course_asks(given, rules, expected):
    usual = usual_parameters(given, PresentationRules(**rules))

    assert (usual.least, usual.most, usual.slot_least) == expected


@pytest.mark.usefixtures("now")
def test_page_proposes_what_fills_the_places(client, course, role_on, instructor):
    EnrollmentFactory(course=course)
    for day in (1, 8, 15):
        role_on(day)
    client.force_login(instructor.user)

    page = client.get(reverse("presentations:run_list", args=[course.slug])).content.decode()

    assert "They have 0 places this term, and 3 can be dealt." in page
    assert page.count('value="3"') == 2
