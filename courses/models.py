"""A course, who is in it, when it meets and what it reads."""

import secrets
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

key_validator = RegexValidator(
    r"^[a-z0-9][a-z0-9-]*$", "Use small letters, digits and hyphens, starting with a letter or digit."
)


class Role(models.TextChoices):
    STUDENT = "student", "Student"
    ASSISTANT = "assistant", "Assistant"
    INSTRUCTOR = "instructor", "Instructor"
    OBSERVER = "observer", "Observer"


STAFF_ROLES = (Role.ASSISTANT, Role.INSTRUCTOR)
# An invitation whose message was lost is queued again: not while its own message may be under way, and not for
# ever, since an address may be wrong.
INVITED_AFTER, INVITED_WITHIN = timedelta(minutes=5), timedelta(days=3)


def validate_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValidationError(f"{name!r} is not a time zone; write one like America/New_York.") from None


class CourseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Public courses, and those the user is enrolled in."""
        public = models.Q(is_public=True)
        if not user.is_authenticated:
            return self.filter(public)
        return self.within(user.reach).filter(
            public | models.Exists(Enrollment.objects.active().filter(course=models.OuterRef("pk"), user=user))
        )

    def joined_by(self, user):
        """Courses the user is enrolled in."""
        if not user.is_authenticated:
            return self.none()
        mine = Enrollment.objects.active().filter(course=models.OuterRef("pk"), user=user)
        return self.within(user.reach).filter(models.Exists(mine))

    def within(self, reach):
        """What the key at hand reaches (accounts.models.Reach); None narrows nothing."""
        return self if reach is None else self.filter(slug__in=reach.courses)


class Course(models.Model):
    slug = models.SlugField(max_length=60, unique=True, validators=[key_validator])
    code = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    term = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=60, default="UTC", validators=[validate_time_zone])
    starts_on = models.DateField()
    ends_on = models.DateField()
    is_public = models.BooleanField(default=False)
    description = models.TextField(blank=True)
    # When the class usually meets; a meeting that says nothing else takes these.
    meets_on = models.JSONField(default=list, blank=True)  # ["Tuesday", "Thursday"]
    meets_from = models.TimeField(default=time(9, 0))
    meets_until = models.TimeField(default=time(10, 0))
    room = models.CharField(max_length=120, blank=True)
    links = models.JSONField(default=list, blank=True)  # [{"title": str, "url": str}]
    created_at = models.DateTimeField(default=timezone.now)
    # When something that may change everybody's grade last changed (calendar, policy, rules).
    grades_changed_at = models.DateTimeField(default=timezone.now)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="course_ends_after_start")
        ]

    def __str__(self):
        return f"{self.code} {self.title}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local(self, moment: datetime) -> datetime:
        """The moment in the course's time zone."""
        return moment.astimezone(self.zone)

    def at(self, day: date, clock: time) -> datetime:
        """The aware moment at which clocks in the course's zone show this day and time."""
        return datetime.combine(day, clock, tzinfo=self.zone)

    def today(self) -> date:
        return self.local(timezone.now()).date()


class EnrollmentQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def students(self):
        return self.filter(role=Role.STUDENT)

    def staff(self):
        return self.filter(role__in=STAFF_ROLES)

    def graded(self, at: datetime | None = None):
        """The active students; with `at`, who was one at that moment, as far as the row tells: when they came and left."""
        if at is None:
            return self.active().students()
        return self.filter(models.Q(left_at__gt=at) | models.Q(role=Role.STUDENT, is_active=True), created_at__lte=at)

    def among(self, ids):
        """These enrollments only; None leaves the set as it is."""
        return self if ids is None else self.filter(pk__in=ids)

    def instructors(self):
        return self.filter(role=Role.INSTRUCTOR)

    def in_state(self, state: str):
        """The set to `Enrollment.state`."""
        if state == "inactive":
            return self.filter(is_active=False)
        return self.active().filter(user__last_login__isnull=state == "invited")

    def waiting_for_invitation(self, now: datetime):
        """Whom a roster enrolled lately and no mail has reached: their message was lost, or never taken."""
        never_used = {"user__last_login": None, "user__password__startswith": UNUSABLE_PASSWORD_PREFIX}
        lately = (now - INVITED_WITHIN, now - INVITED_AFTER)
        return self.active().filter(invitation_sent_at=None, created_at__range=lately, **never_used)

    def for_display(self):
        return self.select_related("user")


class Enrollment(models.Model):
    """A user in a course with a role; work hangs on this row, so it is deactivated, never deleted."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="enrollments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrollments")
    role = models.CharField(max_length=12, choices=Role, default=Role.STUDENT)
    section = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    # When they ceased to be an active student, by leaving or by another role; None for who is one, and who never was.
    left_at = models.DateTimeField(null=True, blank=True)
    # When the person was last mailed about this course; None while a mail waits or was never asked for.
    invitation_sent_at = models.DateTimeField(null=True, blank=True)
    # When something last changed that the grade rests on: as staff see it, and as the student sees it.
    # Two stamps, or the time of a change would tell a student of a mark that is not released.
    grade_changed_at = models.DateTimeField(default=timezone.now)
    released_changed_at = models.DateTimeField(default=timezone.now)

    # No column: an action sets it on the row at hand when its invitation could not be queued.
    mail_is_late = False

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        ordering = ["user__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "user"], name="one_enrollment_per_course_and_user"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="enrollment_role_is_known"),
        ]

    def __str__(self):
        return self.user.name

    def become(self, *, role: str, section: str, is_active: bool) -> None:
        """Take these on; the caller saves, see BECOMES."""
        was_graded = self.is_active and self.is_student
        self.role, self.section, self.is_active = role, section, is_active
        if self.is_active and self.is_student:
            self.left_at = None
        elif was_graded:
            self.left_at = timezone.now()

    BECOMES = ("role", "section", "is_active", "left_at")

    @property
    def state(self) -> str:
        """inactive, invited (has never signed in) or active; reads self.user."""
        if not self.is_active:
            return "inactive"
        return "active" if self.user.last_login else "invited"

    @property
    def is_student(self) -> bool:
        return self.role == Role.STUDENT

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF_ROLES

    @property
    def is_instructor(self) -> bool:
        return self.role == Role.INSTRUCTOR


def new_join_code() -> str:
    return secrets.token_urlsafe(12)


class JoinLink(models.Model):
    """A link by which people enroll themselves; it can expire, run out and be revoked."""

    ROLES = (Role.STUDENT, Role.OBSERVER)  # never a staff role: whoever has the link has what it gives

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="join_links")
    code = models.CharField(max_length=32, unique=True, default=new_join_code)
    role = models.CharField(max_length=12, choices=[(role.value, role.label) for role in ROLES], default=Role.STUDENT)
    section = models.CharField(max_length=40, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(max_uses=None) | models.Q(uses__lte=models.F("max_uses")), name="join_link_uses_within_limit"
            ),
            models.CheckConstraint(condition=models.Q(role__in=["student", "observer"]), name="join_link_gives_no_staff_role"),
        ]

    def __str__(self):
        return self.code

    @property
    def is_usable(self) -> bool:
        return self.refusal(timezone.now()) is None

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "revoked"
        if self.expires_at and self.expires_at <= timezone.now():
            return "expired"
        return "active" if self.is_usable else "used up"

    def refusal(self, now: datetime) -> str | None:
        """Why the link cannot be used at this moment, or None."""
        if self.revoked_at:
            return "This join link was revoked."
        if self.expires_at and self.expires_at <= now:
            return "This join link has expired."
        if self.max_uses is not None and self.uses >= self.max_uses:
            return "This join link has been used as often as it may be."
        return None


class Page(models.Model):
    """A piece of the course page in Markdown, such as the presentation guideline."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="pages")
    key = models.SlugField(max_length=60, validators=[key_validator])
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["course", "key"], name="page_key_is_unique_in_course")]

    def __str__(self):
        return self.title


class MeetingKind(models.TextChoices):
    PAPER = "paper", "Paper"
    PROJECT = "project", "Project"
    LECTURE = "lecture", "Lecture"
    HOLIDAY = "holiday", "Holiday"


class Meeting(models.Model):
    """One class meeting; `starts_at` and `ends_at` are clock times in the course's zone."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="meetings")
    key = models.SlugField(max_length=60, validators=[key_validator])
    date = models.DateField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    room = models.CharField(max_length=120, blank=True)
    topic = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=MeetingKind, default=MeetingKind.PAPER)

    class Meta:
        ordering = ["date", "starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="meeting_key_is_unique_in_course"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="meeting_ends_after_start"),
            models.CheckConstraint(condition=models.Q(kind__in=MeetingKind.values), name="meeting_kind_is_known"),
        ]

    def __str__(self):
        return f"{self.date} {self.topic}"

    @property
    def is_holiday(self) -> bool:
        return self.kind == MeetingKind.HOLIDAY

    # These two read self.course: load meetings with select_related("course") or through a course.
    @property
    def start(self) -> datetime:
        return self.course.at(self.date, self.starts_at)

    @property
    def end(self) -> datetime:
        return self.course.at(self.date, self.ends_at)

    @property
    def end_of_day(self) -> datetime:
        """Midnight after the meeting in the course's zone."""
        return self.course.at(self.date + timedelta(days=1), time(0))


class Paper(models.Model):
    """Something to read and review, on the reading list of a meeting."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="papers")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="papers")
    key = models.SlugField(max_length=60, validators=[key_validator])
    title = models.CharField(max_length=300)
    authors = models.CharField(max_length=500, blank=True)
    abstract = models.TextField(blank=True)  # plain text
    url = models.URLField(max_length=500, blank=True)
    pdf = models.FileField(upload_to="papers/", blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    # A review deadline of the paper's own; otherwise the course's rule counts back from the meeting.
    review_due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["meeting__date", "meeting__starts_at", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["course", "key"], name="paper_key_is_unique_in_course")]

    def __str__(self):
        return self.title
