"""Signing in as this project sets allauth up."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import actions
from accounts.models import User
from accounts.queries import password_link, users_by_email
from courseportal import settings as project_settings
from tests.factories import UserFactory

PASSWORD = "correct horse battery"


@pytest.fixture
def rate_limits(settings):
    """allauth's own limits, which the other tests switch off."""
    settings.ACCOUNT_RATE_LIMITS = {}
    cache.clear()
    yield
    cache.clear()


def test_settings_leave_the_rate_limits_on():
    assert not hasattr(project_settings, "ACCOUNT_RATE_LIMITS")


def test_sign_in_is_limited_after_repeated_failures(client, db, rate_limits):
    user = UserFactory()
    wrong = {"login": user.email, "password": "wrong"}

    statuses = [client.post(reverse("account_login"), wrong).status_code for _ in range(31)]
    right = client.post(reverse("account_login"), wrong | {"password": PASSWORD})

    assert statuses[:5] == [200] * 5
    assert statuses[30] == 429
    assert right.status_code == 429


def test_sign_in_refuses_the_right_password_after_five_wrong_ones(client, db, rate_limits):
    user = UserFactory()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for _ in range(5):
        client.post(reverse("account_login"), {"login": user.email, "password": "wrong"})

    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert response.context["form"].errors["__all__"] == ["Too many failed login attempts. Try again later."]


def test_sign_in_takes_the_email_in_any_case(client, db):
    user = UserFactory(email="ada@example.edu")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)

    client.post(reverse("account_login"), {"login": "Ada@Example.EDU", "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(user.pk)


def test_sign_in_waits_for_the_address_to_be_verified(client, db):
    user = UserFactory()

    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, reverse("account_email_verification_sent"))
    assert "_auth_user_id" not in client.session
    assert [message.to for message in mail.outbox] == [[user.email]]


def test_sign_up_is_closed_to_whoever_comes_from_nowhere(client, db):
    form = {"email": "new@example.edu", "password1": "a long enough one", "name": "New"}

    response = client.post(reverse("account_signup"), form)

    assert [template.name for template in response.templates][0] == "account/signup_closed.html"
    assert User.objects.count() == 0


def test_createsuperuser_takes_the_environment_and_can_sign_in(client, db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "Admin@Example.edu")
    monkeypatch.setenv("DJANGO_SUPERUSER_NAME", "Admin")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", interactive=False, stdout=StringIO())
    client.post(reverse("account_login"), {"login": "admin@example.edu", "password": PASSWORD})

    user = User.objects.get()
    assert (user.email, user.name, user.is_staff, user.is_superuser) == ("admin@example.edu", "Admin", True, True)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_email_is_unique_and_lower_case_in_the_database(db):
    UserFactory(email="ada@example.edu")

    for email in ("ada@example.edu", "Grace@example.edu"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(email=email, name="X")


def test_password_link_sets_a_password_verifies_and_signs_in(client, db):
    user = UserFactory(password=make_password(None))
    form = client.get(password_link(user))["Location"]

    response = client.post(form, {"password1": "a long enough one", "password2": "a long enough one"})

    assert (response.status_code, client.session["_auth_user_id"]) == (302, str(user.pk))
    assert EmailAddress.objects.filter(user=user, email=user.email, verified=True, primary=True).count() == 1


def test_password_link_works_once(client, db):
    user = UserFactory(password=make_password(None))
    link = password_link(user)
    user.set_password("a long enough one")
    user.save()

    response = client.get(link)

    assert response.context["token_fail"] is True


def test_verify_own_address_leaves_an_account_with_several_addresses_alone(db):
    user = UserFactory()
    EmailAddress.objects.create(user=user, email="other@example.edu")

    assert actions.verify_own_address(user=user) is False
    assert EmailAddress.objects.filter(verified=True).count() == 0


def test_verify_own_address_does_not_take_an_address_that_somebody_else_verified(db):
    user = UserFactory(email="ada@example.edu")
    EmailAddress.objects.create(user=UserFactory(), email="ada@example.edu", verified=True)

    assert actions.verify_own_address(user=user) is False


def test_users_by_email_prefers_who_verified_the_address(db, django_assert_num_queries):
    plain = UserFactory(email="plain@example.edu")
    UserFactory(email="second@example.edu")
    owner = UserFactory()
    EmailAddress.objects.create(user=owner, email="second@example.edu", verified=True)
    EmailAddress.objects.create(user=UserFactory(), email="claimed@example.edu", verified=False)

    with django_assert_num_queries(2):
        found = users_by_email(["plain@example.edu", "second@example.edu", "claimed@example.edu", "none@example.edu"])

    assert found == {"plain@example.edu": plain, "second@example.edu": owner}


def test_sessions_of_a_person_are_listed_and_can_be_ended(client, db):
    client.force_login(UserFactory())

    assert client.get(reverse("usersessions_list")).status_code == 200
    assert settings.USERSESSIONS_TRACK_ACTIVITY is False
