"""Which reminders a course sends, and each one that was."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course, Enrollment

# Handing a mail over takes seconds; a claim that is older was left behind by a worker that died.
HANDING_OVER = timedelta(minutes=10)


def default_hours() -> list[int]:
    return [24, 3]


class ReminderRules(models.Model):
    course = models.OneToOneField(Course, on_delete=models.CASCADE, primary_key=True, related_name="reminder_rules")
    hours_before = models.JSONField(default=default_hours, blank=True)  # whole hours, descending; [] sends none

    @staticmethod
    def hours_of(course: Course) -> list[int]:
        """The hours before a deadline at which the course reminds; empty without rules."""
        rules = getattr(course, "reminder_rules", None)
        return rules.hours_before if rules else []


class ReminderState(StrEnum):
    PLANNED = "planned"
    SENDING = "sending"
    FAILED = "failed"  # the mail server did not take it; it is tried again until the deadline
    UNCONFIRMED = "unconfirmed"  # claimed by a worker that never said it was sent: it may not have left
    SENT = "sent"
    SKIPPED = "skipped"

    @property
    def words(self) -> str:
        return {"failed": "not sent yet", "unconfirmed": "may not have left"}.get(self.value, self.value)


class ReminderQuerySet(models.QuerySet):
    def waiting(self):
        """Neither sent nor skipped nor in a worker's hands."""
        return self.filter(claimed_at=None, skipped_at=None)

    def for_course(self, course: Course):
        return self.filter(enrollment__course=course)

    def in_state(self, state: str, now: datetime):
        """The set to `Reminder.state_at`."""
        waiting, claimed = Q(claimed_at=None, skipped_at=None), Q(claimed_at__isnull=False, sent_at=None, skipped_at=None)
        is_left = Q(claimed_at__lte=now - HANDING_OVER) | ~Q(error="")
        return self.filter(
            {
                ReminderState.SKIPPED: Q(skipped_at__isnull=False),
                ReminderState.SENT: Q(sent_at__isnull=False),
                ReminderState.UNCONFIRMED: claimed & is_left,
                ReminderState.SENDING: claimed & ~is_left,
                ReminderState.FAILED: waiting & ~Q(error=""),
                ReminderState.PLANNED: waiting & Q(error=""),
            }[state]
        )

    def for_display(self):
        return self.select_related("enrollment__user")


class Reminder(models.Model):
    """One mail to one person about one deadline. The unique row is what keeps it from being sent twice.

    planned -> claimed (a worker is about to hand it to the mail server) -> sent; or skipped, when the work
    was done, or the deadline moved or passed, before the mail left.
    """

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    hours_before = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    planned_at = models.DateTimeField(default=timezone.now)
    # When its task was last queued; a message that got lost is queued again.
    queued_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)
    skip_reason = models.CharField(max_length=80, blank=True)
    error = models.TextField(blank=True)  # what the mail server last said

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "kind", "key", "due_at", "hours_before"], name="one_reminder_per_person_deadline_and_hour"
            ),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(claimed_at__isnull=False), name="sent_reminder_was_claimed"),
            models.CheckConstraint(
                condition=Q(skipped_at=None) | Q(claimed_at=None), name="skipped_reminder_was_never_claimed"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(claimed_at=None, skipped_at=None), name="planner_reminder_waiting")
        ]

    def __str__(self):
        return f"{self.title}, {self.hours_before} h before"

    @property
    def state(self) -> ReminderState:
        return self.state_at(timezone.now())

    def state_at(self, now: datetime) -> ReminderState:
        if self.skipped_at:
            return ReminderState.SKIPPED
        if self.sent_at:
            return ReminderState.SENT
        if self.claimed_at:
            is_left = self.error or self.claimed_at <= now - HANDING_OVER
            return ReminderState.UNCONFIRMED if is_left else ReminderState.SENDING
        return ReminderState.FAILED if self.error else ReminderState.PLANNED


class CalendarFeed(models.Model):
    """The address at which a person's calendar program fetches their dates. A new `number` makes the old address void.

    Without a row the number is 1."""

    enrollment = models.OneToOneField(Enrollment, on_delete=models.CASCADE, related_name="calendar_feed")
    number = models.PositiveIntegerField(default=1)
