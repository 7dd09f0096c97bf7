"""Headless Chromium from the system against a live server with the real style sheets and scripts."""

import fcntl
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from playwright.sync_api import expect

from courses.models import Course
from demo.seed import SLUG, seed

LAUNCH = {
    "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
    "args": ["--no-sandbox", "--disable-background-networking", "--disable-gpu", "--disable-dev-shm-usage"],
}
expect.set_options(timeout=20_000)  # milliseconds; CI's two cores also run the server and the browser


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)
            # A live server needs rows that other connections see.
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, **LAUNCH}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """SQLite in a file: threads that share one connection in memory would share its transaction too."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(settings.VAR_DIR / "browser.sqlite3")


@pytest.fixture(scope="session")
def base_url(live_server) -> str:
    """`page.goto("/account/login/")` goes to the live server."""
    return live_server.url


@pytest.fixture(autouse=True, scope="session")
def allow_orm_beside_playwright():
    """Playwright's loop runs in this thread, and Django takes that for asynchronous code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def sign_in(context, base_url):
    """`sign_in(user)`: the browser has that user's session, without the sign-in page."""

    def as_user(user) -> None:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        context.clear_cookies()
        context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": base_url}])

    return as_user


@pytest.fixture(scope="session")
def kept_course(tmp_path_factory):
    """The folder of the demo's course as it was made, of all processes of this run."""
    folder = tmp_path_factory.getbasetemp()
    return (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "demo-course"


@pytest.fixture
def demo_course(transactional_db, settings, tmp_path, kept_course) -> Course:
    """The course that `make demo` shows, with its mail in files."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.SHOW_DEVELOPER_MAIL = True
    settings.MEDIA_ROOT = tmp_path / "media"
    if connection.vendor != "sqlite":
        seed()
    else:
        with alone(kept_course):
            if kept_course.exists():
                take_back(kept_course, tmp_path)
            else:
                seed()
                keep(kept_course, tmp_path)
    return Course.objects.get(slug=SLUG)


@contextmanager
def alone(folder):
    """No other process is in here meanwhile: the second waits for what the first makes."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def keep(kept, folder) -> None:
    """Making the course takes ten seconds: the first test that needs it leaves a copy for the others."""
    shutil.copytree(folder, kept)
    with closing(sqlite3.connect(kept / "database")) as copy:
        connection.connection.backup(copy)


def take_back(kept, folder) -> None:
    connection.ensure_connection()
    for name in ("mail", "media"):
        shutil.copytree(kept / name, folder / name)
    with closing(sqlite3.connect(kept / "database")) as copy:
        copy.backup(connection.connection)
