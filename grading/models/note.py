"""What staff note about a student among themselves."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from courses.models import Enrollment


class StaffNote(models.Model):
    """A short note that only staff see; the latest row of a student is the one that holds, a blank one takes it away.

    Rows are only ever added, which the database holds.
    """

    MOST = 500  # characters

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="staff_notes")
    text = models.CharField(max_length=MOST, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return self.text
