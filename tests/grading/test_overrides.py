"""Grades set by hand: in force everywhere, shown when they are shown, kept for good."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from core.errors import DomainError, StaleVersion
from grading.actions import set_override
from grading.models import Override
from grading.queries import grades_of
from tests.factories import EnrollmentFactory
from tests.grading.examples import LETTERS, course_with_policy, ece697il, one_component
from tests.threads import at_once


@pytest.fixture
def course(db):
    return course_with_policy()


def grade(student, audience="staff"):
    return grades_of(student.course, audience=audience, enrollment_ids=[student.pk])[student.pk]


def leaf(student, audience="staff"):
    return next(node for node in grade(student, audience).explanation.leaves() if node.key == "reviews")


def overridden(student, instructor, **changes):
    return set_override(
        **{"student": student, "component": "reviews", "percent": Decimal(90), "reason": "Ill in May", "is_shown": True}
        | {"by": instructor.user}
        | changes
    )


def test_a_component_set_by_hand_counts_whatever_the_marks_say(course, student, instructor):
    overridden(student, instructor)

    node = leaf(student)
    assert (node.so_far.earned, node.final.earned, node.so_far.is_set) == (18, 18, True)
    assert node.final.words[-1] == "Set to 90 % of 20 by hand: Ill in May"
    assert grade(student).explanation.final.points == 18


def test_the_letter_can_be_set_and_taken_back(course, student, instructor):
    overridden(student, instructor, component="", percent=None, letter="A")
    assert (grade(student).letter_final, grade(student, "student").letter_final) == ("A", "A")

    overridden(student, instructor, component="", percent=None, letter="", reason="A mistake")

    assert grade(student).letter_final == "F"
    assert [row.reason for row in Override.objects.order_by("pk")] == ["Ill in May", "A mistake"]


def whole(student, audience="staff"):
    """(value, letter, points, possible) of the final total"""
    final = grade(student, audience).explanation.final
    return final.value, final.letter, final.points, final.possible


def test_the_total_can_be_set_and_has_the_policys_letter(course, student, instructor):
    overridden(student, instructor, component="", percent=Decimal("92.5"))

    assert whole(student) == whole(student, "student") == (Fraction("92.5"), "A-", Fraction("83.25"), 90)
    so_far = grade(student).explanation.so_far
    assert (so_far.value, so_far.is_set) == (Fraction("92.5"), True)
    assert so_far.words[-2:] == (
        "Set to 92.5 % of 100 by hand: Ill in May",
        "A-: 92.5 on the letter scale (rounded to 1 decimal, halves up).",
    )


def test_total_and_letter_are_one_row_whose_latest_counts(course, student, instructor):
    overridden(student, instructor, component="", percent=Decimal(50), letter="A")
    assert whole(student)[:2] == (50, "A")

    overridden(student, instructor, component="", percent=None, letter="B", reason="The letter alone")
    assert whole(student)[:2] == (0, "B")

    overridden(student, instructor, component="", percent=None, letter="", reason="None of it")
    assert whole(student)[:2] == (0, "F")
    assert [row.words for row in Override.objects.order_by("pk")] == ["50 % and A", "B", "taken back"]


def test_a_set_total_is_out_of_the_weights_where_the_policy_counts_so(db):
    course = course_with_policy(ece697il(weights="sum"))
    student, instructor = EnrollmentFactory(course=course), EnrollmentFactory(course=course, role="instructor")

    overridden(student, instructor, component="", percent=Decimal("33.33"))

    assert whole(student) == (Fraction("29.997"), "F", Fraction("29.997"), 90)


def test_a_letter_that_was_set_stands_where_nothing_counts_yet(db):
    with time_machine.travel(datetime(2021, 10, 1, tzinfo=UTC), tick=False):
        course = course_with_policy(one_component(source="manual") | {"letters": LETTERS})
        student, instructor = EnrollmentFactory(course=course), EnrollmentFactory(course=course, role="instructor")

        overridden(student, instructor, component="", percent=None, letter="A")

        so_far = grade(student).explanation.so_far
    assert (so_far.value, so_far.letter, so_far.is_set) == (None, "A", True)


def test_a_set_total_is_the_same_on_page_api_and_csv(client, course, student, instructor):
    client.force_login(instructor.user)
    data = {"component": "", "percent": "87.25", "reason": "Agreed", "is_shown": "on", "revision": "0"}

    answer = client.post(reverse("grading:override_set", args=[course.slug, student.pk]), data, follow=True)

    assert "87.25 %" in answer.content.decode()
    line = client.get(reverse("api:grade_list", args=[course.slug])).json()["results"][0]
    assert [line[name] for name in ("total_so_far", "total_final", "letter", "letter_final")] == ["87.3", "87.3", "B+", "B+"]
    assert line["total_is_set"] is True
    tree = client.get(reverse("api:grade_detail", args=[course.slug, student.pk])).json()
    assert [tree[name]["is_set"] for name in ("total_so_far", "total_final")] == [True, True]
    change = client.get(reverse("api:grade_changes", args=[course.slug])).json()["results"][0]
    assert change["grade"] == {name: line[name] for name in change["grade"]}
    assert (
        ",87.3,87.3,100,B+,B+,true,"
        in client.get(reverse("api:grade_list", args=[course.slug]) + "?format=csv").content.decode()
    )
    assert "set by hand</small> 87.3" in client.get(reverse("grading:gradebook", args=[course.slug])).content.decode()


def test_without_a_policy_there_is_no_total_to_set(db):
    student = EnrollmentFactory()
    instructor = EnrollmentFactory(course=student.course, role="instructor")

    with pytest.raises(DomainError) as refusal:
        overridden(student, instructor, component="")

    assert refusal.value.code == "no_policy"


def test_students_see_what_was_shown_last(course, student, instructor):
    student.refresh_from_db()
    before = student.released_changed_at
    overridden(student, instructor, percent=Decimal(50))
    overridden(student, instructor, percent=Decimal(70), is_shown=False)

    assert (leaf(student).final.share, leaf(student, "student").final.share) == (Fraction(7, 10), Fraction(1, 2))
    student.refresh_from_db()
    assert student.released_changed_at > before


def test_what_is_not_shown_leaves_no_trace_for_the_student(client, course, student, instructor):
    client.force_login(student.user)
    address = reverse("api:grade_detail", args=[course.slug, student.pk])
    before = client.get(address).content

    overridden(student, instructor, is_shown=False)

    assert client.get(address).content == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": " "}, "no_reason"),
        ({"component": "none"}, "no_component"),
        ({"letter": "A"}, "bad_shape"),
        ({"component": "", "percent": None, "letter": "Z"}, "no_letter"),
        ({"percent": Decimal("200.01")}, ""),
        ({"percent": Decimal("NaN")}, ""),
    ],
)
def test_what_makes_no_sense_is_refused(course, student, instructor, changes, code):
    with pytest.raises(DomainError) as refusal:
        overridden(student, instructor, **changes)

    assert (not code or refusal.value.code == code, Override.objects.count()) == (True, 0)


def test_setting_the_same_again_changes_nothing(course, student, instructor):
    overridden(student, instructor)

    assert overridden(student, instructor) is None
    assert Override.objects.count() == 1


def test_somebody_elses_is_not_overwritten_unseen(course, student, instructor):
    overridden(student, instructor)

    with pytest.raises(StaleVersion):
        overridden(student, instructor, percent=Decimal(10), revision=0)


@pytest.mark.parametrize("statement", ["UPDATE grading_override SET percent = 1", "DELETE FROM grading_override"])
def test_the_database_refuses_to_rewrite_them(course, student, instructor, statement):
    overridden(student, instructor)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_page_api_and_csv_show_the_same(client, course, student, instructor):
    client.force_login(instructor.user)
    data = {"component": "reviews", "percent": "90", "reason": "Ill in May", "is_shown": "on", "revision": "0"}

    answer = client.post(reverse("grading:override_set", args=[course.slug, student.pk]), data, follow=True)

    assert "Ill in May" in answer.content.decode()
    line = client.get(reverse("api:grade_list", args=[course.slug])).json()["results"][0]
    reviews = next(component for component in line["components"] if component["key"] == "reviews")
    assert (reviews["earned"], reviews["is_set"]) == ("18.00", True)
    assert ",18.00,20," in client.get(reverse("api:grade_list", args=[course.slug]) + "?format=csv").content.decode()
    assert "set by hand" in client.get(reverse("grading:gradebook", args=[course.slug])).content.decode()


def test_a_refused_form_keeps_what_was_typed(client, course, student, instructor):
    client.force_login(instructor.user)
    data = {"component": "reviews", "percent": "300", "reason": "Ill in May", "revision": "0"}

    answer = client.post(reverse("grading:override_set", args=[course.slug, student.pk]), data)

    assert (answer.status_code, Override.objects.count()) == (422, 0)
    assert 'value="300"' in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_overrides_cost_one_query_however_many(course, instructor, django_assert_num_queries, rows):
    for _ in range(rows):
        overridden(EnrollmentFactory(course=course), instructor)

    with django_assert_num_queries(17):
        grades_of(course, audience="staff")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_on_one_state_one_wins():
    course = course_with_policy()
    student, instructor = EnrollmentFactory(course=course), EnrollmentFactory(course=course, role="instructor")

    results = at_once([partial(overridden, student, instructor, percent=Decimal(n), revision=0) for n in (10, 20, 30)])

    assert Override.objects.count() == 1
    assert results.count("stale_version") == 2
