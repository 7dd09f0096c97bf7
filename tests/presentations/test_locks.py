"""The capacity under real concurrency; needs PostgreSQL."""

import pytest

from presentations.actions import add_slides, assign_presenter, withdraw_presenter
from presentations.models import SignUp, Slides
from tests.factories import EnrollmentFactory, SignUpFactory, SlotFactory, SlotRoleFactory
from tests.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_assigning_twenty_students_to_one_place_gives_it_to_one(course, instructor):
    role = SlotRoleFactory(slot=SlotFactory(course=course))
    students = EnrollmentFactory.create_batch(20, course=course)

    results = at_once(
        [lambda student=student: assign_presenter(role=role, enrollment=student, by=instructor.user) for student in students]
    )

    assert results.count("role_is_full") == 19
    assert SignUp.objects.standing().filter(role=role).count() == 1


def test_assigning_one_student_twenty_times_makes_one_sign_up(course, student, instructor):
    role = SlotRoleFactory(slot=SlotFactory(course=course), capacity=20)

    results = at_once([lambda: assign_presenter(role=role, enrollment=student, by=instructor.user)] * 20)

    assert results.count("already_assigned") == 19
    assert SignUp.objects.count() == 1


def test_removing_and_assigning_at_once_never_overbooks(course, instructor):
    role = SlotRoleFactory(slot=SlotFactory(course=course))
    sign_up = SignUpFactory(role=role)
    students = EnrollmentFactory.create_batch(8, course=course)

    at_once(
        [lambda: withdraw_presenter(sign_up=sign_up, by=instructor.user)]
        + [lambda student=student: assign_presenter(role=role, enrollment=student, by=instructor.user) for student in students]
    )

    assert SignUp.objects.standing().filter(role=role).count() <= 1


def test_adding_slides_at_once_numbers_them_one_by_one(course, student):
    slot = SlotFactory(course=course)

    at_once([lambda: add_slides(slot=slot, by=student.user, url="https://example.org")] * 8)

    assert sorted(Slides.objects.values_list("number", flat=True)) == list(range(1, 9))
