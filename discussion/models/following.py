"""Who follows a paper's discussion, and each mail about a comment."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Enrollment, Paper
from discussion.models.comment import Comment

# A mail whose message was lost is queued again: not while its own may be under way, and not for ever.
LOST_AFTER, WORTH_FOR = timedelta(minutes=15), timedelta(days=2)


class Follow(models.Model):
    """A person's wish about the mails of one discussion. Whoever stopped following is not made to follow by commenting."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="follows")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="follows")
    is_following = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "enrollment"], name="one_follow_per_paper_and_person")]


class Why(models.TextChoices):
    MENTION = "mention", "Mentioned"
    FOLLOW = "follow", "Follows the discussion"


class NoticeQuerySet(models.QuerySet):
    def waiting(self):
        """Neither sent nor skipped nor in a worker's hands."""
        return self.filter(claimed_at=None, skipped_at=None)

    def lost(self, now: datetime):
        """Waiting for so long that their message will not come."""
        return self.waiting().filter(made_at__range=(now - WORTH_FOR, now - LOST_AFTER))


class Notice(models.Model):
    """One mail to one person about one comment. The unique row is what keeps it from being sent twice."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="notices")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="notices")
    why = models.CharField(max_length=8, choices=Why)
    made_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)  # the person may not read it, or it was withdrawn

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "enrollment"], name="one_notice_per_comment_and_person"),
            models.CheckConstraint(condition=Q(why__in=Why.values), name="notice_why_is_known"),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(claimed_at__isnull=False), name="sent_notice_was_claimed"),
        ]
        indexes = [
            models.Index(fields=["made_at"], condition=Q(claimed_at=None, skipped_at=None), name="discussion_notice_waiting")
        ]
