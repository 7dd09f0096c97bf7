from datetime import date

import pytest
import time_machine
from django.urls import reverse

from courses.models import Course
from home.queries.landing import my_courses
from tests.factories import CourseFactory, EnrollmentFactory
from tests.home.conftest import NOON


def test_visitor_sees_public_courses_only(client, db):
    public = CourseFactory(is_public=True)
    CourseFactory(is_public=False)

    response = client.get(reverse("home:landing"))

    assert (response.context["mine"], response.context["public"]) == ([], [public])


def test_member_sees_their_courses_with_the_next_deadline(paper, student):
    old = EnrollmentFactory(user=student.user, course=CourseFactory(starts_on=date(2020, 9, 1), ends_on=date(2020, 12, 8)))
    EnrollmentFactory(user=student.user, is_active=False)

    with time_machine.travel(NOON, tick=False):
        found = my_courses(student.user)

    assert [(mine.course, mine.is_over, mine.next_deadline and mine.next_deadline.key) for mine in found] == [
        (student.course, False, "rammer"),
        (old.course, True, None),
    ]


def test_a_course_of_mine_is_not_listed_again_as_public(client, student):
    Course.objects.update(is_public=True)
    client.force_login(student.user)

    response = client.get(reverse("home:landing"))

    assert response.context["public"] == []


@pytest.mark.parametrize(("is_superuser", "offered"), [(True, True), (False, False)])
def test_who_is_in_no_course_is_told_what_to_do(client, outsider, is_superuser, offered):
    outsider.is_superuser = is_superuser
    outsider.save()
    client.force_login(outsider)

    text = client.get(reverse("home:landing")).content.decode()

    assert "You are in no course yet." in text
    assert ("New course" in text) is offered


def test_public_courses_cost_one_query(client, db, django_assert_num_queries):
    CourseFactory(is_public=True)
    with django_assert_num_queries(1):
        client.get(reverse("home:landing"))
    for _ in range(2):
        CourseFactory(is_public=True)
    with django_assert_num_queries(1):
        client.get(reverse("home:landing"))
