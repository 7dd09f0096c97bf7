import pytest

from coursefile.load import load_course
from courses.models import Course
from tests.coursefile.files import EXAMPLE, small
from tests.coursefile.settings_page import FULL
from tests.factories import UserFactory


@pytest.fixture
def author(db):
    """Who loads files in these tests, and teaches the courses that come of it."""
    return UserFactory(name="Ina Instructor")


@pytest.fixture
def small_course(author):
    load_course(small(), by=author)
    return Course.objects.get(slug="small")


@pytest.fixture
def example_course(author):
    load_course(EXAMPLE, by=author)
    return Course.objects.get(slug="ece697il")


@pytest.fixture
def full_course(author, client):
    """The small course with every table; its instructor is signed in."""
    load_course(FULL, by=author)
    client.force_login(author)
    return Course.objects.get(slug="small")
