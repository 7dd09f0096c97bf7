"""Every URL over every kind of visitor, and no URL without a row."""

import importlib
import json
from urllib.parse import urlsplit

import pytest
from django.urls import URLPattern, get_resolver, reverse

from tests.access import WHO, Row
from tests.effort import params
from tests.factories import CourseFactory, EnrollmentFactory, UserFactory

APPS = (
    "core",
    "accounts",
    "courses",
    "machines",
    "reviews",
    "presentations",
    "projects",
    "participation",
    "digest",
    "exchange",
    "similarity",
    "discussion",
    "talks",
    "grading",
    "gradefiles",
    "feed",
    "planner",
    "oneroster",
    "coursefile",
    "home",
)
ROWS: list[Row] = [row for app in APPS for row in importlib.import_module(f"tests.{app}.access").ROWS]


def sign_in(client, who, course, student):
    if who == "anonymous":
        return
    if who == "outsider":
        client.force_login(UserFactory())
    elif who == "student":
        client.force_login(student.user)
    else:
        role = "student" if who == "other" else who
        client.force_login(EnrollmentFactory(course=course, role=role).user)


CASES = [(row, who) for row in ROWS for who in WHO]


@pytest.mark.parametrize(("row", "who"), params(CASES), ids=[f"{row.method}-{row.url}-{who}" for row, who in CASES])
def test_url_answers_as_the_access_table_says(client, db, row, who):
    course = CourseFactory(is_public=row.public_course)
    student = EnrollmentFactory(course=course)
    url = reverse(row.url, kwargs=row.make(course, student))
    sign_in(client, who, course, student)

    body = {"data": json.dumps(row.data), "content_type": "application/json"} if row.json else {"data": row.data}
    response = getattr(client, row.method)(url, **body)
    if response.streaming:  # a file stays open until it is read; closing the answer would close the test's connection too
        response.getvalue()

    expected = getattr(row, who)
    if expected == "login":
        assert is_asked_to_sign_in(response)
    else:
        assert response.status_code == expected


def is_asked_to_sign_in(response) -> bool:
    """By a redirect; whoever typed words by a page that holds them."""
    if response.status_code == 403:
        return "core/signed_out.html" in [template.name for template in response.templates]
    return (response.status_code, urlsplit(response["Location"]).path) == (302, reverse("account_login"))


def url_names(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from url_names(pattern.url_patterns, inner)


def test_every_url_is_in_the_access_table():
    assert set(url_names(get_resolver().url_patterns)) - {row.url for row in ROWS} == set()
