"""Every write to machine clients, and the one that logs a pull."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.idp.oidc.models import Client
from allauth.idp.oidc.models import Token as AccessToken
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions import LAST_USED_STEP, LIFETIMES
from accounts.models import User
from core.errors import DomainError
from courses.models import Course
from machines.models import Grant, MachineClient, MachineScope, Pull, Sees
from machines.policies import grantable_courses, may_revoke

WRITES = {MachineScope.CREATE_PUT.value, MachineScope.CREATE_POST.value, MachineScope.DELETE.value}
NAMES_NOBODY = "machines.invalid"  # a domain that never receives mail (RFC 2606)


@transaction.atomic
def create_client(
    *, by: User, name: str, scopes: Iterable[str], sees: str, courses: Iterable[str], days: int
) -> tuple[MachineClient, str]:
    """The client and its secret, which is known now or never. `courses` are slugs."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    now, scopes, slugs = timezone.now(), set(scopes), set(courses)
    _check(by=by, name=name, scopes=scopes, sees=sees, days=days, now=now)
    chosen = list(grantable_courses(by).filter(slug__in=slugs))
    if not chosen or len(chosen) < len(slugs):
        raise DomainError("Choose at least one course, and only courses that you teach.", field="courses")
    ordered = [scope for scope in MachineScope.values if scope in scopes]
    secret = secrets.token_urlsafe(32)  # not allauth's, whose signs a shell or a Basic header would take for something else
    client = MachineClient.objects.create(
        oauth=_oauth_client(name, secret, ordered),
        user=_stand_in(name),
        name=name,
        scopes=ordered,
        sees=sees,
        created_by=by,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    Grant.objects.bulk_create(Grant(client=client, course=course, granted_by=by, granted_at=now) for course in chosen)
    return client, secret


def _check(*, by: User, name: str, scopes: set[str], sees: str, days: int, now: datetime) -> None:
    if unknown := scopes - set(MachineScope.values):
        raise DomainError(f"There is no scope {', '.join(sorted(unknown))}.", field="scopes")
    if not scopes:
        raise DomainError("Choose at least one scope: a client without any could read nothing.", field="scopes")
    if sees not in Sees.values:
        raise DomainError("Say whether the client sees released marks only, or every mark.", field="sees")
    if sees == Sees.RELEASED and MachineScope.GRADES_READ in scopes:
        words = "The portal's own API shows machines every mark. Leave that scope out, or let the client see every mark."
        raise DomainError(words, field="sees")
    if sees == Sees.RELEASED and scopes & WRITES:
        words = "A client that sets marks must see every mark, or it would overwrite some unseen."
        raise DomainError(words, field="sees")
    if days not in LIFETIMES:
        raise DomainError(f"A client lives {', '.join(map(str, LIFETIMES))} days, not {days}.", field="days")
    # A name of its own also stops a reload of the page that shows the secret from making a second client.
    if MachineClient.objects.usable(now).filter(created_by=by, name=name).exists():
        raise DomainError(f"You already have a live client named “{name}”. Give this one another name.", field="name")


def _oauth_client(name: str, secret: str, scopes: list[str]) -> Client:
    oauth = Client(name=name, type=Client.Type.CONFIDENTIAL, response_types="", skip_consent=False)
    oauth.set_secret(secret)
    oauth.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
    oauth.set_scopes(scopes)
    oauth.set_default_scopes(scopes)
    oauth.save()
    return oauth


def _stand_in(name: str) -> User:
    """Not active and without a password: allauth lets nobody in as it, and mails it nothing."""
    user = User(email=f"{uuid.uuid4()}@{NAMES_NOBODY}", name=f"{name} (program)", is_active=False)
    user.set_unusable_password()
    user.save()
    return user


@transaction.atomic
def revoke_client(*, client: MachineClient, by: User) -> MachineClient:
    """End the client and every access token of it, at once and for good; again changes nothing."""
    client = MachineClient.objects.select_for_update(no_key=True, of=("self",)).select_related("oauth").get(pk=client.pk)
    if not may_revoke(by, client):
        raise DomainError("Only who made this client may end it. You can take your own course from it.", code="not_yours")
    if client.revoked_at is None:
        client.revoked_at, client.revoked_by = timezone.now(), by
        client.save(update_fields=["revoked_at", "revoked_by"])
        AccessToken.objects.filter(client=client.oauth).delete()
    return client


@transaction.atomic
def withdraw_course(*, client: MachineClient, course: Course, by: User) -> Grant:
    """The client reaches this course no more, from now on; again changes nothing."""
    grant = Grant.objects.select_for_update(no_key=True, of=("self",)).get(client=client, course=course)
    if grant.withdrawn_at is None:
        grant.withdrawn_at, grant.withdrawn_by = timezone.now(), by
        grant.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return grant


def note_client_use(*, client: MachineClient, now: datetime) -> None:
    """Remember roughly when the client was last used."""
    if client.last_used_at is None or now - client.last_used_at > LAST_USED_STEP:
        MachineClient.objects.filter(pk=client.pk).update(last_used_at=now)


def record_pulls(pulls: Iterable[Pull]) -> None:
    """One statement for all of them."""
    Pull.objects.bulk_create(pulls)


def prune(*, now: datetime) -> int:
    """Forget pulls older than PULL_LOG_DAYS and access tokens that have expired; how many pulls went."""
    AccessToken.objects.expired().delete()
    gone, _ = Pull.objects.filter(at__lt=now - timedelta(days=settings.PULL_LOG_DAYS)).delete()
    return gone
