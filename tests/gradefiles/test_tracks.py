"""A course whose tracks have components of their own: every number stands below its own heading, and none below another's."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from gradefiles.writing import export
from grading.actions import set_mark
from tests.factories import EnrollmentFactory, PolicyFactory
from tests.gradefiles.canvas import TOTALS
from tests.gradefiles.world import POLICY

pytestmark = pytest.mark.django_db
TRACK = {
    "title": "One credit",
    "sections": ["B"],
    "components": [
        {"key": "essay", "title": "Essay", "weight": 40, "source": "manual", "max_points": 20},
        {"key": "audit", "title": "Audit", "weight": 60, "source": "manual", "max_points": 10},
    ],
}


@pytest.fixture(params=["first", "last"])
def listed(client, room, request):
    """{email: the line of the API's list}; the student of the track is the first or the last of the course."""
    PolicyFactory(course=room.course, number=2, document=POLICY | {"tracks": [TRACK]})
    if request.param == "first":
        room.ada.section, room.cy.section = "B", "A"
        room.ada.save()
        room.cy.save()
    other = EnrollmentFactory(course=room.course, section="B", user__name="Zoe")
    for student, essay, audit in ((room.ada, 17, 9), (room.cy, 11, 3), (other, 4, 5)):
        for component, points in (("essay", essay), ("audit", audit)):
            if component == "essay" or student.section == "B":
                set_mark(enrollment=student, component=component, points=Decimal(points), revision=0, by=room.staff.user)
    client.force_login(room.staff.user)
    results = client.get(reverse("api:grade_list", args=[room.course.slug])).json()["results"]
    lines = {line["student"]["email"]: {part["key"]: part for part in line["components"]} for line in results}
    assert {frozenset(line) for line in lines.values()} == {
        frozenset({"reviews", "talk", "project", "essay"}), frozenset({"essay", "audit"}),
    }  # fmt: skip
    return lines


KEYS = {"reviews": "Reviews", "talk": "Talk", "project": "Project", "essay": "Essay", "audit": "Audit"}


def test_the_gradebooks_file_has_each_component_below_its_heading(room, listed):
    rows = list(csv.DictReader(io.StringIO(export(room.staff, "grades.csv").content.decode())))

    said = {
        row["email"]: {key: (row[f"{title} [{key}]"], row[f"{title}, of [{key}]"]) for key, title in KEYS.items()}
        for row in rows
    }
    assert said == {
        email: {key: (line[key]["earned"] or "", line[key]["out_of"]) if key in line else ("", "") for key in KEYS}
        for email, line in listed.items()
    }
    assert all(row["out of"] == "100" for row in rows)


def test_the_table_of_the_api_has_each_component_below_its_heading(client, room, listed):
    address = reverse("api:grade_list", args=[room.course.slug])
    rows = list(csv.DictReader(io.StringIO(client.get(address, {"format": "csv"}).content.decode())))

    said = {row["email"]: {key: (row[key], row[f"{key} out of"]) for key in KEYS} for row in rows}
    assert said == {
        email: {key: (line[key]["earned"] or "", line[key]["out_of"]) if key in line else ("", "") for key in KEYS}
        for email, line in listed.items()
    }
    assert all(row["out_of"] == "100" for row in rows)


def test_the_file_for_canvas_has_each_component_below_its_heading(room, listed):
    rows = list(csv.DictReader(io.StringIO(export(room.staff, "canvas.csv").content.decode())))[2:]

    assert {None} & {key for row in rows for key in row} == set()
    said = {row["SIS Login ID"]: {key: row[f"{title} Unposted Current Score"] for key, title in KEYS.items()} for row in rows}
    assert said == {
        email: {key: line[key]["percentage"] or "" if key in line else "" for key in KEYS} for email, line in listed.items()
    }
    assert [set(TOTALS) <= set(row) and row["Unposted Current Score"] != "" for row in rows] == [True] * len(rows)


def test_letters_by_specification_are_in_the_file_for_canvas(room):
    by_items = {"specification": [{"letter": "A", "needs": [{"component": "essay", "least": 90}]}, {"letter": "F"}]}
    document = {name: value for name, value in POLICY.items() if name != "letters"} | by_items
    PolicyFactory(course=room.course, number=2, document=document)
    set_mark(enrollment=room.ada, component="essay", points=Decimal(19), revision=0, by=room.staff.user)

    rows = csv.DictReader(io.StringIO(export(room.staff, "canvas.csv").content.decode()))

    assert {row["SIS Login ID"]: row["Unposted Final Grade"] for row in list(rows)[2:]} == {
        "ada@example.edu": "A", "ben@example.edu": "F", "cy@example.edu": "F",
    }  # fmt: skip
