"""What a person sets a grade to by hand, whatever the marks say."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from courses.models import Enrollment


class OverrideQuerySet(models.QuerySet):
    def seen_by(self, audience: str):
        """Students know of those that were shown to them; what is not stands as it stood before, for them."""
        return self if audience == "staff" else self.filter(is_shown=True)


class Override(models.Model):
    """A component of a student in percent, or (`component` blank) the whole grade: its total in percent, its letter, or both.

    The latest row of each is in force. Rows are only ever added, which the database holds: one without percent and letter
    takes back what stood.
    """

    MOST = 200  # percent

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="overrides")
    component = models.CharField(max_length=60, blank=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    letter = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=1000)
    is_shown = models.BooleanField(default=False)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(component="") | models.Q(letter=""),
                name="override_sets_no_letter_of_a_component",
            ),
            models.CheckConstraint(
                condition=models.Q(percent=None) | models.Q(percent__gte=0, percent__lte=200),
                name="override_percent_is_in_range",
            ),
        ]

    @property
    def is_taken_back(self) -> bool:
        return self.percent is None and not self.letter

    @property
    def words(self) -> str:
        """What it sets: 90 %, A, or both."""
        if self.is_taken_back:
            return "taken back"
        percent = [] if self.percent is None else [f"{self.percent.normalize():f} %"]
        return " and ".join([*percent, *([self.letter] if self.letter else [])])
