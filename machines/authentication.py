"""`Authorization: Bearer ...` with an access token that a machine client got for its credentials."""

from dataclasses import dataclass

from allauth.idp.oidc.models import Token as AccessToken
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header

from accounts.models import Reach
from accounts.models import Token as PersonalToken
from machines import actions
from machines.models import Grant, MachineClient

ENDED = "This client was revoked or has expired; ask the course's instructor for another."


@dataclass(frozen=True, slots=True)
class MachineAccess:
    """What `request.auth` is for a machine: its scopes are those of the access token, at most those of the client."""

    client: MachineClient
    scopes: frozenset[str]

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes


class MachineAuthentication(BaseAuthentication):
    """Tells its user (`Reach.as_instructor`) and what it may; everything is looked up anew, so that an end is one at once."""

    def authenticate(self, request):
        parts = get_authorization_header(request).split()
        if len(parts) != 2 or parts[0].lower() != b"bearer" or parts[1].startswith(PersonalToken.PREFIX.encode()):
            return None
        now = timezone.now()
        tokens = AccessToken.objects.by_value(parts[1].decode("latin-1")).filter(type=AccessToken.Type.ACCESS_TOKEN)
        token = tokens.select_related("client__machine__user").first()
        if token is None:
            raise exceptions.AuthenticationFailed("No such token.")
        client = getattr(token.client, "machine", None)
        if client is None or client.revoked_at or client.expires_at <= now:
            raise exceptions.AuthenticationFailed(ENDED)
        if token.expires_at is None or token.expires_at <= now:
            raise exceptions.AuthenticationFailed("This access token has expired; ask the token endpoint for another.")
        actions.note_client_use(client=client, now=now)
        slugs = Grant.objects.standing().filter(client=client).values_list("course__slug", flat=True)
        client.user.reach = Reach(frozenset(slugs), as_instructor=True)
        # Both lists are asked, in case a client's scopes were ever narrowed after the token was given.
        return client.user, MachineAccess(client, frozenset(token.get_scopes()) & frozenset(client.scopes))

    def authenticate_header(self, request):
        return "Bearer"


class MachineScheme(OpenApiAuthenticationExtension):
    target_class = MachineAuthentication
    name = "machine"

    def get_security_definition(self, auto_schema):
        return {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": "/oauth/token/", "scopes": {"grades:read": "Read marks and grades"}}},
        }
