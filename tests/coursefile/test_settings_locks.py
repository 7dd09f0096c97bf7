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
def test_of_two_changes_at_once_one_is_applied_and_the_other_told():
    author = UserFactory()
    load_course(FULL, by=author)
    course = Course.objects.get(slug="small")
    clients = [Client(), Client()]
    for client, user in zip(clients, (author, EnrollmentFactory(course=course, role="instructor").user), strict=True):
        client.force_login(user)
    grace, points = sent(clients[0], "reviews", grace_minutes="30"), sent(clients[1], "participation", attended_points="5")

    answers = at_once(
        [
            partial(clients[0].post, address("reviews"), grace | {"apply": "1"}),
            partial(clients[1].post, address("participation"), points | {"apply": "1"}),
        ]
    )

    data = data_of(course)
    applied = ["grace_minutes" in data["reviews"], data["participation"] == {"attended_points": 5}]
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert [answer.status_code == 302 for answer in answers] == applied
