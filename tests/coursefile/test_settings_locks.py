"""Two instructors apply what each of them saw: with real threads, on PostgreSQL."""

from functools import partial

import pytest
from django.test import Client

from coursefile.load import load_course
from courses.models import Course
from tests.coursefile.settings_page import FULL, address, data_of, sent
from tests.factories import EnrollmentFactory, UserFactory
from tests.threads import at_once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("section", "key", "value", "statuses"),
    [("participation", "attended_points", "5", [302, 302]), ("reviews", "grace_minutes", "45", [302, 409])],
)
def test_of_two_changes_at_once_both_are_applied_unless_they_are_of_the_same(section, key, value, statuses):
    author = UserFactory()
    load_course(FULL, by=author)
    course = Course.objects.get(slug="small")
    clients = [Client(), Client()]
    for client, user in zip(clients, (author, EnrollmentFactory(course=course, role="instructor").user), strict=True):
        client.force_login(user)
    first, second = sent(clients[0], "reviews", grace_minutes="30"), sent(clients[1], section, **{key: value})

    answers = at_once(
        [
            partial(clients[0].post, address("reviews"), first | {"apply": "1"}),
            partial(clients[1].post, address(section), second | {"apply": "1"}),
        ]
    )

    data = data_of(course)
    applied = [data["reviews"].get("grace_minutes") == 30, data[section].get(key) == int(value)]
    assert sorted(answer.status_code for answer in answers) == statuses
    assert [answer.status_code == 302 for answer in answers] == applied
