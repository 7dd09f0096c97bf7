"""How a course fills its presentations, and what it asks of who presents."""

from datetime import datetime, time, timedelta

from django.db import models
from django.db.models import F, Q

from courses.models import Course
from presentations.models.slot import Slot
from presentations.models.wishes import slots_only


class Swaps(models.TextChoices):
    OFF = "off", "Students do not swap"
    FREE = "free", "Students swap by themselves"
    APPROVED = "approved", "Staff approve each swap"


class SlidesShown(models.TextChoices):
    EVERYBODY = "everybody", "Whoever sees the schedule"
    MEMBERS = "members", "Members of the course"
    AFTER = "members_after", "Members of the course, once the meeting has begun"


class PresentationRules(models.Model):
    """`roles` are those that every slot has: [{"key": str, "title": str, "capacity": int}, ...].

    A slot may have a length, a window and a deadline for its slides of its own.
    """

    course = models.OneToOneField(Course, on_delete=models.CASCADE, primary_key=True, related_name="presentation_rules")
    roles = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    # First come, first served from `opens_at` on; without it students take no places by themselves.
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)  # when a slot's meeting begins, if that is earlier
    wishes_close_at = models.DateTimeField(null=True, blank=True)  # until when students rank; None: they are not asked
    wishes_rank = models.JSONField(default=slots_only)  # of RankedKind; what is no longer asked counts no more
    at_least = models.PositiveSmallIntegerField(default=0)  # told, never enforced
    at_most = models.PositiveSmallIntegerField(null=True, blank=True)  # what a student takes by themselves; staff may give more
    days_apart = models.PositiveSmallIntegerField(default=0)  # between two of one student: 7 is "not two within one week"
    withdraw_days_before = models.PositiveSmallIntegerField(null=True, blank=True)  # None: students do not withdraw
    swaps = models.CharField(max_length=8, choices=Swaps, default=Swaps.OFF)
    slides_due_days_before = models.PositiveSmallIntegerField(null=True, blank=True)  # None: no slides are owed
    slides_due_time = models.TimeField(default=time(23, 59))

    slides_shown = models.CharField(max_length=13, choices=SlidesShown, default=SlidesShown.EVERYBODY)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(slides_shown__in=SlidesShown.values), name="slides_shown_is_known"),
            models.CheckConstraint(condition=Q(swaps__in=Swaps.values), name="presentation_swaps_are_known"),
            models.CheckConstraint(
                condition=Q(at_most=None) | (Q(at_most__gte=F("at_least")) & Q(at_most__gte=1)),
                name="presentations_at_most_is_not_below_at_least",
            ),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(opens_at=None) | Q(closes_at__gt=F("opens_at")),
                name="sign_up_closes_after_it_opens",
            ),
        ]

    @classmethod
    def of(cls, course: Course) -> "PresentationRules":
        """The course's rules; those of a course that has none let nobody sign up."""
        return getattr(course, "presentation_rules", None) or cls(course=course)

    # What holds for one slot; these read slot.course and slot.meeting.
    def minutes_of(self, slot: Slot) -> int | None:
        return self.minutes if slot.minutes is None else slot.minutes

    def opens_for(self, slot: Slot) -> datetime | None:
        return slot.opens_at or self.opens_at

    def closes_for(self, slot: Slot) -> datetime:
        return min(slot.closes_at or self.closes_at or slot.start, slot.start)

    def is_open(self, slot: Slot, now: datetime) -> bool:
        """Whether students take places in it, or wait for one, at this moment."""
        opens = self.opens_for(slot)
        return opens is not None and not slot.is_homeless and opens <= now < self.closes_for(slot)

    def asks_wishes(self, now: datetime) -> bool:
        """Whether students may say what they would like to present, at this moment."""
        return self.wishes_close_at is not None and now < self.wishes_close_at

    def withdraw_until(self, slot: Slot) -> datetime | None:
        """Until when a student gives the place back by themselves; None: never."""
        if self.withdraw_days_before is None:
            return None
        return slot.course.at(slot.meeting.date - timedelta(days=self.withdraw_days_before), slot.meeting.starts_at)

    def calls_until(self, slot: Slot) -> datetime:
        """Until when the waiting list is called: whoever is called must still be able to say no."""
        return min(self.withdraw_until(slot) or self.closes_for(slot), self.closes_for(slot))

    def slides_due(self, slot: Slot) -> datetime | None:
        if slot.slides_due_at or self.slides_due_days_before is None:
            return slot.slides_due_at
        return slot.course.at(slot.meeting.date - timedelta(days=self.slides_due_days_before), self.slides_due_time)
