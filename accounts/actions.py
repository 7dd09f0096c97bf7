"""Every write to accounts and tokens."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts.models import Scope, Token, User
from core.errors import DomainError

LIFETIMES = (30, 90, 180, 365)  # days
MAX_LIVE_TOKENS = 50
LAST_USED_STEP = timedelta(minutes=5)  # how stale `last_used_at` may be, so that reading does not mean writing


@transaction.atomic
def create_token(
    *, user: User, name: str, scopes: Iterable[str], days: int, courses: Iterable[str] | None = None
) -> tuple[Token, str]:
    """The token and its secret, which is known now or never: only its hash is stored.

    `courses` are the slugs of the only courses that it reaches; None is every course that the person is in.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    now = timezone.now()
    _check_token(live=Token.objects.visible_to(user).usable(now), name=name, scopes=set(scopes), days=days)
    courses = None if courses is None else sorted(set(courses))
    if courses == []:
        raise DomainError("Choose at least one course: a token for none of them could read nothing.", field="courses")
    secret = Token.new_secret()
    token = Token.objects.create(
        user=user,
        name=name,
        hint=secret[:8],
        digest=Token.digest_of(secret),
        scopes=[scope for scope in Scope.values if scope in set(scopes)],
        courses=courses,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return token, secret


def _check_token(*, live, name: str, scopes: set[str], days: int) -> None:
    if unknown := scopes - set(Scope.values):
        raise DomainError(f"There is no scope {', '.join(sorted(unknown))}.", field="scopes")
    if not scopes:
        raise DomainError("Choose at least one scope: a token without any could read nothing.", field="scopes")
    if days not in LIFETIMES:
        raise DomainError(f"A token lives {', '.join(map(str, LIFETIMES))} days, not {days}.", field="days")
    # A name of its own also stops a reload of the page that shows the secret from making a second token.
    if live.filter(name=name).exists():
        raise DomainError(f"You already have a live token named “{name}”. Give this one another name.", field="name")
    if live.count() >= MAX_LIVE_TOKENS:
        raise DomainError(f"You have {MAX_LIVE_TOKENS} live tokens, which is the most there may be. Revoke one first.")


@transaction.atomic
def revoke_token(*, token: Token) -> Token:
    """End the token for good; revoking it again changes nothing."""
    token = Token.objects.select_for_update(no_key=True).get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
    return token


def note_token_use(*, token: Token, now: datetime) -> None:
    """Remember roughly when the token was last used."""
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_STEP:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)


@transaction.atomic
def verify_own_address(*, user: User) -> bool:
    """Count the user's address as verified, because they opened a link that was mailed to it, or single sign-on vouches for it.

    Only where it is the account's one address: with several, the link may have gone to another of them.
    """
    addresses = EmailAddress.objects.filter(user=user)
    if addresses.exclude(email=user.email).exists():
        return False
    address = addresses.first() or EmailAddress(user=user, email=user.email, primary=True)
    if not address.can_set_verified():
        return False
    address.verified = address.primary = True
    address.save()
    return True
