"""The client in clients/python: held against the OpenAPI document, run against the portal, and tried with bad weather."""

import inspect
import json
import runpy
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import courseportal_client as api
import httpx
import pytest
from allauth.idp.oidc.models import Token as AccessToken
from courseportal_client import client as addresses
from courseportal_client.frames import frame
from courseportal_client.models import SCHEMAS
from django.conf import settings
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from feed.models import Stream
from feed.sending import signature
from grading.actions import release_component, set_mark
from tests.factories import EnrollmentFactory, TokenFactory
from tests.feed.test_changes import mark, students_of
from tests.machines.keys import make_client

EXAMPLE = Path(settings.BASE_DIR) / "clients/python/example.py"


@pytest.fixture
def portal(course, instructor, wsgi):
    TokenFactory(user=instructor.user, secret="cp_instructor", scopes=["grades:write", "course:read"])
    transport = httpx.WSGITransport(app=wsgi)
    with api.CoursePortal("http://testserver", "cp_instructor", transport=transport, sleep=pytest.fail) as portal:
        yield portal


@pytest.fixture
def grades(portal, course):
    return portal.course(course.slug)


class Memory:
    def __init__(self):
        self.text = None

    def load(self):
        return self.text

    def save(self, cursor):
        self.text = cursor


# Against the document


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


def test_every_address_is_in_the_document(document):
    used = {
        addresses.ME: "get", addresses.GRADES: "get", addresses.GRADE: "get", addresses.CHANGES: "get",
        addresses.POLICY: "get", addresses.RELEASE: "post", addresses.HIDE: "post",
    }  # fmt: skip
    assert [path for path, method in used.items() if method not in document["paths"].get(addresses.API + path, {})] == []
    named = {value for name, value in vars(addresses).items() if name.isupper() and str(value).startswith("/")}
    flows = document["components"]["securitySchemes"]["machine"]["flows"]
    assert flows["clientCredentials"]["tokenUrl"] == addresses.SIGN_IN
    assert named - {addresses.API, addresses.SIGN_IN} == set(used)


def test_every_field_is_in_the_document_and_as_optional_as_there(document):
    wrong = []
    for kind, name in SCHEMAS.items():
        schema = document["components"]["schemas"][name]
        for field in fields(kind):
            found = schema["properties"].get(field.name)
            if found is None or (field.name not in schema["required"]) != (field.default is None):
                wrong.append((name, field.name))
            elif ("null" in _types(found)) != ("None" in str(field.type)):
                wrong.append((name, field.name, "null"))
    assert wrong == []


def test_every_parameter_is_in_the_document(document):
    def of(path):
        return {each["name"] for each in document["paths"][addresses.API + path]["get"]["parameters"]}

    asked = set(inspect.signature(addresses.CourseGrades.grades).parameters) - {"self"}
    assert asked | {"cursor", "If-None-Match", "course_slug", "format"} == of(addresses.GRADES)
    assert {"since", "explain", "page_size", "If-None-Match"} <= of(addresses.CHANGES)


def _types(schema):
    if "oneOf" in schema or "anyOf" in schema:
        return [kind for each in schema.get("oneOf", schema.get("anyOf")) for kind in _types(each)]
    found = schema.get("type", [])
    return found if isinstance(found, list) else [found]


# Against the portal


def test_grades_are_read_as_the_api_says_them(grades, course, instructor):
    students = students_of(course, 3)
    mark(students[0], "8.5", instructor)

    lines = list(grades.grades(page_size=2))
    tree = grades.grade(students[0].pk)

    assert [line.student.id for line in lines] == [student.pk for student in students]
    assert lines[0].component("reviews").earned == Decimal("0.85")
    assert tree.total_so_far.value == lines[0].total_so_far
    assert {item.points for item in tree.components[2].items} == {Decimal("8.5"), None}
    assert grades.policy().version == 1
    assert frame(lines).loc[students[0].pk, "reviews"] == pytest.approx(0.85)
    assert frame(lines, exact=True).loc[students[0].pk, "reviews"] == Decimal("0.85")
    assert list(frame(lines).columns[-4:]) == ["total_final", "letter", "letter_final", "total_is_set"]
    assert frame([]).empty


def test_a_list_is_narrowed_and_says_what_to_ask_from_the_next_time(grades, course, instructor):
    first, second = students_of(course, 2)
    mark(second, "8.5", instructor)
    everybody = grades.grades(page_size=1)

    assert everybody.next_updated_since is None
    assert [line.student.id for line in everybody] == [first.pk, second.pk]
    assert timezone.now() - everybody.next_updated_since >= timedelta(minutes=2)
    assert [line.student.id for line in grades.grades(name=second.user.email)] == [second.pk]
    assert [line.student.id for line in grades.grades(below=Decimal("5"), of="reviews", reading="final")] == [
        first.pk,
        second.pk,
    ]
    assert list(grades.grades(updated_since=timezone.now() + timedelta(days=1))) == []


def test_a_machine_client_gets_its_access_token_by_itself_and_another_when_it_ends(course, wsgi):
    (student,) = students_of(course, 1)
    machine, secret = make_client(course)
    transport = httpx.WSGITransport(app=wsgi)

    def pull(credentials):
        with api.CoursePortal("http://testserver", credentials, transport=transport, sleep=pytest.fail) as portal:
            return [line.student.id for _ in range(2) for line in portal.course(course.slug).grades()]

    credentials = api.ClientCredentials(machine.oauth.pk, secret)
    assert (pull(credentials), AccessToken.objects.count()) == ([student.pk] * 2, 1)
    AccessToken.objects.all().delete()
    assert (pull(credentials), AccessToken.objects.count()) == ([student.pk] * 2, 1)
    assert secret not in repr(credentials)
    with pytest.raises(api.NotSignedIn, match="invalid_client") as refused:
        pull(api.ClientCredentials(machine.oauth.pk, "wrong"))
    assert refused.value.code == "invalid_client"


def test_changes_come_page_after_page_and_the_cursor_is_kept(grades, course, instructor):
    students = students_of(course, 3)
    kept = Memory()
    first = list(grades.changes(kept, page_size=2))
    mark(students[1], "8.5", instructor)
    second = list(grades.changes(kept, explain=True))

    assert [change.student.id for change in first] == [student.pk for student in students]
    assert [(change.student.id, change.changed) for change in second] == [(students[1].pk, ["grade"])]
    assert second[0].explanation.total_so_far.value == second[0].grade.total_so_far
    assert list(grades.changes(kept)) == []


def test_what_was_being_worked_on_when_a_program_stopped_comes_again(grades, course):
    students = students_of(course, 3)
    kept, seen = Memory(), []
    changes = grades.changes(kept, page_size=2)
    seen = [next(changes).student.id for _ in range(3)]  # the third opens the second page
    changes.close()

    rest = [change.student.id for change in grades.changes(kept)]

    assert (seen, rest) == ([student.pk for student in students], [students[2].pk])


def test_a_lost_cursor_is_an_error_of_its_own(grades, course, tmp_path):
    students_of(course, 1)
    kept = api.CursorFile(tmp_path / "cursor")
    list(grades.changes(kept))
    Stream.objects.all().delete()

    with pytest.raises(api.CursorGone) as refused:
        list(grades.changes(kept))
    kept.forget()

    assert refused.value.code == "cursor_gone"
    assert len(list(grades.changes(kept))) == 1


def test_refusals_have_types_and_say_why(portal, grades, course):
    with pytest.raises(api.NotFound):
        grades.grade(999_999)
    with pytest.raises(api.BadRequest, match="not a cursor of ours"):
        portal.get(f"/api/v1/courses/{course.slug}/grades/changes/", since="x")
    with pytest.raises(api.NotFound):
        list(portal.course("no-such").grades())
    with pytest.raises(api.Conflict):
        grades.release("participation")


def test_releasing_by_the_client(grades, course, instructor):
    (student,) = students_of(course, 1)
    set_mark(review=student.reviews.get(), points=Decimal(8), revision=0, by=instructor.user)
    assert (grades.release("reviews").marks, grades.hide("reviews").marks) == (1, 1)
    release_component(course=course, component_key="reviews", by=instructor.user)


@pytest.mark.django_db(transaction=True)
def test_the_example_runs_against_a_live_portal(live_server, course, instructor, monkeypatch, capsys):
    students = students_of(course, 12)
    mark(students[0], "8.5", instructor)
    EnrollmentFactory(course=course, section="A")
    TokenFactory(user=instructor.user, secret="cp_live", scopes=["grades:read"])
    for name, value in (("SITE", live_server.url), ("TOKEN", "cp_live"), ("COURSE", course.slug)):
        monkeypatch.setenv(f"PORTAL_{name}", value)

    runpy.run_path(str(EXAMPLE))

    said = capsys.readouterr().out
    assert "13 students" in said
    assert "13 the first time, 0 the second" in said
    assert "This is not a cursor of ours" in said


# In bad weather


@pytest.fixture
def weather():
    """A client whose portal answers with what it is given, one after another."""
    waits, asked = [], []

    def client(*answers, key="cp_x", **options):
        answers = list(answers)

        def answer(request):
            asked.append(request)
            found = answers.pop(0)
            if isinstance(found, Exception):
                raise found
            return found

        transport = httpx.MockTransport(answer)
        return api.CoursePortal("https://portal.example.edu", key, transport=transport, sleep=waits.append, **options)

    client.waits, client.asked = waits, asked
    return client


ME = {
    "email": "a@example.edu",
    "name": "A",
    "scopes": ["grades:read"],
    "courses": None,
    "token_expires_at": None,
    "later": "ignored",
}


def test_a_busy_portal_is_asked_again_when_it_says(weather):
    portal = weather(
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.ConnectError("no"),
        httpx.Response(503),
        httpx.Response(200, json=ME),
    )

    assert portal.me() == api.Me("a@example.edu", "A", ["grades:read"], None, None)
    assert weather.waits[0] == 7
    assert 0.7 < weather.waits[1] < 1.3
    assert 1.4 < weather.waits[2] < 2.6
    assert weather.asked[0].headers["Authorization"] == "Bearer cp_x"


@pytest.mark.parametrize(
    ("answer", "error"),
    [(httpx.Response(503), api.ServerFault), (httpx.Response(429), api.TooMany), (httpx.ConnectError("no"), api.Unreachable)],
)
def test_it_is_given_up_in_the_end(weather, answer, error):
    with pytest.raises(error):
        weather(answer, answer, attempts=2).me()
    assert len(weather.waits) == 1


def test_an_access_token_is_kept_until_shortly_before_its_end(weather):
    def token(name, seconds):
        return httpx.Response(200, json={"access_token": name, "expires_in": seconds})

    page = httpx.Response(200, json=ME)
    portal = weather(httpx.Response(503), token("one", 3600), page, page, key=api.ClientCredentials("id", "secret"))
    portal.me()
    portal.me()
    signed = [request.headers["Authorization"] for request in weather.asked]
    weather.asked.clear()
    short = weather(token("one", 60), page, token("two", 60), page, key=api.ClientCredentials("id", "secret"))
    short.me()
    short.me()

    assert signed == ["Basic aWQ6c2VjcmV0"] * 2 + ["Bearer one"] * 2
    assert [request.headers["Authorization"] for request in weather.asked[1::2]] == ["Bearer one", "Bearer two"]


def test_a_page_of_something_between_is_an_error_of_its_own(weather):
    with pytest.raises(api.NotJson, match="answered 200 with text/html"):
        weather(httpx.Response(200, html="<title>Sign in</title>")).me()


def test_what_writes_is_sent_once(weather):
    with pytest.raises(api.ServerFault):
        weather(httpx.Response(503)).course("x").release("reviews")
    with pytest.raises(api.Unreachable):
        weather(httpx.ReadTimeout("?")).course("x").release("reviews")


def test_what_has_not_changed_is_taken_from_the_last_answer(weather):
    portal = weather(httpx.Response(200, json=ME, headers={"ETag": '"1"'}), httpx.Response(304), httpx.Response(200, json=ME))
    assert portal.me() == portal.me()
    assert weather.asked[1].headers["If-None-Match"] == '"1"'


def test_the_token_is_sent_to_no_other_address(weather):
    page = {"results": [], "next": "https://elsewhere.example.edu/api/v1/", "cursor": "x"}
    with pytest.raises(ValueError, match="not an address of"):
        list(weather(httpx.Response(200, json=page)).course("x").grades())
    with pytest.raises(api.Problem):
        weather(httpx.Response(302, headers={"Location": "https://elsewhere.example.edu/"})).me()


# Receiving webhooks


def test_a_message_is_verified(monkeypatch):
    body, now = json.dumps({"id": "1", "event": "ping"}).encode(), timezone.now()
    headers = {"courseportal-signature": signature(body, ["new", "old"], now)}

    assert api.verified(body, headers, "old")["event"] == "ping"
    for wrong in (
        (body + b" ", headers, "old"),
        (body, headers, "other"),
        (body, {}, "old"),
        (body, {"CoursePortal-Signature": "t=x"}, "old"),
    ):
        with pytest.raises(api.BadSignature):
            api.verified(*wrong)
    monkeypatch.setattr("time.time", lambda: now.timestamp() + 301)
    with pytest.raises(api.BadSignature, match="300 seconds ago"):
        api.verified(body, headers, "old")
