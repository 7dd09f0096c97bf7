"""The slides of a presentation, in versions."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone


class Slides(models.Model):
    """One version of a slot's slides: a file or a link."""

    slot = models.ForeignKey("presentations.Slot", on_delete=models.PROTECT, related_name="slides")
    number = models.PositiveIntegerField()
    url = models.URLField(max_length=500, blank=True)
    file = models.FileField(upload_to="slides/", blank=True)
    file_kind = models.CharField(max_length=8, blank=True)
    file_name = models.CharField(max_length=100, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "number"], name="slides_number_is_unique_in_slot"),
            models.CheckConstraint(condition=~models.Q(url="") | ~models.Q(file=""), name="slides_are_a_file_or_a_link"),
        ]

    def get_absolute_url(self):
        """Where the slides open: the link, or the file on this site. Reads slot.course."""
        return self.url or reverse("presentations:slides_file", args=[self.slot.course.slug, self.slot.key, self.number])
