"""The API of courses, people, rosters and join links."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    JoinLinkFactory,
    MeetingFactory,
    PageFactory,
    PaperFactory,
    TokenFactory,
    UserFactory,
)

NOW = datetime(2021, 9, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def api(client):
    """`api(user, "get", "api:me")` -> the response to a token of the user that may do everything with courses."""
    made = set()

    def call(user, method, name, *args, data=None, scopes=("course:write",), query=""):
        secret = f"cp_{user.pk}_{'_'.join(scopes)}"
        if secret not in made:
            TokenFactory(user=user, secret=secret, scopes=list(scopes), last_used_at=datetime.now(UTC))
            made.add(secret)
        body = {} if data is None else {"data": data, "content_type": "application/json"}
        return getattr(client, method)(reverse(name, args=args) + query, headers={"authorization": f"Bearer {secret}"}, **body)

    return call


def test_root_leads_everybody_to_courses_schema_and_docs(client, db):
    response = client.get("/api/v1/")

    assert response.json() == {
        "courses": "http://testserver/api/v1/courses/",
        "me": "http://testserver/api/v1/me/",
        "schema": "http://testserver/api/v1/schema/",
        "docs": "http://testserver/api/v1/docs/",
    }
    assert [client.get(response.json()[name]).status_code for name in ("courses", "schema", "docs")] == [401, 200, 200]


def test_me_tells_person_enrollments_and_scopes(api, course):
    user = EnrollmentFactory(course=course, role="assistant", section="A").user
    EnrollmentFactory(user=user, is_active=False)

    response = api(user, "get", "api:me", scopes=("course:read", "grades:read"))

    assert response.json() == {
        "email": user.email,
        "name": user.name,
        "enrollments": [
            {
                "id": user.enrollments.get(course=course).pk,
                "course": course.slug,
                "title": course.title,
                "role": "assistant",
                "section": "A",
            }
        ],
        "scopes": ["course:read", "grades:read"],
        "courses": None,
        "token_expires_at": "2099-01-01T00:00:00Z",
    }


def test_me_by_session_has_no_scopes(client, db):
    client.force_login(UserFactory())

    assert client.get(reverse("api:me")).json()["scopes"] is None


def test_course_list_has_mine_and_the_public_ones(api, student, course, django_assert_num_queries):
    CourseFactory(slug="public", is_public=True)
    CourseFactory(slug="secret")
    EnrollmentFactory(course__slug="left", user=student.user, is_active=False)
    api(student.user, "get", "api:me")

    with django_assert_num_queries(2):
        response = api(student.user, "get", "api:course_list")

    assert [(row["slug"], row["role"]) for row in response.json()["results"]] == [(course.slug, "student"), ("public", None)]


def test_course_detail_has_pages_and_no_people(api, student, course):
    PageFactory(course=course, key="guideline", title="Guideline", body="Start.")

    detail = api(student.user, "get", "api:course_detail", course.slug).json()

    assert (detail["role"], detail["pages"]) == ("student", [{"key": "guideline", "title": "Guideline", "body": "Start."}])
    assert student.user.email not in str(detail)


def test_meeting_list_has_moments_in_the_courses_zone(api, student, course):
    meeting = MeetingFactory(course=course, key="m1", date=date(2021, 12, 7), topic="Quantization", room="211")
    PaperFactory(course=course, meeting=meeting, key="second", position=2)
    PaperFactory(course=course, meeting=meeting, key="first", position=1)

    response = api(student.user, "get", "api:meeting_list", course.slug)

    assert response.json()["results"] == [
        {
            "key": "m1",
            "date": "2021-12-07",
            "start": "2021-12-07T08:30:00-05:00",
            "end": "2021-12-07T09:45:00-05:00",
            "room": "211",
            "topic": "Quantization",
            "kind": "paper",
            "papers": ["first", "second"],
        }
    ]


def test_paper_list_names_the_meeting(api, student, course):
    meeting = MeetingFactory(course=course, key="m1", date=date(2021, 9, 2))
    PaperFactory(course=course, meeting=meeting, key="rammer", title="Rammer", authors="Ma")
    PaperFactory(key="elsewhere")

    response = api(student.user, "get", "api:paper_list", course.slug)

    assert response.json()["results"] == [
        {
            "key": "rammer",
            "title": "Rammer",
            "authors": "Ma",
            "abstract": "",
            "url": "https://example.org/paper.pdf",
            "has_pdf": False,
            "meeting": "m1",
            "date": "2021-09-02",
        }
    ]


@pytest.mark.parametrize(
    ("name", "queries"),
    [("api:meeting_list", 5), ("api:paper_list", 4), ("api:person_list", 3), ("api:join_link_list", 3)],
)
def test_lists_take_the_same_queries_for_one_and_three(api, course, instructor, django_assert_num_queries, name, queries):
    api(instructor.user, "get", "api:me")
    for count in (1, 3):
        while course.papers.count() < count:
            PaperFactory(meeting=MeetingFactory(course=course), course=course)
            JoinLinkFactory(course=course)
            EnrollmentFactory(course=course)
        with django_assert_num_queries(queries):
            response = api(instructor.user, "get", name, course.slug)
        assert len(response.json()["results"]) == count + (name == "api:person_list")


def test_lists_are_read_page_by_page(api, course, instructor, client):
    for number in range(3):
        PaperFactory(course=course, key=f"p{number}")
    url, keys = "?page_size=2", []

    while url:
        page = api(instructor.user, "get", "api:paper_list", course.slug, query=url).json()
        keys += [paper["key"] for paper in page["results"]]
        url = page["next"] and "?" + page["next"].split("?")[1]

    assert sorted(keys) == ["p0", "p1", "p2"]


def test_person_list_has_emails_for_the_instructor(api, course, instructor):
    person = EnrollmentFactory(course=course, user__last_login=NOW, section="A")

    response = api(instructor.user, "get", "api:person_list", course.slug, query="?role=student&section=A")

    assert response.json()["results"] == [
        {
            "id": person.pk,
            "email": person.user.email,
            "name": person.user.name,
            "role": "student",
            "section": "A",
            "is_active": True,
            "state": "active",
            "last_sign_in": "2021-09-01T12:00:00Z",
            "invitation_sent_at": None,
        }
    ]


def test_person_list_refuses_an_unknown_role(api, course, instructor):
    response = api(instructor.user, "get", "api:person_list", course.slug, query="?role=boss")

    assert (response.status_code, list(response.json()["errors"])) == (400, ["role"])


def test_person_patch_changes_only_what_is_sent(api, course, instructor):
    person = EnrollmentFactory(course=course, role="assistant", section="A")

    response = api(
        instructor.user, "patch", "api:person", course.slug, person.pk, data={"is_active": False, "email": "x@y.edu"}
    )

    person.refresh_from_db()
    assert (response.status_code, response.json()["state"]) == (200, "inactive")
    assert (person.role, person.section, person.is_active) == ("assistant", "A", False)


@pytest.mark.parametrize(
    ("data", "status"),
    [({"role": "boss"}, 400), ({"section": "x" * 41}, 400), ({"section": "\x00"}, 400), ({"role": "student"}, 409)],
)
def test_person_patch_refuses_and_changes_nothing(api, course, instructor, data, status):
    response = api(instructor.user, "patch", "api:person", course.slug, instructor.pk, data=data)

    instructor.refresh_from_db()
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert (instructor.role, instructor.section) == ("instructor", "")


def test_person_of_another_course_is_not_found(api, course, instructor):
    stranger = EnrollmentFactory()

    response = api(instructor.user, "patch", "api:person", course.slug, stranger.pk, data={"role": "assistant"})

    stranger.refresh_from_db()
    assert (response.status_code, stranger.role) == (404, "student")


def test_invite_sends_the_mail(api, course, instructor, student, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = api(instructor.user, "post", "api:person_invite", course.slug, student.pk)

    assert (response.status_code, [message.to for message in mail.outbox]) == (202, [[student.user.email]])


def test_roster_dry_run_says_what_would_happen(api, course, instructor):
    data = {"text": "new@example.edu,New,,B\nbad", "dry_run": True}

    response = api(instructor.user, "post", "api:roster_import", course.slug, data=data).json()

    assert response.pop("digest") != ""
    assert response == {
        "applied": False,
        "counts": {"new": 1, "added": 0, "changed": 0, "unchanged": 0},
        "entries": [
            {
                "line": 1,
                "email": "new@example.edu",
                "state": "new",
                "name": "New",
                "role": "student",
                "section": "B",
                "changes": [],
                "note": "",
            }
        ],
        "problems": [{"line": 2, "message": "“bad” has no @; expected an address such as ada@example.edu.", "text": "bad"}],
        "absent": [instructor.user.email],
    }
    assert course.enrollments.count() == 1


def test_roster_is_applied_as_the_dry_run_said(api, course, instructor):
    data = {"text": "new@example.edu,New"}
    seen = api(instructor.user, "post", "api:roster_import", course.slug, data=data | {"dry_run": True}).json()

    done = api(instructor.user, "post", "api:roster_import", course.slug, data=data | {"digest": seen["digest"]}).json()

    assert done == seen | {"applied": True}
    assert course.enrollments.count() == 2


@pytest.mark.parametrize(
    ("data", "status", "errors"),
    [
        (
            {"text": "new@example.edu,New\nbad"},
            400,
            {"text": ["Line 2: “bad” has no @; expected an address such as ada@example.edu."]},
        ),
        ({"text": ",,"}, 400, {"text": ["The roster is empty. Write one person a line: email, name, role, section."]}),
        ({"text": "a\x00@example.edu"}, 400, {"text": ["Null characters are not allowed."]}),
        ({"text": "x" * 600_000}, 400, {"text": ["Ensure this field has no more than 500000 characters."]}),
        ({"text": "x" * 20_000_000}, 413, None),
        ({}, 400, {"text": ["This field is required."]}),
        ({"text": "new@example.edu,New", "digest": "of another plan"}, 412, None),
    ],
    ids=["bad line", "empty", "NUL", "long", "10 MB", "nothing", "stale"],
)
def test_roster_that_is_refused_changes_nothing(api, course, instructor, data, status, errors):
    response = api(instructor.user, "post", "api:roster_import", course.slug, data=data)

    assert (response.status_code, response.json().get("errors")) == (status, errors)
    assert course.enrollments.count() == 1


def test_roster_good_lines_are_applied_when_asked_for(api, course, instructor):
    data = {"text": "new@example.edu,New\nbad", "skip_bad_lines": True}

    response = api(instructor.user, "post", "api:roster_import", course.slug, data=data)

    assert (response.json()["applied"], course.enrollments.count()) == (True, 2)


def test_reading_token_does_not_import(api, course, instructor):
    data = {"text": "new@example.edu,New", "dry_run": True}

    response = api(instructor.user, "post", "api:roster_import", course.slug, data=data, scopes=("course:read",))

    assert (response.status_code, response.json()["detail"]) == (403, "This token lacks the scope course:write.")


@time_machine.travel(NOW, tick=False)
def test_join_link_is_made_listed_and_revoked(api, course, instructor):
    data = {"role": "observer", "section": "A", "expires_at": "2021-10-01T00:00:00Z", "max_uses": 3}

    made = api(instructor.user, "post", "api:join_link_list", course.slug, data=data).json()
    listed = api(instructor.user, "get", "api:join_link_list", course.slug).json()["results"]
    revoked = api(instructor.user, "post", "api:join_link_revoke", course.slug, made["id"]).json()

    link = course.join_links.get()
    assert made == {
        "id": link.pk,
        "url": f"http://testserver/join/{link.code}/",
        "role": "observer",
        "section": "A",
        "expires_at": "2021-10-01T00:00:00Z",
        "max_uses": 3,
        "uses": 0,
        "state": "active",
        "created_at": "2021-09-01T12:00:00Z",
        "revoked_at": None,
    }
    assert listed == [made]
    assert revoked == made | {"state": "revoked", "revoked_at": "2021-09-01T12:00:00Z"}


@pytest.mark.parametrize(
    ("data", "status", "field"),
    [
        ({"role": "instructor"}, 400, "role"),
        ({"max_uses": 0}, 400, "max_uses"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, 409, "expires_at"),
    ],
)
def test_join_link_that_makes_no_sense_is_refused(api, course, instructor, data, status, field):
    response = api(instructor.user, "post", "api:join_link_list", course.slug, data=data)

    assert (response.status_code, list(response.json()["errors"])) == (status, [field])
    assert course.join_links.count() == 0


def test_join_by_code(api, course):
    link, user = JoinLinkFactory(course=course, max_uses=1), UserFactory()

    first = api(user, "post", "api:join", link.code)
    again = api(user, "post", "api:join", link.code)
    late = api(UserFactory(), "post", "api:join", link.code)

    assert (first.status_code, first.json()["course"], again.status_code) == (200, course.slug, 200)
    assert (late.status_code, late.json()["code"]) == (409, "link_closed")
