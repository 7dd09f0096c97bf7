"""Single sign-on: whom it signs in, whom it does not, and what it makes."""

import re
from html import unescape

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.urls import reverse

from accounts.models import User
from courses.tasks import send_invitation
from tests.accounts.university import query_of, university
from tests.factories import EnrollmentFactory, JoinLinkFactory, UserFactory

pytestmark = pytest.mark.django_db
START = "/account/oidc/sso/login/"
ADA = {"sub": "4711", "email": "ada@example.edu", "email_verified": True, "name": "Ada Lovelace"}


@pytest.fixture
def sso(settings):
    with university() as it:
        app = {"provider_id": "sso", "name": "Example University", "client_id": "portal", "secret": "s"}
        app["settings"] = {"server_url": it.address, "oauth_pkce_enabled": True, "verified_email": []}
        settings.OIDC_ISSUER, settings.OIDC_NAME = it.address, app["name"]
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        it.app = app
        yield it


def leave(client, address=START):
    """Press the button; gives the address to which the page leads."""
    page = client.post(address)
    assert page.status_code == 200
    return unescape(re.search(r'content="0;url=([^"]+)"', page.content.decode())[1])


def come_back(client, sso, says, address=START):
    state = query_of(leave(client, address))["state"]
    sso.says = says
    return client.get(reverse("openid_connect_callback", args=["sso"]), {"code": "c", "state": state})


def open_join_link(client) -> str:
    page = reverse("courses:join", args=[JoinLinkFactory().code])
    client.post(page)
    return page


def signed_in(client) -> str | None:
    return client.session.get("_auth_user_id")


def test_sign_in_page_offers_it_only_where_it_is_set_up(client, settings):
    page = client.get(reverse("account_login")).content.decode()

    assert ("oidc" in page, "Or with a password" in page) == (False, False)


def test_sign_in_page_offers_it_first(client, sso):
    page = client.get(reverse("account_login") + "?next=/c/x/").content.decode()

    assert page.index(f'action="{START}?process=login&amp;next=%2Fc%2Fx%2F"') < page.index("Or with a password")
    assert "Sign in with Example University" in page


def test_somebody_on_the_roster_signs_in_without_a_password(client, sso):
    user = UserFactory(email="ada@example.edu", name="A. Lovelace", password=make_password(None))

    response = come_back(client, sso, ADA | {"email": "Ada@Example.edu"})

    user.refresh_from_db()
    assert (response.status_code, signed_in(client)) == (302, str(user.pk))
    assert (user.name, user.was_never_used, User.objects.count()) == ("A. Lovelace", False, 1)
    assert EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    assert SocialAccount.objects.get().uid == "4711"


def test_the_way_there_and_back_is_guarded(client, sso):
    UserFactory(email="ada@example.edu")
    asked = query_of(leave(client))
    sso.says = ADA
    client.get(reverse("openid_connect_callback", args=["sso"]), {"code": "c", "state": asked["state"]})

    assert (set(asked["scope"].split()), asked["code_challenge_method"]) == ({"openid", "profile", "email"}, "S256")
    assert sso.asked[0]["code_verifier"]


@pytest.mark.parametrize("state", ["", "made-up"])
def test_who_did_not_leave_from_here_is_not_signed_in(client, sso, state):
    UserFactory(email="ada@example.edu")
    sso.says = ADA

    response = client.get(reverse("openid_connect_callback", args=["sso"]), {"code": "c", "state": state})

    assert (response.status_code, signed_in(client), sso.asked) == (401, None, [])
    assert "Signing in did not work" in response.content.decode()


def test_a_state_is_good_in_its_own_session_only(client, sso):
    UserFactory(email="ada@example.edu")
    state = query_of(leave(type(client)()))["state"]
    sso.says = ADA

    response = client.get(reverse("openid_connect_callback", args=["sso"]), {"code": "c", "state": state})

    assert (response.status_code, signed_in(client)) == (401, None)


def test_who_is_connected_signs_in_under_another_address_too(client, sso):
    user = UserFactory(email="ada@example.edu")
    come_back(client, sso, ADA)
    client.logout()

    come_back(client, sso, ADA | {"email": "countess@example.edu"})

    user.refresh_from_db()
    assert (signed_in(client), user.email) == (str(user.pk), "ada@example.edu")


def test_an_address_that_is_not_verified_opens_no_account(client, sso):
    UserFactory(email="ada@example.edu")

    response = come_back(client, sso, ADA | {"email_verified": False})

    assert (response.status_code, signed_in(client), SocialAccount.objects.count()) == (403, None, 0)
    assert "does not say that it has verified it" in response.content.decode()


@pytest.mark.parametrize(("domain", "is_trusted"), [("example.edu", True), ("ample.edu", False)])
def test_addresses_of_a_trusted_domain_count_as_verified(client, sso, domain, is_trusted):
    UserFactory(email="ada@example.edu")
    sso.app["settings"]["verified_email"] = [domain]

    come_back(client, sso, {"sub": "4711", "email": "ada@example.edu"})

    assert bool(signed_in(client)) is is_trusted


def test_a_stranger_is_told_which_address_nobody_knows(client, sso):
    response = come_back(client, sso, ADA)

    assert (response.status_code, signed_in(client), User.objects.count()) == (403, None, 0)
    assert "<strong>ada@example.edu</strong>. No account here" in response.content.decode()


def test_who_comes_by_a_join_link_gets_an_account(client, sso):
    page = open_join_link(client)
    assert "Sign in with Example University" in client.get(reverse("account_signup")).content.decode()

    response = come_back(client, sso, ADA)

    user = User.objects.get(email="ada@example.edu")
    assert (user.name, user.has_usable_password(), signed_in(client)) == ("Ada Lovelace", False, str(user.pk))
    assert response["Location"] == page


@pytest.mark.parametrize(
    ("says", "name"),
    [({"given_name": "Ada", "family_name": "King"}, "Ada King"), ({}, "ada"), ({"name": "x" * 200}, "x" * 150)],
)
def test_a_new_account_is_named_by_what_is_known(client, sso, says, name):
    open_join_link(client)

    come_back(client, sso, {"sub": "1", "email": "ada@example.edu", "email_verified": True, **says})

    assert User.objects.get(email="ada@example.edu").name == name


def test_where_no_address_is_told_a_join_links_guest_is_asked(client, sso):
    open_join_link(client)

    response = come_back(client, sso, {"sub": "1", "name": "Ada"})
    page = client.get(response["Location"])
    client.post(response["Location"], {"email": "ada@example.edu", "name": "Ada L."})

    assert 'value="Ada"' in page.content.decode()
    assert (User.objects.get(email="ada@example.edu").name, signed_in(client)) == ("Ada L.", None)
    assert [message.to for message in mail.outbox] == [["ada@example.edu"]]


def test_a_password_set_by_who_never_proved_the_address_is_void(client, sso):
    user = UserFactory(email="ada@example.edu")
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)

    come_back(client, sso, ADA)

    user.refresh_from_db()
    assert (signed_in(client), user.has_usable_password()) == (str(user.pk), False)


def test_a_second_factor_is_asked_for_as_ever(client, sso):
    user = UserFactory(email="ada@example.edu")
    TOTP.activate(user, generate_totp_secret())

    response = come_back(client, sso, ADA)

    assert (response["Location"], signed_in(client)) == (reverse("mfa_authenticate"), None)


def test_an_account_that_was_switched_off_stays_so(client, sso):
    UserFactory(email="ada@example.edu", is_active=False)

    response = come_back(client, sso, ADA)

    assert (response["Location"], signed_in(client)) == (reverse("account_inactive"), None)


def test_a_sign_in_page_that_does_not_answer_is_said(client, sso):
    sso.app["settings"]["server_url"] = "http://127.0.0.1:9"

    response = client.post(START)

    assert response.status_code == 401
    assert "Example University did not answer as it should" in response.content.decode()


def test_who_cancels_there_comes_back_to_a_page_that_says_so(client, sso):
    state = query_of(leave(client))["state"]

    response = client.get(
        reverse("openid_connect_callback", args=["sso"]), {"error": "access_denied", "state": state}, follow=True
    )

    assert (response.redirect_chain, signed_in(client)) == ([(reverse("socialaccount_login_cancelled"), 302)], None)


def test_connecting_and_removing(client, sso):
    user = UserFactory(email="ada@home.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.post(reverse("account_login"), {"login": user.email, "password": "correct horse battery"})
    page = reverse("socialaccount_connections")
    assert "Connect with Example University" in client.get(page).content.decode()

    come_back(client, sso, ADA, f"{START}?process=connect")
    connected = SocialAccount.objects.get()
    shown = client.get(page).content.decode()
    client.post(page, {"account": connected.pk})

    assert connected.user == user
    assert "Example University, as ada@example.edu" in shown
    assert SocialAccount.objects.count() == 0


def test_the_only_way_in_is_not_removed(client, sso):
    UserFactory(email="ada@example.edu", password=make_password(None))
    come_back(client, sso, ADA)

    response = client.post(reverse("socialaccount_connections"), {"account": SocialAccount.objects.get().pk})

    assert "Your account has no password set up." in response.content.decode()
    assert SocialAccount.objects.count() == 1


def test_another_persons_connection_is_not_removed(client, sso):
    theirs = SocialAccount.objects.create(user=UserFactory(), provider="sso", uid="1")
    client.force_login(UserFactory())

    client.post(reverse("socialaccount_connections"), {"account": theirs.pk})

    assert SocialAccount.objects.count() == 1


def test_an_account_that_is_connected_elsewhere_is_not_taken(client, sso):
    owner = UserFactory(email="ada@example.edu")
    come_back(client, sso, ADA)
    other = UserFactory(password=make_password(None))
    client.force_login(other)

    come_back(client, sso, ADA, f"{START}?process=connect")

    assert (SocialAccount.objects.get().user, signed_in(client)) == (owner, str(other.pk))


def test_invitation_leads_there_first(sso):
    enrollment = EnrollmentFactory(user__password=make_password(None))

    send_invitation(enrollment.pk)

    assert "Sign in with Example University; the course is here:" in mail.outbox[0].body
    assert "Or choose a password of this portal here; the link also signs you in" in mail.outbox[0].body
