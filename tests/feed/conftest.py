import pytest

from tests.feed.receiver import receiving
from tests.grading.examples import course_with_policy


@pytest.fixture
def course(db):
    return course_with_policy()


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_INSIDE = True
    with receiving() as receiver:
        yield receiver
