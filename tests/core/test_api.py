"""What every address of the API does with a body or a method that makes no sense."""

import json

import pytest
from django.urls import reverse

from tests.factories import EnrollmentFactory, SlotRoleFactory, TokenFactory


@pytest.fixture
def people(client, course, instructor):
    client.force_login(instructor.user)
    return reverse("api:join_link_list", args=[course.slug])


def test_half_of_a_character_in_a_value_is_refused_and_repeated(client, people):
    response = client.post(people, '{"role": "\\ud800"}', content_type="application/json")

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert json.loads(response.content)["errors"] == {"role": ['"\ud800" is not a valid choice.']}


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_body_nested_too_deep_is_refused(client, people, opening):
    response = client.post(people, opening * 100_000, content_type="application/json")

    assert (response.status_code, response.json()["detail"]) == (
        400,
        "The lists and objects of this body are nested too deep.",
    )


@pytest.mark.parametrize("scopes", [["presentations:read"], ["presentations:write"]])
def test_method_that_an_address_does_not_have_is_405_whatever_the_token_may(client, course, scopes):
    TokenFactory(user=EnrollmentFactory(course=course, role="instructor").user, secret="cp_x", scopes=scopes)

    response = client.post(reverse("api:slot_list", args=[course.slug]), headers={"Authorization": "Bearer cp_x"})

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_method_that_an_address_does_not_have_is_401_without_a_token(client, course):
    assert client.post(reverse("api:slot_list", args=[course.slug])).status_code == 401


def test_options_names_the_methods_where_bodies_have_several_shapes(client, course, instructor):
    role = SlotRoleFactory(slot__course=course)
    client.force_login(instructor.user)

    response = client.options(reverse("api:presenter_assign", args=[course.slug, role.slot.key, role.key]))

    assert (response.status_code, response["Allow"], "actions" in response.json()) == (200, "POST, OPTIONS", False)
