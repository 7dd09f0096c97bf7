import pytest
from django.urls import reverse

from coursefile.dump import digest_of, dump_course
from courses.models import Course
from tests.coursefile.files import STARTER, small
from tests.coursefile.rows import all_rows
from tests.factories import ReviewFactory, TokenFactory, UserFactory

URL = "/api/v1/courses/small/course-file/"


@pytest.fixture
def api(client, author, small_course):
    TokenFactory(user=author, secret="cp_write", scopes=["course:write"])
    client.defaults["HTTP_AUTHORIZATION"] = "Bearer cp_write"
    return client


def put(api, text: str, url: str = URL, **more):
    return api.put(url, {"text": text, **more}, content_type="application/json")


def test_get_gives_text_and_digest(api, small_course):
    text = dump_course(small_course)

    assert api.get(URL).json() == {"text": text, "digest": digest_of(text)}


def test_put_applies_and_answers_the_plan(api, small_course):
    response = put(api, small(("A seminar", "Another")))

    small_course.refresh_from_db()
    assert (response.status_code, small_course.title) == (200, "Another")
    assert response.json() == {
        "applied": True,
        "is_new": False,
        "counts": {"added": 0, "changed": 1, "removed": 0},
        "changes": [{"kind": "changed", "what": "Course small", "name": "Another", "details": ["title: A seminar → Another"]}],
        "warnings": [],
    }


def test_put_dry_run_changes_nothing(api):
    before = all_rows()["courses.Course"]

    response = put(api, small(("A seminar", "Another")), dry_run=True)

    assert (response.json()["applied"], response.json()["counts"]["changed"]) == (False, 1)
    assert all_rows()["courses.Course"] == before


def test_put_with_start_moves_the_dates(api, small_course):
    put(api, small(), start="2021-09-08")

    small_course.refresh_from_db()
    assert str(small_course.starts_on) == "2021-09-08"


def test_put_names_every_problem_of_the_file(api):
    response = put(api, small(("2021-09-02", "2021-13-02"), ("code =", "coda =")))

    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    assert [line.split(": ")[1] for line in response.json()["errors"]["text"]] == ["course", "course.coda", "meetings[1].date"]


def test_put_that_would_lose_work_is_a_conflict(api, small_course):
    ReviewFactory(paper=small_course.papers.get(key="rammer"))

    response = put(api, small(('[[meetings.papers]]\nkey = "rammer"\ntitle = "Rammer"\n', "")))

    assert (response.status_code, response.json()["code"]) == (409, "would_lose_work")
    assert response.json()["detail"].startswith("Paper rammer cannot be removed: 1 review of “Rammer”")


def test_put_on_another_state_is_refused(api):
    response = put(api, small(("A seminar", "Another")), digest="0" * 64)

    assert (response.status_code, response.json()["code"]) == (412, "stale_version")


def test_put_of_another_course_is_refused(api):
    assert put(api, STARTER).status_code == 400
    assert Course.objects.count() == 1


@pytest.mark.parametrize("body", [{}, {"text": 5}, {"text": "\x00"}, {"text": "format = 1", "start": "soon"}, [], "x"])
def test_put_of_another_shape_is_refused(body, api):
    assert api.put(URL, body, content_type="application/json").status_code == 400


def test_token_that_only_reads_reads_only(api, author):
    TokenFactory(user=author, secret="cp_read", scopes=["course:read"])
    api.defaults["HTTP_AUTHORIZATION"] = "Bearer cp_read"

    assert (api.get(URL).status_code, put(api, small()).status_code) == (200, 403)


def test_administrator_creates_a_course_where_there_is_none(client, small_course):
    client.force_login(UserFactory(is_superuser=True))
    url = reverse("api:course_file", args=["cs101"])

    assert put(client, STARTER, url).status_code == 201
    # From now on the administrator is its instructor, and the same file changes nothing.
    assert put(client, STARTER, url).json()["changes"] == []
    assert put(client, small()).status_code == 404


def test_others_create_no_course(api):
    assert put(api, STARTER, reverse("api:course_file", args=["cs101"])).status_code == 404
