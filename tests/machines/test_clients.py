"""Machine clients: made once, hashed, for named courses, scoped, ended at once, and never more than a view of grades."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.idp.oidc.models import Token as AccessToken
from django.db import transaction
from django.urls import reverse

from core.errors import DomainError
from machines import actions
from machines.authentication import ENDED
from machines.models import MachineClient, MachineScope
from tests.factories import CourseFactory, EnrollmentFactory, MachineClientFactory, TokenFactory, UserFactory
from tests.grading.examples import course_with_policy
from tests.machines.keys import access_to, ask_for_token, make_client, teacher_of
from tests.test_access import ROWS

NOW = datetime(2021, 10, 20, 16, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mid_term():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def course(db):
    return course_with_policy()


@contextmanager
def undone():
    """One address after another on the same course, each as the first."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def grades(client, course, header):
    return client.get(reverse("api:grade_list", args=[course.slug]), headers=header)


def test_client_pulls_grades_of_its_course_as_the_instructor_sees_them(client, course):
    student = EnrollmentFactory(course=course)
    _, header = access_to(course)

    response = grades(client, course, header)

    assert [row["student"]["id"] for row in response.json()["results"]] == [student.pk]


def test_client_secret_and_token_are_stored_as_hashes_only(course):
    machine, secret = make_client(course)

    token = ask_for_token(machine, secret).json()

    assert secret not in str([vars(machine), vars(machine.oauth)])
    assert token["access_token"] not in str(AccessToken.objects.values().get())
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 3600, "grades:read")


def test_client_page_shows_the_secret_once(client, course):
    client.force_login(teacher_of(course))
    client.post(reverse("account_reauthenticate"), {"password": "correct horse battery"})
    form = {"name": "Sync", "courses": [course.slug], "scopes": ["grades:read"], "sees": "all", "days": "180"}

    response = client.post(reverse("machines:client_create"), form)

    secret = re.search(r'id="secret" value="([^"]+)"', response.content.decode())[1]
    machine = MachineClient.objects.get()
    assert machine.oauth.check_secret(secret)
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert secret not in client.get(reverse("machines:client_list")).content.decode()
    again = client.post(reverse("machines:client_create"), form)
    assert (list(again.context["form"].errors), MachineClient.objects.count()) == (["name"], 1)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["grades:write"]}, "scopes"),
        ({"sees": "released"}, "sees"),  # with the portal's own API, which shows every mark
        ({"sees": "released", "scopes": [MachineScope.CREATE_PUT]}, "sees"),
        ({"days": 1}, "days"),
    ],
)
def test_create_client_refuses(course, changed, field):
    with pytest.raises(DomainError) as refusal:
        make_client(course, **changed)

    assert (refusal.value.field, MachineClient.objects.count()) == (field, 0)


@pytest.mark.parametrize("role", ["student", "assistant", "observer", None])
def test_create_client_only_for_courses_one_teaches(course, role):
    user = teacher_of(CourseFactory())
    if role:
        EnrollmentFactory(course=course, user=user, role=role)

    with pytest.raises(DomainError) as refusal:
        make_client(course, by=user)

    assert refusal.value.field == "courses"


def test_create_client_by_the_administrator_for_any_course(client, course):
    _, header = access_to(course, by=UserFactory(is_superuser=True))

    assert grades(client, course, header).status_code == 200


def test_client_of_another_course_is_told_nothing(client, course):
    _, header = access_to(CourseFactory())

    assert grades(client, course, header).status_code == 404


API_ROWS = [row for row in ROWS if row.url.startswith("api:")]
OPEN_TO_ALL = {"api:root", "api:schema", "api:docs"}


@pytest.mark.parametrize("kind", ["machine", "token"])
def test_every_address_of_the_api_is_closed_beyond_reach(client, kind):
    """A machine for a course, and an instructor's token of all scopes for one of their two courses."""
    mine, other = CourseFactory(), CourseFactory(is_public=True)
    student = EnrollmentFactory(course=other)
    if kind == "machine":
        _, header = access_to(mine)
    else:
        scopes = sorted(
            {f"{part}:write" for part in ("course", "reviews", "presentations", "participation", "projects", "grades")}
        )
        user = teacher_of(mine, other)
        TokenFactory(user=user, secret="cp_mine", scopes=scopes, courses=[mine.slug])
        header = {"authorization": "Bearer cp_mine"}
    answers = {}
    for row in {row.url: row for row in API_ROWS if row.url not in OPEN_TO_ALL}.values():
        with undone():
            kwargs = row.make(other, student)
            kwargs |= {"course_slug": other.slug} if "course_slug" in kwargs else {}
            answers[row.url] = getattr(client, row.method)(reverse(row.url, kwargs=kwargs), headers=header).status_code

    expected_open = {} if kind == "machine" else {"api:me": 200, "api:course_list": 200}
    assert {url: status for url, status in answers.items() if status not in (403, 404)} == expected_open


def test_machine_gets_nothing_but_grades_in_its_own_course(client):
    course = CourseFactory()
    student = EnrollmentFactory(course=course)
    _, header = access_to(course)
    open_to_it = set()
    for row in API_ROWS:
        with undone():
            kwargs = row.make(course, student)
            response = getattr(client, row.method)(reverse(row.url, kwargs=kwargs), headers=header)
        view = response.resolver_match.func.cls
        if response.status_code < 400 and row.url not in OPEN_TO_ALL:
            open_to_it.add((view.scope_resource, row.method))

    assert open_to_it == {("grades", "get")}


def test_limited_token_lists_its_courses_only(client):
    mine, other, public = CourseFactory(), CourseFactory(), CourseFactory(is_public=True)
    user = teacher_of(mine, other)
    TokenFactory(user=user, secret="cp_x", scopes=["course:read"], courses=[mine.slug])
    header = {"authorization": "Bearer cp_x"}

    listed = client.get(reverse("api:course_list"), headers=header).json()["results"]
    me = client.get(reverse("api:me"), headers=header).json()

    assert [course["slug"] for course in listed] == [mine.slug]
    assert ([row["course"] for row in me["enrollments"]], me["courses"]) == ([mine.slug], [mine.slug])
    assert public.slug not in str(me)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"only": "chosen", "courses": ["one"]}, ["one"]),
        ({"only": ""}, None),
        ({"only": "", "courses": ["one"]}, "only"),
        ({"only": "chosen"}, "courses"),
        ({"only": "chosen", "courses": ["two"]}, "courses"),
    ],
)
def test_token_page_limits_to_chosen_courses(client, form, expected):
    user = teacher_of(CourseFactory(slug="one"))
    CourseFactory(slug="two")
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": "correct horse battery"})

    asked = {"name": "Notebook", "scopes": ["grades:read"], "days": "90"} | form
    response = client.post(reverse("accounts:token_create"), asked)

    if isinstance(expected, str):
        assert list(response.context["form"].errors) == [expected]
        assert user.tokens.count() == 0
    else:
        assert user.tokens.get().courses == expected


def end_by_revoking(machine, course):
    actions.revoke_client(client=machine, by=machine.created_by)


def end_while_a_token_is_being_given(machine, course):
    """The token comes after the revocation has deleted those that there were."""
    MachineClient.objects.filter(pk=machine.pk).update(revoked_at=NOW)


def end_by_withdrawing(machine, course):
    actions.withdraw_course(client=machine, course=course, by=machine.created_by)


def end_with_its_giver(machine, course):
    machine.created_by.enrollments.update(is_active=False)


@pytest.mark.parametrize(
    ("end", "status"),
    [(end_by_revoking, 401), (end_while_a_token_is_being_given, 401), (end_by_withdrawing, 404), (end_with_its_giver, 404)],
)
def test_client_ends_at_once_for_tokens_that_it_has(client, course, end, status):
    machine, header = access_to(course)
    before = grades(client, course, header).status_code

    end(machine, course)

    assert (before, grades(client, course, header).status_code) == (200, status)


@pytest.mark.parametrize(
    ("later", "detail"), [(timedelta(hours=1), "This access token has expired"), (timedelta(days=181), ENDED)]
)
def test_client_and_access_token_expire(client, course, mid_term, later, detail):
    machine, secret = make_client(course)
    header = {"authorization": f"Bearer {ask_for_token(machine, secret).json()['access_token']}"}
    mid_term.move_to(NOW + later)

    response = grades(client, course, header)

    assert (response.status_code, response.json()["detail"][: len(detail)]) == (401, detail)
    assert ask_for_token(machine, secret).status_code == (401 if later.days > 1 else 200)


@pytest.mark.parametrize(
    ("data", "status", "error"),
    [
        ({"grant_type": "authorization_code", "code": "x"}, 400, "unsupported_grant_type"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "unsupported_grant_type"),
        ({"scope": "grades:read grades:write"}, 400, "invalid_scope"),
        ({"scope": "openid"}, 400, "invalid_scope"),
    ],
)
def test_token_endpoint_refuses(course, data, status, error):
    machine, secret = make_client(course)

    response = ask_for_token(machine, secret, **data)

    assert (response.status_code, response.json()["error"]) == (status, error)


def test_token_endpoint_takes_no_wrong_secret_and_no_ended_client(course):
    machine, secret = make_client(course)

    wrong = ask_for_token(machine, secret + "x")
    actions.revoke_client(client=machine, by=machine.created_by)
    ended = ask_for_token(machine, secret)

    assert [(answer.status_code, answer.json()["error"]) for answer in (wrong, ended)] == [(401, "invalid_client")] * 2


def test_token_endpoint_narrows_scopes_on_request(client, course):
    machine, secret = make_client(
        course, scopes=["grades:read", "https://purl.imsglobal.org/spec/or/v1p2/scope/gradebook.readonly"]
    )

    token = ask_for_token(machine, secret, scope="https://purl.imsglobal.org/spec/or/v1p2/scope/gradebook.readonly").json()

    assert grades(client, course, {"authorization": f"Bearer {token['access_token']}"}).status_code == 403


def test_token_endpoint_is_throttled_with_retry_after(course, monkeypatch):
    monkeypatch.setattr("machines.views.TokenEndpointThrottle.THROTTLE_RATES", {"token_endpoint": "2/min"})
    machine, secret = make_client(course)

    answers = [ask_for_token(machine, secret) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 61


def test_client_revokes_its_own_token(client, course):
    machine, secret = make_client(course)
    token = ask_for_token(machine, secret).json()["access_token"]
    form = {"token": token, "client_id": machine.oauth_id, "client_secret": secret}

    revoked = client.post(reverse("machines:token_revoke"), form)

    assert (revoked.status_code, grades(client, course, {"authorization": f"Bearer {token}"}).status_code) == (200, 401)


def test_revoke_client_is_for_its_maker(client, course):
    machine, _ = make_client(course)
    colleague = EnrollmentFactory(course=course, role="instructor").user
    client.force_login(colleague)

    client.post(reverse("machines:client_revoke", args=[machine.pk]))

    machine.refresh_from_db()
    assert machine.revoked_at is None
    with pytest.raises(DomainError):
        actions.revoke_client(client=machine, by=colleague)


def test_client_list_is_of_makers_and_of_courses_taught(client, course, django_assert_num_queries):
    make_client(course)
    MachineClientFactory(name="Not mine")
    client.force_login(EnrollmentFactory(course=course, role="instructor").user)

    with django_assert_num_queries(6):
        one = client.get(reverse("machines:client_list"))
    make_client(course, name="Two")
    make_client(course, name="Three")
    with django_assert_num_queries(6):
        three = client.get(reverse("machines:client_list"))

    assert [machine.name for machine in one.context["page"]] == ["Sync"]
    assert {machine.name for machine in three.context["page"]} == {"Sync", "Two", "Three"}


def test_nobody_signs_in_as_a_machine(client, course):
    machine, _ = make_client(course)

    answer = client.post(reverse("account_reset_password"), {"email": machine.user.email})

    assert (machine.user.is_active, machine.user.has_usable_password(), answer.status_code) == (False, False, 302)
