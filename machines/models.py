"""Programs that pull for a course rather than for a person, what each may reach, and the log of every pull."""

from datetime import datetime

from allauth.idp.oidc.models import Client
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from courses.models import Course, Enrollment

ONEROSTER = "https://purl.imsglobal.org/spec/or/v1p2/scope/"


class MachineScope(models.TextChoices):
    """What a client may ask for. Nothing that writes the portal's own API: a machine there has no name to sign with."""

    GRADES_READ = "grades:read", "Read marks and grades by the portal's own API"
    CORE_READ = f"{ONEROSTER}gradebook-core.readonly", "OneRoster: read categories, line items and results"
    READ = f"{ONEROSTER}gradebook.readonly", "OneRoster: read the same and score scales"
    CREATE_PUT = f"{ONEROSTER}gradebook.createput", "OneRoster: set marks (PUT)"
    CREATE_POST = f"{ONEROSTER}gradebook.createpost", "OneRoster: set marks (POST)"
    DELETE = f"{ONEROSTER}gradebook.delete", "OneRoster: clear marks (DELETE)"


class Sees(models.TextChoices):
    """Whose view of marks a client gets."""

    RELEASED = "released", "Only what students see: released marks"
    ALL = "all", "Every mark, as the instructor sees them"


class MachineClientQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The administrator's every one; otherwise those one made, and those that reach a course one teaches."""
        if user.is_superuser:
            return self
        taught = Enrollment.objects.active().instructors().filter(user=user).values("course")
        return self.filter(Q(created_by=user) | Exists(Grant.objects.filter(client=OuterRef("pk"), course__in=taught)))

    def usable(self, now: datetime):
        return self.filter(revoked_at=None, expires_at__gt=now)

    def for_display(self):
        return self.select_related("created_by", "oauth").prefetch_related(
            models.Prefetch("grants", Grant.objects.select_related("course", "granted_by").order_by("course__slug"))
        )


class MachineClient(models.Model):
    """What we know of an OAuth client beyond allauth's row of it. Nothing here changes but its end: for more, make another.

    `user` stands in for the program where a row must name who did something. Nobody signs in as it.
    """

    oauth = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="machine")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="machine")
    name = models.CharField(max_length=80)
    scopes = models.JSONField(default=list)
    sees = models.CharField(max_length=8, choices=Sees)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = MachineClientQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="machine_expires_after_creation"),
            models.CheckConstraint(condition=Q(sees__in=Sees.values), name="machine_sees_is_known"),
        ]

    def __str__(self):
        return self.name

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= timezone.now() else "active"


class GrantQuerySet(models.QuerySet):
    def standing(self):
        """Those not withdrawn, given by somebody who could still give them: a grant is as good as its giver."""
        teaches = Enrollment.objects.active().instructors().filter(course=OuterRef("course"), user=OuterRef("granted_by"))
        vouched = Q(granted_by__is_superuser=True) | Exists(teaches)
        return self.filter(vouched, withdrawn_at=None, granted_by__is_active=True)


class Grant(models.Model):
    """A client reaches a course, until somebody takes it back."""

    client = models.ForeignKey(MachineClient, on_delete=models.CASCADE, related_name="grants")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="machine_grants")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "course"], name="one_grant_per_client_and_course")]


class Via(models.TextChoices):
    SESSION = "session", "Signed in"
    TOKEN = "token", "Token"  # noqa: S105 - a word for the page
    CLIENT = "client", "Machine client"


class PullQuerySet(models.QuerySet):
    def for_display(self):
        return self.select_related("user")


class Pull(models.Model):
    """Somebody took grade data of the course. Rows are only ever added, which a trigger holds, and pruned by age.

    The key is named, not referred to: what was taken stays told when the key is gone. The address is the path alone; what
    stood in the query is not kept.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=8, choices=Via)
    key_id = models.BigIntegerField(null=True, blank=True)
    key_name = models.CharField(max_length=80, blank=True)
    scope = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=300)
    status = models.PositiveSmallIntegerField()
    rows = models.PositiveIntegerField(default=0)

    objects = PullQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["course", "-id"], name="pull_by_course"),
            models.Index(fields=["at"], name="pull_by_age"),
        ]
        constraints = [models.CheckConstraint(condition=Q(via__in=Via.values), name="pull_via_is_known")]
