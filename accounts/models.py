"""The person who signs in, and the tokens their programs use."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str, **fields):
        """Whoever may run commands on the server vouches for the address, so it needs no verification mail."""
        with transaction.atomic():
            user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
            user.emailaddress_set.create(email=user.email, primary=True, verified=True)
        return user

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


@dataclass(frozen=True, slots=True)
class Reach:
    """What the key at hand reaches, which may be less than what its person may: these courses (slugs) and no other.

    `as_instructor`: there is no person. The key was given an instructor's view of these courses (see machines).
    """

    courses: frozenset[str]
    as_instructor: bool = False


class User(AbstractBaseUser, PermissionsMixin):
    """A person; what they may do comes from their enrollments, not from this row.

    `is_superuser` is the department's administrator: may create courses, has no role in any.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    # No column: authentication sets it from the key that was sent; None is everything that the person may.
    reach: Reach | None = None

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case")]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name

    @property
    def was_never_used(self) -> bool:
        """Nobody has signed in yet: the account is a name on a roster."""
        return self.last_login is None and not self.has_usable_password()


class Scope(models.TextChoices):
    """What a token may touch; `:write` includes reading the same things."""

    COURSE_READ = "course:read", "Read courses, schedule, papers"
    COURSE_WRITE = "course:write", "Change the schedule and the roster"
    REVIEWS_READ = "reviews:read", "Read reviews"
    REVIEWS_WRITE = "reviews:write", "Write reviews"
    PRESENTATIONS_READ = "presentations:read", "Read presentations"
    PRESENTATIONS_WRITE = "presentations:write", "Assign presenters, hand in slides"
    PARTICIPATION_READ = "participation:read", "Read participation records"
    PARTICIPATION_WRITE = "participation:write", "Record participation"
    PROJECTS_READ = "projects:read", "Read teams and deliverables"
    PROJECTS_WRITE = "projects:write", "Change teams, hand in deliverables"
    GRADES_READ = "grades:read", "Read marks and grades"
    GRADES_WRITE = "grades:write", "Mark and release"


class TokenQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """A person's tokens are nobody else's business."""
        return self.filter(user=user)

    def usable(self, now: datetime):
        return self.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)


class Token(models.Model):
    """A program's key to the API; only its hash is stored."""

    PREFIX = "cp_"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=12, help_text="The first characters, so that people can tell tokens apart")
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    # Slugs, since accounts knows no courses; null is every course that the person is in, now and later.
    courses = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="token_expires_after_creation"
            )
        ]

    def __str__(self):
        return f"{self.name} ({self.hint}…)"

    @staticmethod
    def new_secret() -> str:
        return Token.PREFIX + secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(secret: str) -> str:
        """SHA-256 is enough here: the secret is 256 random bits, not a password."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= timezone.now() else "active"

    @property
    def reach(self) -> Reach | None:
        return None if self.courses is None else Reach(frozenset(self.courses))

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes or (scope.endswith(":read") and scope.replace(":read", ":write") in self.scopes)
