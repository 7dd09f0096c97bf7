"""Settings, read from the environment; see docs/operations.md for every variable.

Nothing here probes for a service: DATABASE_URL and REDIS_URL alone choose PostgreSQL and Redis.
"""

import hashlib
import secrets
import shlex
import tempfile
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Where the embedded default keeps its database, uploads, mail and broker socket.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=False)


def required(name: str, value):
    """A setting that only DEBUG may leave out."""
    if not value and not DEBUG:
        raise ImproperlyConfigured(f"Set {name} in the environment (or DEBUG=1 on a developer's machine).")
    return value


def developers_key() -> str:
    """A key of this machine's own, kept so that people stay signed in over a restart."""
    path = VAR_DIR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = required("SECRET_KEY", env.str("SECRET_KEY", default="")) or developers_key()
ALLOWED_HOSTS = required("ALLOWED_HOSTS", env.list("ALLOWED_HOSTS", default=[])) or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The address that mails and tasks, which have no request, put in front of links.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.idp.oidc",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "csp",
    "core",
    "accounts",
    "courses",
    "machines",
    "reviews",
    "presentations",
    "projects",
    "participation",
    "digest",
    "exchange",
    "similarity",
    "discussion",
    "talks",
    "grading",
    "gradefiles",
    "feed",
    "planner",
    "oneroster",
    "coursefile",
    "home",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.SlashForReaders",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "core.signed_out.KeepWhatWasTyped",
    "core.middleware.RefuseNulBytes",
    "machines.middleware.LogPulls",
]

ROOT_URLCONF = "courseportal.urls"
WSGI_APPLICATION = "courseportal.wsgi.application"
# Forms are laid out by templates/django/forms/.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.site",
            ],
            "builtins": ["core.templatetags.portal"],
        },
    }
]

# Database: SQLite beside the code unless DATABASE_URL names another.
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Without IMMEDIATE two writers that both read first fail with "database is locked" whatever the timeout.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # PostgreSQL plans a statement once per connection, not once per request: half of its time on the daily pages.
    # A proxy that gives each transaction another connection needs PREPARED_STATEMENTS=0.
    if env.bool("PREPARED_STATEMENTS", default=True):
        DATABASES["default"].setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "core.redis_cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": env.str("REDIS_PREFIX", default=""),
        }
    }
else:
    # Rate limits must hold across worker processes, so a per-process cache would not do.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db" if REDIS_URL else "django.contrib.sessions.backends.db"

# Tasks: any Redis address; by default the socket of the broker that `make demo` starts.
BROKER_SOCKET = VAR_DIR / "broker.sock"
if len(str(BROKER_SOCKET)) > 100:  # the kernel takes 107 bytes
    BROKER_SOCKET = Path(tempfile.gettempdir()) / f"portal-{hashlib.sha256(str(VAR_DIR).encode()).hexdigest()[:16]}.sock"
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{BROKER_SOCKET}"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
# A dead worker's tasks come back after the visibility timeout, which must exceed the longest task.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "global_keyprefix": env.str("REDIS_PREFIX", default=""),  # for two portals on one Redis
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "work"
# Beat's ticks have a queue of their own, or they would wait behind slow work.
CELERY_TASK_ROUTES = {
    "planner.tasks.plan_reminders": {"queue": "ticks"},
    "planner.tasks.plan_course": {"queue": "ticks"},
    "grading.tasks.release_what_is_due": {"queue": "ticks"},
    "similarity.tasks.compare_changed": {"queue": "ticks"},
    "feed.tasks.publish_to_webhooks": {"queue": "ticks"},
}
# Seconds between looks for changed grades to push; what only time changes may be told so much later to who pulls, too.
FEED_INTERVAL = env.int("FEED_INTERVAL", default=30)
# Whether webhooks may go to addresses inside a network, and without TLS; never where anybody else is an instructor.
WEBHOOKS_INSIDE = env.bool("WEBHOOKS_INSIDE", default=DEBUG)
CELERY_BEAT_SCHEDULE = {
    "plan-reminders": {
        "task": "planner.tasks.plan_reminders",
        "schedule": env.int("REMINDER_INTERVAL", default=60),
        # A tick that waited longer than the next one is worthless.
        "options": {"expires": 120},
    },
    "send-waiting-invitations": {
        "task": "courses.tasks.send_waiting_invitations",
        "schedule": 900,
        "options": {"expires": 900},
    },
    "send-waiting-notices": {
        "task": "discussion.tasks.send_waiting_notices",
        "schedule": 900,
        "options": {"expires": 900},
    },
    "send-waiting-regrade-notices": {
        "task": "grading.tasks.send_waiting_regrade_notices",
        "schedule": 900,
        "options": {"expires": 900},
    },
    "release-what-is-due": {
        "task": "grading.tasks.release_what_is_due",
        "schedule": 60,
        # A tick that waited longer than the next one is worthless.
        "options": {"expires": 120},
    },
    "prune-access-log": {"task": "machines.tasks.prune", "schedule": 24 * 3600, "options": {"expires": 3600}},
    "publish-to-webhooks": {
        "task": "feed.tasks.publish_to_webhooks",
        "schedule": FEED_INTERVAL,
        # A tick that waited longer than the next one is worthless.
        "options": {"expires": 60},
    },
    "send-waiting-place-notices": {
        "task": "presentations.tasks.send_waiting_notices",
        "schedule": 900,
        "options": {"expires": 900},
    },
    "compare-reviews": {
        "task": "similarity.tasks.compare_changed",
        "schedule": 900,
        "options": {"expires": 900},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# Mail: into files that the developer's mail page shows, unless EMAIL_URL names a server.
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_TIMEOUT = 30  # seconds; a mail server that does not answer must not hold a worker for ever
SHOW_DEVELOPER_MAIL = DEBUG and not EMAIL_URL
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="CoursePortal <portal@localhost>")

# Files: a local folder, or S3 with STORAGE=s3 and django-storages' own AWS_* settings.
MEDIA_ROOT = VAR_DIR / "media"
STORAGE = env.str("STORAGE", default="local")
if STORAGE == "s3":
    _files = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("AWS_STORAGE_BUCKET_NAME"),
            "endpoint_url": env.str("AWS_S3_ENDPOINT_URL", default=None),
            "region_name": env.str("AWS_S3_REGION_NAME", default=None),
            "default_acl": None,
            "file_overwrite": False,
        },
    }
elif STORAGE == "local":
    _files = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
else:
    raise ImproperlyConfigured(f"STORAGE is {STORAGE!r}; it must be 'local' or 's3'.")
STORAGES = {
    "default": _files,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024)
# A command with its arguments, or one function as package.module:name; empty: nothing is scanned.
UPLOAD_SCANNER = shlex.split(env.str("UPLOAD_SCANNER", default=""))
# Above the 10 MB that somebody may paste into one field, so that the form itself can say what is too long.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Accounts: allauth's own pages; an account comes from a roster or a join link, never from nowhere.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "courses.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"login": "accounts.signing_in.SignInForm"}
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupDetails"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser that signed up only
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "CoursePortal"
# Browsers allow passkeys over plain http on localhost only, which is where DEBUG runs.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
USERSESSIONS_TRACK_ACTIVITY = False
PASSWORD_RESET_TIMEOUT = 14 * 24 * 3600
# Single sign-on by OpenID Connect: the university's sign-in page opens the account that has the address it vouches for.
OIDC = {name: env.str(name, default="") for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")}
if any(OIDC.values()) and not all(OIDC.values()):
    unset = ", ".join(name for name, value in OIDC.items() if not value)
    raise ImproperlyConfigured(f"Single sign-on needs {', '.join(OIDC)} together. Not set: {unset}.")
OIDC_ISSUER = OIDC["OIDC_ISSUER"].rstrip("/")
if OIDC_ISSUER and not OIDC_ISSUER.startswith("https://") and not DEBUG:
    raise ImproperlyConfigured("OIDC_ISSUER must be an https:// address: what comes from it says who signs in.")
OIDC_NAME = env.str("OIDC_NAME", default="your university")
SOCIALACCOUNT_ADAPTER = "accounts.sso.adapter.SingleSignOnAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
OIDC_APP = {
    "provider_id": "sso",
    "name": OIDC_NAME,
    "client_id": OIDC["OIDC_CLIENT_ID"],
    "secret": OIDC["OIDC_CLIENT_SECRET"],
    "settings": {
        "server_url": OIDC_ISSUER,
        "oauth_pkce_enabled": True,
        # It says itself which addresses it has verified; of these domains it is believed though it says nothing.
        "verified_email": env.list("OIDC_TRUSTED_DOMAINS", default=[]),
    },
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [OIDC_APP] if OIDC_ISSUER else []}}
# Of allauth's identity provider the portal uses client credentials alone. Access tokens are random and looked up, never
# signed: a revocation holds at once, and there is no signing key to keep.
IDP_OIDC_ACCESS_TOKEN_FORMAT = "opaque"  # noqa: S105 - a format's name
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600  # seconds
IDP_OIDC_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]
PULL_LOG_DAYS = env.int("PULL_LOG_DAYS", default=400)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:landing"
ACCOUNT_LOGOUT_REDIRECT_URL = "home:landing"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "machines.authentication.MachineAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.JsonParser"],
    "DEFAULT_METADATA_CLASS": "core.api.Metadata",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "core.api.LinkedPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "user": env.str("API_RATE", default="1200/min"),
        "token_endpoint": env.str("TOKEN_RATE", default="60/min"),
    },
    "EXCEPTION_HANDLER": "core.api.problem_details",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "CoursePortal API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "core.openapi.state_refusals"],
    # A join link offers fewer roles than an enrollment has; without names of ours the two would get made-up ones.
    "ENUM_NAME_OVERRIDES": {"RoleEnum": "courses.models.Role.choices"},
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"  # but for a paper's PDF, which the review editor shows in a frame of our own
if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = SECURE_SSL_REDIRECT
    CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": [],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        # Bars and meters carry their size in a style attribute; scripts stay locked.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    },
}

# Static files straight from the source folders, so that a developer need not collect them.
WHITENOISE_USE_FINDERS = DEBUG
# From here on DEBUG means Django's pages for developers only, which the demo does without.
DEBUG = DEBUG and env.bool("DEBUG_PAGES", default=True)

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Django's own has a level and a handler of its own, which would print what LOG_LEVEL leaves out.
    "loggers": {"django": {"handlers": [], "level": LOG_LEVEL}},
}
