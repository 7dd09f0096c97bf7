"""`Authorization: Bearer cp_...` for the API."""

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header

from accounts import actions
from accounts.models import Token


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request):
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise exceptions.AuthenticationFailed("Write the header as 'Authorization: Bearer TOKEN'.")
        if not parts[1].startswith(Token.PREFIX.encode()):
            return None  # another kind of key, or none of ours: the next class says which
        now = timezone.now()
        digest = Token.digest_of(parts[1].decode("latin-1"))
        token = Token.objects.select_related("user").filter(digest=digest).first()
        if token is None:
            raise exceptions.AuthenticationFailed("No such token.")
        if token.revoked_at:
            raise exceptions.AuthenticationFailed("This token was revoked; make a new one on your account page.")
        if token.expires_at <= now or not token.user.is_active:
            raise exceptions.AuthenticationFailed("This token has expired; make a new one on your account page.")
        actions.note_token_use(token=token, now=now)
        token.user.reach = token.reach
        return token.user, token

    def authenticate_header(self, request):
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "A token from your account page."}
