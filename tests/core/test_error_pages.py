import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import EnrollmentFactory


@pytest.mark.django_db
def test_unknown_address_is_answered_in_our_words(client):
    response = client.get("/no/such/page/")

    assert (response.status_code, "There is no such page" in response.content.decode()) == (404, True)


def test_page_of_another_role_says_whom_it_is_for(client, course):
    client.force_login(EnrollmentFactory(course=course).user)

    response = client.get(reverse("grading:gradebook", args=[course.slug]))

    assert (response.status_code, "This page is for: instructor." in response.content.decode()) == (403, True)


@pytest.mark.django_db
def test_form_of_an_expired_page_says_how_to_go_on():
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"))

    assert (response.status_code, "The form was not taken" in response.content.decode()) == (403, True)


@pytest.mark.django_db
def test_form_beyond_all_bounds_says_what_fits(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    response = client.post(reverse("account_login"), {"login": "x" * 200})

    assert (response.status_code, "too large or damaged" in response.content.decode()) == (400, True)
