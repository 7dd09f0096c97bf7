"""What the environment chooses, and what it must say before the portal starts."""

import ast
import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {"SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "portal.example.edu"}
SHOW = (
    "import courseportal.settings as s;"
    "print(s.DATABASES['default']['ENGINE'], s.CELERY_BROKER_URL, s.EMAIL_BACKEND, s.SHOW_DEVELOPER_MAIL, sep='\\n')"
)


PAGES = (
    "import courseportal.settings as s;"
    "print(s.DEBUG, s.SHOW_DEVELOPER_MAIL, s.WHITENOISE_USE_FINDERS, s.STORAGES['staticfiles']['BACKEND'].rpartition('.')[2])"
)


def start(tmp_path, show=SHOW, **environment) -> subprocess.CompletedProcess:
    """Read the settings in a process of their own, with nothing else in the environment."""
    env = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **environment}
    return subprocess.run(
        [sys.executable, "-c", show], env=env, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_does_not_start_without_its_key_and_hosts(tmp_path, name):
    environment = {key: value for key, value in PRODUCTION.items() if key != name}

    outcome = start(tmp_path, **environment)

    assert outcome.returncode == 1
    assert outcome.stderr.splitlines()[-1] == (
        f"django.core.exceptions.ImproperlyConfigured: Set {name} in the environment (or DEBUG=1 on a developer's machine)."
    )


OIDC = {"OIDC_ISSUER": "https://sso.example.edu", "OIDC_CLIENT_ID": "portal", "OIDC_CLIENT_SECRET": "s"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"OIDC_CLIENT_SECRET": ""},
            "Single sign-on needs OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET together. Not set: OIDC_CLIENT_SECRET.",
        ),
        (
            {"OIDC_ISSUER": "http://sso.example.edu"},
            "OIDC_ISSUER must be an https:// address: what comes from it says who signs in.",
        ),
    ],
)
def test_half_a_single_sign_on_does_not_start(tmp_path, change, says):
    outcome = start(tmp_path, **PRODUCTION, **OIDC | change)

    assert outcome.stderr.splitlines()[-1] == f"django.core.exceptions.ImproperlyConfigured: {says}"


def test_the_environment_sets_up_single_sign_on(tmp_path):
    show = "import courseportal.settings as s; print(s.SOCIALACCOUNT_PROVIDERS['openid_connect']['APPS'][0])"

    outcome = start(tmp_path, show, **PRODUCTION, **OIDC, OIDC_NAME="Example", OIDC_TRUSTED_DOMAINS="example.edu,a.edu")

    assert ast.literal_eval(outcome.stdout) == {
        "provider_id": "sso",
        "name": "Example",
        "client_id": "portal",
        "secret": "s",
        "settings": {
            "server_url": "https://sso.example.edu",
            "oauth_pkce_enabled": True,
            "verified_email": ["example.edu", "a.edu"],
        },
    }


def test_the_environment_alone_chooses_database_broker_and_mail(tmp_path):
    outcome = start(
        tmp_path,
        **PRODUCTION,
        DATABASE_URL="postgres://portal@db.invalid/portal",
        REDIS_URL="redis://broker.invalid/0",
        EMAIL_URL="smtp://mail.invalid:25",
    )

    assert outcome.stdout.splitlines() == [
        "django.db.backends.postgresql",
        "redis://broker.invalid/0",
        "django.core.mail.backends.smtp.EmailBackend",
        "False",
    ]


def test_a_developer_needs_no_environment_but_debug(tmp_path):
    outcome = start(tmp_path, DEBUG="1")

    assert outcome.stdout.splitlines() == [
        "django.db.backends.sqlite3",
        f"redis+socket://{tmp_path}/broker.sock",
        "django.core.mail.backends.filebased.EmailBackend",
        "True",
    ]


def test_the_demo_has_a_developers_settings_and_the_portals_own_error_pages(tmp_path):
    developer, demo = (start(tmp_path, PAGES, DEBUG="1", **env).stdout.split() for env in ({}, {"DEBUG_PAGES": "0"}))

    assert developer == ["True", "True", "True", "StaticFilesStorage"]
    assert demo == ["False", *developer[1:]]


def test_error_pages_for_developers_need_debug(tmp_path):
    assert start(tmp_path, PAGES, **PRODUCTION, DEBUG_PAGES="1").stdout.split()[:2] == ["False", "False"]


def test_a_developers_key_is_kept_and_is_nobody_elses(tmp_path):
    start(tmp_path, DEBUG="1")
    first = (tmp_path / "secret-key").read_text()

    start(tmp_path, DEBUG="1")

    assert (tmp_path / "secret-key").read_text() == first
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_the_brokers_socket_has_a_short_path_in_a_deep_folder(tmp_path):
    deep = tmp_path / ("deep-" * 30)

    outcome = start(tmp_path, DEBUG="1", VAR_DIR=str(deep))

    socket = outcome.stdout.splitlines()[1].removeprefix("redis+socket://")
    assert len(socket) < 107


def test_an_unknown_storage_is_refused(tmp_path):
    outcome = start(tmp_path, **PRODUCTION, STORAGE="ftp")

    assert outcome.stderr.splitlines()[-1] == (
        "django.core.exceptions.ImproperlyConfigured: STORAGE is 'ftp'; it must be 'local' or 's3'."
    )


def test_the_log_level_holds_for_what_django_says_as_well():
    levels = {settings.LOGGING["root"]["level"], settings.LOGGING["loggers"]["django"]["level"]}

    assert levels == {settings.LOG_LEVEL}
    assert logging.getLogger("django").handlers == []  # or each warning would be printed twice with DEBUG
