"""Tokens: made once, shown once, hashed, scoped, expiring, revocable."""

import re
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts import actions
from accounts.models import Token
from core.errors import DomainError
from tests.factories import TokenFactory, UserFactory

NOW = datetime(2021, 9, 1, 12, 0, tzinfo=UTC)
FORM = {"name": "Notebook", "scopes": ["grades:read", "course:read"], "days": "90"}


@pytest.fixture
def user(db):
    return UserFactory()


@pytest.fixture
def trusted(client, user):
    """A client whose user has just given the password again."""
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": "correct horse battery"})
    return client


def call(client, secret, name="api:me", method="get", **kwargs):
    return getattr(client, method)(reverse(name, kwargs=kwargs), headers={"authorization": f"Bearer {secret}"})


@time_machine.travel(NOW, tick=False)
def test_create_token_stores_only_a_hash(user):
    token, secret = actions.create_token(user=user, name="Notebook", scopes=["grades:read"], days=30)

    stored = Token.objects.values().get()
    assert secret not in str(stored)
    assert stored == {
        "id": token.pk,
        "user_id": user.pk,
        "name": "Notebook",
        "hint": secret[:8],
        "digest": Token.digest_of(secret),
        "scopes": ["grades:read"],
        "courses": None,
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=30),
        "last_used_at": None,
        "revoked_at": None,
    }


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["grades:read", "everything"]}, "scopes"),
        ({"days": 36500}, "days"),
        ({"name": "Taken"}, "name"),
    ],
)
def test_create_token_refuses(user, changed, field):
    TokenFactory(user=user, name="Taken")

    with pytest.raises(DomainError) as refusal:
        actions.create_token(**{"user": user, "name": "Notebook", "scopes": ["grades:read"], "days": 30} | changed)

    assert refusal.value.field == field
    assert Token.objects.count() == 1


def test_create_token_name_of_a_dead_token_is_free(user):
    actions.revoke_token(token=TokenFactory(user=user, name="Notebook"))

    actions.create_token(user=user, name="Notebook", scopes=["grades:read"], days=30)

    assert Token.objects.usable(datetime.now(UTC)).count() == 1


def test_create_token_stops_at_the_limit_of_live_tokens(user, monkeypatch):
    monkeypatch.setattr(actions, "MAX_LIVE_TOKENS", 2)
    TokenFactory(user=user, name="One")
    TokenFactory(user=user, name="Two")
    TokenFactory(user=user, name="Dead", revoked_at=NOW)
    TokenFactory(name="Of somebody else")

    with pytest.raises(DomainError):
        actions.create_token(user=user, name="Three", scopes=["grades:read"], days=30)

    assert user.tokens.count() == 3


def test_token_page_asks_for_the_password_first(client, user):
    client.force_login(user)

    response = client.post(reverse("accounts:token_create"), FORM)

    assert (response.status_code, response["Location"]) == (302, "/account/reauthenticate/?next=%2Faccount%2Ftokens%2Fnew%2F")
    assert Token.objects.count() == 0


def test_token_form_survives_the_password_question(client, user):
    client.force_login(user)
    question = client.post(reverse("accounts:token_create"), FORM)["Location"]

    next_url = {"password": "correct horse battery", "next": reverse("accounts:token_create")}
    response = client.post(question, next_url)

    assert (response.status_code, Token.objects.get().name) == (200, "Notebook")


def test_token_secret_is_shown_once_and_never_cached(trusted, user):
    response = trusted.post(reverse("accounts:token_create"), FORM)

    secret = re.search(r'value="(cp_[\w-]+)"', response.content.decode())[1]
    token = Token.objects.get()
    assert (token.user, token.digest, token.scopes) == (user, Token.digest_of(secret), ["course:read", "grades:read"])
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert secret not in trusted.get(reverse("accounts:token_list")).content.decode()
    assert secret not in trusted.get(reverse("accounts:token_create")).content.decode()
    assert secret not in str(dict(trusted.session))


def test_token_page_reloaded_makes_no_second_token(trusted):
    trusted.post(reverse("accounts:token_create"), FORM)

    response = trusted.post(reverse("accounts:token_create"), FORM)

    assert response.context["form"].errors == {
        "name": ["You already have a live token named “Notebook”. Give this one another name."]
    }
    assert Token.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"name": ""}, {"name": ["This field is required."]}),
        ({"name": "a\x00b"}, {"name": ["Null characters are not allowed."]}),
        ({"scopes": []}, {"scopes": ["Choose at least one scope."]}),
        (
            {"scopes": ["grades:all"]},
            {"scopes": ["Select a valid choice. grades:all is not one of the available choices."]},
        ),
        ({"days": "7"}, {"days": ["Select a valid choice. 7 is not one of the available choices."]}),
    ],
)
def test_token_form_says_what_is_wrong(trusted, changed, errors):
    response = trusted.post(reverse("accounts:token_create"), FORM | changed)

    assert response.context["form"].errors == errors
    assert Token.objects.count() == 0


def test_token_list_shows_the_state_of_own_tokens_only(client, user, django_assert_num_queries):
    client.force_login(user)
    TokenFactory(user=user, name="Live")
    TokenFactory(name="Not mine")

    with django_assert_num_queries(3):
        one = client.get(reverse("accounts:token_list"))
    TokenFactory(user=user, name="Old", created_at=NOW, expires_at=NOW + timedelta(days=30))
    TokenFactory(user=user, name="Gone", revoked_at=NOW)
    with django_assert_num_queries(3):
        three = client.get(reverse("accounts:token_list"))

    assert [token.name for token in one.context["tokens"]] == ["Live"]
    assert {token.name: token.state for token in three.context["tokens"]} == {
        "Live": "active",
        "Old": "expired",
        "Gone": "revoked",
    }


@pytest.mark.parametrize("name", ["😀 notebook", "مفكرة", "<b>x</b>"])
def test_token_name_is_shown_as_typed(trusted, name):
    trusted.post(reverse("accounts:token_create"), FORM | {"name": name})

    content = trusted.get(reverse("accounts:token_list")).content.decode()

    assert name.replace("<", "&lt;").replace(">", "&gt;") in content


def test_token_revoke_works_once_and_stays(client, user):
    token = TokenFactory(user=user)
    client.force_login(user)
    client.post(reverse("accounts:token_revoke", args=[token.pk]))
    first = Token.objects.get().revoked_at

    client.post(reverse("accounts:token_revoke", args=[token.pk]))

    assert first is not None
    assert Token.objects.get().revoked_at == first


def test_token_revoke_answers_htmx_with_the_row(client, user):
    token = TokenFactory(user=user)
    client.force_login(user)

    response = client.post(reverse("accounts:token_revoke", args=[token.pk]), headers={"hx-request": "true"})

    assert [template.name for template in response.templates][0] == "accounts/_token.html"


def test_token_of_somebody_else_is_not_found(client, user):
    token = TokenFactory()
    client.force_login(user)

    response = client.post(reverse("accounts:token_revoke", args=[token.pk]))

    token.refresh_from_db()
    assert (response.status_code, token.revoked_at) == (404, None)


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ("Bearer cp_unknown", "No such token."),
        ("Bearer cp_revoked", "This token was revoked; make a new one on your account page."),
        ("Bearer cp_expired", "This token has expired; make a new one on your account page."),
        ("Bearer cp_left", "This token has expired; make a new one on your account page."),
        ("Bearer", "Write the header as 'Authorization: Bearer TOKEN'."),
        ("Bearer cp_a cp_b", "Write the header as 'Authorization: Bearer TOKEN'."),
        ("Bearer \xff\x00", "No such token."),
    ],
)
def test_token_that_is_not_good_gets_401(client, db, header, detail):
    TokenFactory(secret="cp_revoked", revoked_at=NOW)
    TokenFactory(secret="cp_expired", created_at=NOW, expires_at=NOW + timedelta(days=1))
    TokenFactory(secret="cp_left", user__is_active=False)

    response = client.get(reverse("api:me"), headers={"authorization": header})

    assert (response.status_code, response["Content-Type"], response["WWW-Authenticate"]) == (
        401,
        "application/problem+json",
        "Bearer",
    )
    assert response.json() == {"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": detail}


def test_token_without_the_scope_gets_403_naming_it(client, user):
    TokenFactory(user=user, secret="cp_x", scopes=["grades:read"])

    response = call(client, "cp_x", "api:course_list")

    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    assert response.json()["detail"] == "This token lacks the scope course:read."


@pytest.mark.parametrize(("scopes", "expected"), [(["course:read"], 403), (["course:write"], 404)])
def test_token_writes_only_with_a_writing_scope(client, user, scopes, expected):
    TokenFactory(user=user, secret="cp_x", scopes=scopes)

    response = call(client, "cp_x", "api:join", "post", code="unknown")

    assert response.status_code == expected


def test_token_with_a_writing_scope_also_reads(client, user):
    TokenFactory(user=user, secret="cp_x", scopes=["course:write"])

    assert call(client, "cp_x").status_code == 200


def test_token_use_is_noted_in_steps(client, user):
    token = TokenFactory(user=user, secret="cp_x", scopes=["course:read"])
    seen = []
    for minutes in (0, 4, 6):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            call(client, "cp_x")
        token.refresh_from_db()
        seen.append(token.last_used_at - NOW)

    assert seen == [timedelta(0), timedelta(0), timedelta(minutes=6)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_create_token_at_once_in_two_tabs_makes_one():
    user, barrier, refused = UserFactory(), Barrier(2), []

    def create():
        barrier.wait()
        try:
            actions.create_token(user=user, name="Notebook", scopes=["grades:read"], days=30)
        except DomainError as refusal:
            refused.append(refusal.field)
        finally:
            connection.close()

    threads = [Thread(target=create) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (user.tokens.count(), refused) == (1, ["name"])
