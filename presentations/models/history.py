"""What happened to the places, in order; and the mails that tell of it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course, Enrollment

# A message that was lost with its broker is queued again: not while its own retries go on, and not for ever.
LOST_AFTER, WORTH_FOR = timedelta(minutes=10), timedelta(days=2)


class ActKind(models.TextChoices):
    TOOK = "took", "took the place"
    GIVEN = "given", "was given the place"
    WITHDREW = "withdrew", "gave the place back"
    REMOVED = "removed", "was taken off the place"
    WAITS = "waits", "joined the waiting list"
    LEFT = "left", "left the waiting list"
    CALLED = "called", "got the place from the waiting list"
    OFFERED = "offered", "offered the place"
    TAKEN_BACK = "taken_back", "took the offer back"
    DECLINED = "declined", "declined the offer"
    ACCEPTED = "accepted", "accepted the offer"
    REFUSED = "refused", "was refused the swap"
    EXPIRED = "expired", "offer ended, because a place in it changed"
    SWAPPED_OUT = "swapped_out", "handed the place over"
    SWAPPED_IN = "swapped_in", "took the place over"
    MOVED = "moved", "presents at another time"
    CANCELLED = "cancelled", "has no meeting for the presentation"
    RESTORED = "restored", "presents at the meeting after all"


class ActQuerySet(models.QuerySet):
    def seen_by(self, enrollment: Enrollment):
        """Staff see all that happened in the course, a student what happened to themselves."""
        acts = self.filter(course=enrollment.course_id)
        return acts if enrollment.is_staff else acts.filter(enrollment=enrollment)

    def for_display(self):
        return self.select_related("by", "enrollment__user", "other__user")


class Act(models.Model):
    """One entry of the history; nothing changes or removes it. `what` names slot and role as they were called then."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="presentation_acts")
    kind = models.CharField(max_length=12, choices=ActKind)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    role = models.ForeignKey("presentations.SlotRole", on_delete=models.SET_NULL, null=True, blank=True, related_name="acts")
    what = models.CharField(max_length=500)
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.CASCADE, null=True, blank=True, related_name="presentation_acts"
    )
    guest_name = models.CharField(max_length=150, blank=True)
    other = models.ForeignKey(Enrollment, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    objects = ActQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=ActKind.values), name="presentation_act_kind_is_known")]
        indexes = [models.Index(fields=["course", "-at"], name="presentation_acts_by_time")]

    @property
    def who(self) -> str:
        return self.enrollment.user.name if self.enrollment_id else self.guest_name


class NoticeQuerySet(models.QuerySet):
    def waiting(self):
        """Neither sent nor in a worker's hands."""
        return self.filter(claimed_at=None)

    def lost(self, now: datetime):
        """Waiting for so long that their message will not come."""
        return self.waiting().filter(made_at__range=(now - WORTH_FOR, now - LOST_AFTER))


class Notice(models.Model):
    """One mail to one person about one act. The unique row is what keeps it from being sent twice."""

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="notices")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="presentation_notices")
    made_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["act", "enrollment"], name="one_notice_per_act_and_person"),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(claimed_at__isnull=False), name="sent_presentation_notice_was_claimed"
            ),
        ]
        indexes = [models.Index(fields=["made_at"], condition=Q(claimed_at=None), name="presentation_notice_waiting")]
