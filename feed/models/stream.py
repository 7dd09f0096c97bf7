"""Streams of published grades."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course, Enrollment


def new_handle() -> str:
    """Twelve characters that nobody guesses, and that tell nothing."""
    return secrets.token_urlsafe(9)


class Stream(models.Model):
    """One reader's numbered sequence of published grades: the instructors' of a course, or one student's own (`student`).

    Students have streams of their own, so that what they cannot see leaves no gap in the numbers that they can.
    Whoever publishes locks this row until the entries are committed: numbers become visible in their order.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    student = models.ForeignKey(Enrollment, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    handle = models.CharField(max_length=12, unique=True, default=new_handle, editable=False)
    last_number = models.PositiveBigIntegerField(default=0)
    # What the last publication had read of the stamps before it computed, and when; see queries.stamps.
    stamps = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course"], condition=Q(student=None), name="one_stream_for_instructors"),
            models.UniqueConstraint(fields=["student"], condition=Q(student__isnull=False), name="one_stream_per_student"),
        ]

    def __str__(self):
        return f"Stream {self.pk}"

    @property
    def audience(self) -> str:
        return "student" if self.student_id else "staff"


class Entry(models.Model):
    """What one student's grade became in a stream; only ever added. `grade` is None once the student has left.

    `digest` stands for the whole explanation, so that a comment or a dropped item is a change as well.
    """

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveBigIntegerField()
    handle = models.CharField(max_length=12, unique=True, default=new_handle, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)
    policy_version = models.PositiveIntegerField()
    grade = models.JSONField(null=True)
    is_current = models.BooleanField(default=True)  # the last one of this student in this stream
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="entry_number_is_unique_in_stream"),
            models.UniqueConstraint(
                fields=["stream", "enrollment"], condition=Q(is_current=True), name="one_current_entry_per_student"
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="entry_numbers_begin_at_one"),
        ]
        indexes = [models.Index(fields=["stream", "enrollment", "number"], name="entries_of_a_student")]

    def __str__(self):
        return f"Entry {self.number} of stream {self.stream_id}"

    @property
    def is_gone(self) -> bool:
        return self.grade is None
