"""Where signing in leads, and that the keyboard alone gets there."""

import re
from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from courses.models import Course
from tests.factories import CourseFactory, EnrollmentFactory

PASSWORD = "correct horse battery"
RUNS = {"starts_on": date(2021, 9, 1), "ends_on": date(2999, 12, 31)}
IS_OVER = {"starts_on": date(2020, 9, 1), "ends_on": date(2020, 12, 8)}


@pytest.fixture
def person(db):
    enrollment = EnrollmentFactory(course=CourseFactory(**RUNS))
    EmailAddress.objects.create(user=enrollment.user, email=enrollment.user.email, verified=True, primary=True)
    return enrollment


def sign_in(client, enrollment, **also):
    return client.post(reverse("account_login"), {"login": enrollment.user.email, "password": PASSWORD, **also})


def test_sign_in_leads_to_the_only_running_course(client, person):
    EnrollmentFactory(user=person.user, course=CourseFactory(**IS_OVER))
    EnrollmentFactory(user=person.user, course=CourseFactory(**RUNS), is_active=False)

    response = sign_in(client, person)

    assert (response.status_code, response["Location"]) == (302, reverse("home:today", args=[person.course.slug]))


@pytest.mark.parametrize("count", [0, 2])
def test_sign_in_leads_to_the_list_where_there_is_a_choice(client, person, count):
    Course.objects.update(**IS_OVER)
    for _ in range(count):
        EnrollmentFactory(user=person.user, course=CourseFactory(**RUNS))

    assert sign_in(client, person)["Location"] == reverse("home:landing")


def test_sign_in_leads_first_to_where_one_wanted_to_go(client, person):
    assert sign_in(client, person, next="/account/tokens/")["Location"] == "/account/tokens/"


def test_sign_in_says_nothing_that_the_page_shows_anyway(client, person):
    home = client.get(sign_in(client, person)["Location"])

    assert list(home.context["messages"]) == []


WRONG = {"login": "ada@example.edu", "password": "wrong"}


@pytest.mark.parametrize(("sent", "focused"), [(None, "login"), (WRONG, "password")])
def test_sign_in_page_has_the_cursor_where_it_is_needed(client, db, sent, focused):
    response = client.post(reverse("account_login"), sent) if sent else client.get(reverse("account_login"))

    assert re.findall(r'<input[^>]*name="(\w+)"[^>]*\bautofocus\b', response.content.decode()) == [focused]


def test_sign_in_page_has_no_link_between_email_and_password(client, db):
    page = client.get(reverse("account_login")).content.decode()
    between = page[page.index('name="login"') : page.index('name="password"')]

    assert "<a " not in between
    assert reverse("account_reset_password") in page
