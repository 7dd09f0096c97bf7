"""Which reminders a course sends, and each one that was."""

from django.db import models
from django.utils import timezone

from courses.models import Course, Enrollment


def default_hours() -> list[int]:
    return [24, 3]


class ReminderRules(models.Model):
    course = models.OneToOneField(Course, on_delete=models.CASCADE, primary_key=True, related_name="reminder_rules")
    hours_before = models.JSONField(default=default_hours, blank=True)  # whole hours, descending; [] sends none


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
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-planned_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "kind", "key", "due_at", "hours_before"], name="one_reminder_per_person_deadline_and_hour"
            )
        ]
