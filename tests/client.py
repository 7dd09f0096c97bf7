"""A test client that signs in with one statement: Django's own takes nine, a fifth of the time of a test of access."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils.crypto import get_random_string


class QuickClient(Client):
    def force_login(self, user, backend=None):
        """As after a sign-in, but that nobody is told of it: no signal, no `last_login`."""
        store = SessionStore()
        held = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: backend or settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        session = store.model.objects.create(
            session_key=get_random_string(32), session_data=store.encode(held), expire_date=store.get_expiry_date()
        )
        self.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
