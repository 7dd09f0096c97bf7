"""A student contests a released mark: the request, its thread, its outcome, and the mails about it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course, Enrollment
from grading.models.mark import Mark
from reviews.models import new_handle

# A mail whose message was lost is queued again: not while its own may be under way, and not for ever.
LOST_AFTER, WORTH_FOR = timedelta(minutes=15), timedelta(days=2)


class Outcome(models.TextChoices):
    KEPT = "kept", "Mark kept"
    CHANGED = "changed", "Mark changed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class RegradeRequest(models.Model):
    """Open while `outcome` is empty. Called by a random handle, because a running number would count the others'."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="regrade_requests")
    handle = models.CharField(max_length=16, unique=True, default=new_handle, editable=False)
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="regrade_requests")
    asked_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="regrade_requests")
    points_contested = models.DecimalField(max_digits=7, decimal_places=2)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mark", "asked_by"], condition=Q(outcome=""), name="one_open_request_per_mark_and_student"
            ),
            models.CheckConstraint(condition=Q(outcome__in=["", *Outcome.values]), name="regrade_outcome_is_known"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_by=None, decided_at=None)
                | (~Q(outcome="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="regrade_is_decided_with_who_and_when",
            ),
        ]

    def __str__(self):
        return f"Request {self.handle}"

    @property
    def is_open(self) -> bool:
        return not self.outcome


class RegradeMessage(models.Model):
    """One entry of the thread. Rows are only ever added; the last one of a closed request is its outcome."""

    request = models.ForeignKey(RegradeRequest, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_by_staff = models.BooleanField()
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)  # empty: somebody said something
    text = models.TextField(blank=True)
    points = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)  # of a changed mark
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=~Q(outcome=""), name="one_outcome_per_regrade_request"),
            models.CheckConstraint(condition=~Q(text="") | ~Q(outcome=""), name="regrade_message_says_something"),
        ]


class RegradeNoticeQuerySet(models.QuerySet):
    def waiting(self):
        """Neither sent nor skipped nor in a worker's hands."""
        return self.filter(claimed_at=None, skipped_at=None)

    def lost(self, now: datetime):
        """Waiting for so long that their message will not come."""
        return self.waiting().filter(made_at__range=(now - WORTH_FOR, now - LOST_AFTER))


class RegradeNotice(models.Model):
    """One mail to one person about one message. The unique row is what keeps it from being sent twice."""

    message = models.ForeignKey(RegradeMessage, on_delete=models.CASCADE, related_name="notices")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)  # the person may not read it any more

    objects = RegradeNoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "enrollment"], name="one_regrade_notice_per_message_and_person"),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(claimed_at__isnull=False), name="sent_regrade_notice_was_claimed"
            ),
        ]
        indexes = [
            models.Index(fields=["made_at"], condition=Q(claimed_at=None, skipped_at=None), name="regrade_notice_waiting")
        ]
