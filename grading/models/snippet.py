"""Comments that staff saved to use again while they mark."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from courses.models import Course


class Snippet(models.Model):
    """One entry of a course's comment bank, which all its staff share; Markdown, as comments of marks are."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="snippets")
    text = models.TextField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]  # so that the number that inserts one stays the same when another is added
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="snippet_has_text")]

    def __str__(self):
        return self.text[:60]
