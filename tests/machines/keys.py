"""A machine client let at courses, through the front door: the action makes it, the token endpoint gives the key."""

import base64

from django.test import Client as Browser
from django.urls import reverse

from machines.actions import create_client
from tests.factories import EnrollmentFactory, UserFactory


def teacher_of(*courses):
    user = UserFactory()
    for course in courses:
        EnrollmentFactory(course=course, user=user, role="instructor")
    return user


def make_client(*courses, by=None, scopes=("grades:read",), sees="all", name="Sync", days=180):
    slugs = [course.slug for course in courses]
    return create_client(by=by or teacher_of(*courses), name=name, scopes=scopes, sees=sees, courses=slugs, days=days)


def ask_for_token(client, secret, **data):
    basic = base64.b64encode(f"{client.oauth_id}:{secret}".encode()).decode()
    data = {"grant_type": "client_credentials"} | data
    return Browser().post(reverse("machines:token"), data, headers={"authorization": f"Basic {basic}"})


def access_to(*courses, **kwargs):
    """The client, and the header with which it calls."""
    client, secret = make_client(*courses, **kwargs)
    return client, {"authorization": f"Bearer {ask_for_token(client, secret).json()['access_token']}"}
