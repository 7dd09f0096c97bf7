"""Meetings that were cancelled on the board, with what it takes to undo that."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from courses.models import Course, Meeting, MeetingKind
from presentations.models.slot import Slot


class CancellationQuerySet(models.QuerySet):
    def standing(self, course: Course):
        """Those that nobody has undone; the course file brings a meeting back as well."""
        return self.filter(meeting__course=course, meeting__kind=MeetingKind.HOLIDAY)


class Cancellation(models.Model):
    """`kind` is what the meeting was before."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="cancellation")
    kind = models.CharField(max_length=10, choices=MeetingKind)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = CancellationQuerySet.as_manager()

    class Meta:
        ordering = ["meeting__date", "meeting__starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind for kind in MeetingKind.values if kind != MeetingKind.HOLIDAY]),
                name="cancelled_meeting_took_place_before",
            )
        ]


class MovedSlot(models.Model):
    """A slot of a cancelled meeting that was given another one since, and where it stood in its own."""

    cancellation = models.ForeignKey(Cancellation, on_delete=models.CASCADE, related_name="moved")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    # Where its paper went along with it, from the reading list of the cancelled meeting.
    paper_went_to = models.ForeignKey(Meeting, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["cancellation", "slot"], name="slot_moves_once_from_a_cancelled_meeting")
        ]
