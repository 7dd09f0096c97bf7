from datetime import date

import pytest
import time_machine

from tests.factories import EnrollmentFactory
from tests.grading.examples import course_with_policy
from tests.machines.keys import access_to, teacher_of
from tests.oneroster.examples import ALL, BASE, NOW, with_exam


@pytest.fixture(autouse=True)
def mid_term():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def course(db):
    return course_with_policy(with_exam(), ends_on=date(2099, 12, 20))


@pytest.fixture
def student(course):
    return EnrollmentFactory(course=course, user__name="Ada", user__email="ada@example.edu")


@pytest.fixture
def teacher(course):
    return teacher_of(course)


@pytest.fixture
def ask(client, course, teacher):
    """A request of a program that the course has let in; `sees` and `scopes` as its client was made."""
    keys = {}

    def send(path, method="get", body=None, sees="all", scopes=ALL):
        key = (sees, tuple(scopes))
        if key not in keys:
            keys[key] = access_to(course, by=teacher, sees=sees, scopes=scopes, name=f"Sync {len(keys)}")[1]
        content = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(client, method)(BASE + path, headers=keys[key], **content)

    return send
