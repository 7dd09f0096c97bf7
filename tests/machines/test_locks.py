"""Two at once: the same client made in two tabs, and a client that ends while it asks for a key."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from core.errors import DomainError
from machines.actions import create_client, revoke_client
from machines.models import MachineClient
from tests.factories import CourseFactory
from tests.machines.keys import make_client, teacher_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*works):
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_create_client_at_once_in_two_tabs_makes_one():
    course, refused = CourseFactory(), []
    user = teacher_of(course)

    def create():
        try:
            create_client(by=user, name="Sync", scopes=["grades:read"], sees="all", courses=[course.slug], days=30)
        except DomainError as refusal:
            refused.append(refusal.field)

    at_once(create, create)

    assert (refused, MachineClient.objects.count()) == (["name"], 1)


def test_revoke_client_at_once_ends_it_once():
    machine, _ = make_client(CourseFactory())
    ends = []

    at_once(*[lambda: ends.append(revoke_client(client=machine, by=machine.created_by).revoked_at)] * 2)

    assert len(ends) == 2
    assert len(set(ends)) == 1
