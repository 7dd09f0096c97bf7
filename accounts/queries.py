"""Reads about people and their addresses."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts.models import User


def users_by_email(emails: Iterable[str]) -> dict[str, User]:
    """The account behind each address that has one; who has verified an address comes before who merely has it."""
    emails = set(emails)
    verified = EmailAddress.objects.filter(email__in=emails, verified=True).select_related("user")
    found = {user.email: user for user in User.objects.filter(email__in=emails)}
    return found | {address.email: address.user for address in verified}


def password_link(user: User) -> str:
    """A path by which whoever reads the user's mail sets a password; it works once, until PASSWORD_RESET_TIMEOUT."""
    from allauth.account.forms import default_token_generator  # builds forms, so not before the apps are ready

    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})


def single_sign_on() -> str:
    """What signs people in besides passwords, by the name that they know; empty where nothing does."""
    return settings.OIDC_NAME if settings.OIDC_ISSUER else ""
