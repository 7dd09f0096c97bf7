"""What every address of the API does with a body or a method that makes no sense."""

import json

import pytest
from django.test import RequestFactory
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from rest_framework.utils.mediatypes import media_type_matches

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


def test_address_without_its_slash_is_put_right_for_readers_only(client, course, instructor):
    client.force_login(instructor.user)
    address = reverse("api:webhook_list", args=[course.slug])
    without = address.removesuffix("/")

    assert (client.get(without).status_code, client.get(without)["Location"]) == (301, address)
    for method in ("post", "put", "patch", "delete"):
        response = getattr(client, method)(without, {}, content_type="application/json")
        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
        assert response.json()["detail"] == "There is no such address. Those of the API end in a slash."


def test_method_that_an_address_does_not_have_is_401_without_a_token(client, course):
    assert client.post(reverse("api:slot_list", args=[course.slug])).status_code == 401


def test_options_names_the_methods_where_bodies_have_several_shapes(client, course, instructor):
    role = SlotRoleFactory(slot__course=course)
    client.force_login(instructor.user)

    response = client.options(reverse("api:presenter_assign", args=[course.slug, role.slot.key, role.key]))

    assert (response.status_code, response["Allow"], "actions" in response.json()) == (200, "POST, OPTIONS", False)


def test_json_of_an_address_that_also_gives_files_says_what_it_is(client, course, instructor):
    client.force_login(instructor.user)
    board = reverse("api:presentation_board", args=[course.slug])

    file = client.get(board, headers={"accept": "text/csv"})
    plan = client.put(
        f"{board}?dry_run=1", {"csv": file.content.decode()}, content_type="application/json", headers={"accept": "text/csv"}
    )

    assert (file.status_code, file["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert (plan.status_code, plan["Content-Type"], plan.json()["same"]) == (200, "application/json", 0)


def operations():
    """(address, method, view, what the document says of it) of the whole API."""
    generator = SchemaGenerator()
    document = generator.get_schema(request=None, public=True)
    for path, _, method, view in generator._get_paths_and_endpoints():
        if operation := document["paths"].get(path, {}).get(method.lower()):
            view.request = RequestFactory().generic(method, path)
            yield path, method, view, operation


def test_every_form_of_answer_in_the_document_may_be_asked_for():
    refused, files = [], 0
    for path, method, view, operation in operations():
        for status, answer in operation["responses"].items():
            for form in answer.get("content", {}) if status.startswith("2") else ():
                files += form not in ("application/json", "*/*")
                if not any(media_type_matches(renderer.media_type, form) for renderer in view.get_renderers()):
                    refused.append((method, path, form))

    assert refused == []
    assert files > 8
