"""Threads on a paper or on one review, their comments, and what is attached to them."""

import secrets
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Enrollment, Paper
from discussion.models.rules import DiscussionRules
from reviews.models import Review

MAX_COMMENT = 20_000  # characters
MAX_FILES = 5  # of one comment


def new_handle() -> str:
    return secrets.token_hex(8)


class ThreadQuerySet(models.QuerySet):
    def visible_to(self, viewer: Enrollment):
        """The set to `policies.may_read`; reads viewer.course. A thread on a review is read by who may read the review."""
        if not viewer.is_active or not DiscussionRules.is_on_in(viewer.course):
            return self.none()
        threads = self.filter(paper__course=viewer.course_id)
        if not viewer.is_staff:
            threads = threads.filter(is_staff_only=False)
        return threads.filter(Q(review=None) | Q(review__in=Review.objects.visible_to(viewer).submitted().values("pk")))


class Thread(models.Model):
    """One conversation. Writers of comments lock this row.

    Addresses and the API call it by its handle: the primary key would tell how many threads there are that one may not read.
    """

    handle = models.CharField(max_length=16, unique=True, default=new_handle, editable=False)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="threads")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="threads")
    is_staff_only = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=timezone.now)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        ordering = ["started_at", "pk"]

    def __str__(self):
        return f"Thread {self.handle}"


class CommentQuerySet(models.QuerySet):
    def visible_to(self, viewer: Enrollment):
        """Withdrawn ones too: they are shown as withdrawn, their text to staff only."""
        return self.filter(thread__in=Thread.objects.visible_to(viewer).values("pk"))

    def standing(self, at: datetime | None = None):
        """Those that are not withdrawn; with `at`, as it was at that moment."""
        if at is None:
            return self.filter(withdrawn_at=None)
        return self.filter(models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gt=at), created_at__lte=at)


class Comment(models.Model):
    """What one person said. `html` is the text rendered once; `revision` counts changes of the text."""

    handle = models.CharField(max_length=16, unique=True, default=new_handle, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="comments")
    number = models.PositiveIntegerField()  # within the thread
    author = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="comments")
    # What the author was at the time: a student who becomes an assistant later is not named by that in what they said before.
    is_by_staff = models.BooleanField(default=False)
    text = models.TextField()
    html = models.TextField()
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["thread", "number"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="comment_number_is_unique_in_thread"),
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None) | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="withdrawn_comment_names_who_withdrew_it",
            ),
        ]

    def __str__(self):
        return f"Comment {self.handle}"


class CommentVersion(models.Model):
    """A text that was replaced by an edit; for its author and staff."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="versions")
    revision = models.PositiveIntegerField()
    text = models.TextField()
    html = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-revision"]
        constraints = [models.UniqueConstraint(fields=["comment", "revision"], name="comment_version_is_unique")]


class Attachment(models.Model):
    """A file of a comment; its kind comes from its content."""

    handle = models.CharField(max_length=16, unique=True, default=new_handle, editable=False)
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="attachments")
    file = models.FileField(upload_to="comments/")
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(default=0)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.name
