import gc
import os

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from hypothesis import settings as laws

from core import kept
from tests import flush
from tests.client import QuickClient
from tests.factories import CourseFactory, EnrollmentFactory, UserFactory

# A law fails when it is broken, not when the machine is busy; and the same examples are made each time, unless EXPLORE=1.
laws.register_profile("courseportal", deadline=None, derandomize=os.environ.get("EXPLORE") != "1")
laws.load_profile("courseportal")
COLLECTED = pytest.StashKey[int]()


def pytest_configure(config):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns of a folder that `collectstatic` has not made
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"  # one count of queries, with Redis and without
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.CELERY_TASK_EAGER_PROPAGATES = True
    settings.ACCOUNT_RATE_LIMITS = False
    flush.install()


@pytest.hookimpl(tryfirst=True)  # before what `-m` asks for is picked out
def pytest_collection_modifyitems(config, items):
    """Counts what is there, and marks what asks neither a database nor a broker: CI runs that once."""
    config.stash[COLLECTED] = len(items)
    for item in items:
        asks = {"db", "transactional_db", "live_server"} & set(item.fixturenames)
        if not asks and not any(item.get_closest_marker(name) for name in ("django_db", "postgres", "redis", "browser")):
            item.add_marker("backendless")


def pytest_collection_finish():
    """What was imported stays: the collector need not look through it again and again, a tenth of the whole run.

    New objects are looked through while the processor's cache still holds them, which takes a third of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 1_000, 100)


def pytest_sessionfinish():
    """pytest looks for errors in what is left, five times over; once finds what there is."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item):
    """Where CI runs (REQUIRE_BACKENDS=1), a missing backend is a failure, not a skip."""
    for marker, present in (
        ("postgres", connection.vendor == "postgresql"),
        ("redis", bool(settings.REDIS_URL)),
    ):
        if item.get_closest_marker(marker) and not present:
            message = f"needs {marker}: set {'DATABASE_URL' if marker == 'postgres' else 'REDIS_URL'}"
            if os.environ.get("REQUIRE_BACKENDS") == "1":
                pytest.fail(message, pytrace=False)
            pytest.skip(message)


@pytest.fixture(autouse=True)
def forget_what_is_kept():
    """Tests share primary keys and moments, so what one left in the cache would be true of another."""
    cache.clear()
    kept.forget_all()


@pytest.fixture
def wsgi():
    """The portal as a web server calls it, within the test's transaction: a request's start and end would close it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def client():
    return QuickClient()


@pytest.fixture
def course(db):
    return CourseFactory()


@pytest.fixture
def student(course):
    return EnrollmentFactory(course=course)


@pytest.fixture
def assistant(course):
    return EnrollmentFactory(course=course, role="assistant")


@pytest.fixture
def instructor(course):
    return EnrollmentFactory(course=course, role="instructor")


@pytest.fixture
def outsider(db):
    return UserFactory()
