"""Presentation slots, their roles, who has them, and the slides."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from courses.models import Course, Enrollment, Meeting, Paper, key_validator


class SlotQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The slots of the courses that the user may look at: who presents is on the public schedule."""
        return self.filter(course__in=Course.objects.visible_to(user))

    def for_display(self):
        """With everything a page shows of a slot: its roles, who stands in them, and its slides, newest first."""
        standing = SignUp.objects.standing().select_related("enrollment__user")
        return self.select_related("course", "meeting", "paper").prefetch_related(
            models.Prefetch("roles__sign_ups", standing),
            models.Prefetch("slides", Slides.objects.select_related("uploaded_by")),
        )


class Slot(models.Model):
    """One presentation at one meeting, usually of one paper."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="slots")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="slots")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, null=True, blank=True, related_name="slots")
    key = models.SlugField(max_length=60, validators=[key_validator])
    title = models.CharField(max_length=300, blank=True)  # when there is no paper
    position = models.PositiveSmallIntegerField(default=0)

    objects = SlotQuerySet.as_manager()

    class Meta:
        ordering = ["meeting__date", "meeting__starts_at", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["course", "key"], name="slot_key_is_unique_in_course")]

    def __str__(self):
        return self.paper.title if self.paper_id else self.title or "Presentation"

    # These read what `for_display` loads.
    @property
    def sign_ups(self) -> list["SignUp"]:
        """Who stands in any of the roles, in the roles' order."""
        return [sign_up for role in self.roles.all() for sign_up in role.standing]

    @property
    def latest_slides(self) -> "Slides | None":
        return next(iter(self.slides.all()), None)


class PresentationRules(models.Model):
    """The roles that every slot of the course has: [{"key": str, "title": str, "capacity": int}, ...]."""

    course = models.OneToOneField(Course, on_delete=models.CASCADE, primary_key=True, related_name="presentation_rules")
    roles = models.JSONField(default=list)


class SlotRole(models.Model):
    """A part in a slot ("motivation and body", "discussion") that `capacity` people fill."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="roles")
    key = models.SlugField(max_length=60, validators=[key_validator])
    title = models.CharField(max_length=120)
    capacity = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "key"], name="slot_role_key_is_unique_in_slot"),
            models.CheckConstraint(condition=models.Q(capacity__gte=1), name="slot_role_capacity_is_positive"),
        ]

    def __str__(self):
        return self.title

    @property
    def standing(self) -> list["SignUp"]:
        """Who has the role; reads the prefetched sign-ups."""
        return [sign_up for sign_up in self.sign_ups.all() if sign_up.withdrawn_at is None]

    @property
    def open_places(self) -> int:
        """How many people it still takes; a capacity lowered since never makes this negative."""
        return max(0, self.capacity - len(self.standing))


class SignUpQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(withdrawn_at=None)


class SignUp(models.Model):
    """A student, or a guest without an account, has a role of a slot.

    A withdrawn sign-up keeps its row, because a mark may hang on it.
    """

    role = models.ForeignKey(SlotRole, on_delete=models.PROTECT, related_name="sign_ups")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="sign_ups")
    guest_name = models.CharField(max_length=150, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "enrollment"],
                condition=models.Q(withdrawn_at=None),
                name="one_standing_sign_up_per_role_and_student",
            ),
            models.CheckConstraint(
                condition=models.Q(enrollment__isnull=False, guest_name="")
                | (models.Q(enrollment=None) & ~models.Q(guest_name="")),
                name="sign_up_is_a_student_or_a_guest",
            ),
        ]

    def __str__(self):
        return self.guest_name or self.enrollment.user.name


class Slides(models.Model):
    """One version of a slot's slides: a file or a link."""

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="slides")
    number = models.PositiveIntegerField()
    url = models.URLField(max_length=500, blank=True)
    file = models.FileField(upload_to="slides/", blank=True)
    file_kind = models.CharField(max_length=8, blank=True)
    file_name = models.CharField(max_length=100, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "number"], name="slides_number_is_unique_in_slot"),
            models.CheckConstraint(condition=~models.Q(url="") | ~models.Q(file=""), name="slides_are_a_file_or_a_link"),
        ]

    def get_absolute_url(self):
        """Where the slides open: the link, or the file on this site. Reads slot.course."""
        return self.url or reverse("presentations:slides_file", args=[self.slot.course.slug, self.slot.key, self.number])
