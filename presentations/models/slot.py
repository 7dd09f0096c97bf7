"""Presentation slots and their roles."""

from datetime import datetime

from django.db import models

from courses.models import Course, Meeting, Paper, key_validator
from presentations.models.sign_up import SignUp
from presentations.models.slides import Slides


class SlotQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The slots of the courses that the user may look at: who presents is on the public schedule."""
        return self.filter(course__in=Course.objects.visible_to(user))

    def for_display(self):
        """With everything a page shows of a slot: its roles, who stands in them, and its slides, newest first."""
        standing = SignUp.objects.standing().select_related("enrollment__user")
        return self.select_related("course__presentation_rules", "meeting", "paper").prefetch_related(
            models.Prefetch("roles__sign_ups", standing),
            models.Prefetch("slides", Slides.objects.select_related("uploaded_by")),
        )


def slot_title(own: str, of_paper: str | None) -> str:
    """What a slot is called; `of_paper` is None where it is about no paper."""
    return (own or "Presentation") if of_paper is None else of_paper


class Slot(models.Model):
    """One presentation at one meeting, usually of one paper."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="slots")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="slots")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, null=True, blank=True, related_name="slots")
    key = models.SlugField(max_length=60, validators=[key_validator])
    title = models.CharField(max_length=300, blank=True)  # when there is no paper
    position = models.PositiveSmallIntegerField(default=0)
    # What is left empty is as the course's rules say.
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    slides_due_at = models.DateTimeField(null=True, blank=True)

    # No column: `slots_of_meetings` sets it for the viewer at hand.
    shows_slides = False

    objects = SlotQuerySet.as_manager()

    class Meta:
        ordering = ["meeting__date", "meeting__starts_at", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["course", "key"], name="slot_key_is_unique_in_course")]

    def __str__(self):
        return slot_title(self.title, self.paper.title if self.paper_id else None)

    # These read what `for_display` loads.
    @property
    def start(self) -> datetime:
        """When its meeting begins."""
        return self.course.at(self.meeting.date, self.meeting.starts_at)

    @property
    def is_homeless(self) -> bool:
        """Its meeting was cancelled: whoever signed up stays signed up, and it waits for another meeting."""
        return self.meeting.is_holiday

    @property
    def sign_ups(self) -> list[SignUp]:
        """Who stands in any of the roles, in the roles' order."""
        return [sign_up for role in self.roles.all() for sign_up in role.standing]

    @property
    def latest_slides(self) -> Slides | None:
        return next(iter(self.slides.all()), None)


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
    def standing(self) -> list[SignUp]:
        """Who has the role; reads the prefetched sign-ups."""
        return [sign_up for sign_up in self.sign_ups.all() if sign_up.withdrawn_at is None]

    @property
    def open_places(self) -> int:
        """How many people it still takes; a capacity lowered since never makes this negative."""
        return max(0, self.capacity - len(self.standing))
