"""What is chosen from a paper's reviews for its discussion."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Paper
from reviews.models import ReviewVersion

MAX_NOTE = 2_000  # characters; a note stands beside a quote on one page


class Digest(models.Model):
    """One paper's choice. Writers lock this row; `revision` counts what changed the choice or its order.

    `shared_at` is set while staff let the paper's presenters read the reviews before the course's rule opens them.
    """

    paper = models.OneToOneField(Paper, on_delete=models.CASCADE, primary_key=True, related_name="digest")
    revision = models.PositiveIntegerField(default=0)
    shared_at = models.DateTimeField(null=True, blank=True)
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self):
        return f"Digest of paper {self.paper_id}"


class PickQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(removed_at=None)


class Pick(models.Model):
    """A passage of a review, a whole answer or a part of it, as it stood when it was picked.

    The quote is kept as it was when the review is handed in anew. A removed pick keeps its row, so that it can come back.
    """

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="picks")
    version = models.ForeignKey(ReviewVersion, on_delete=models.PROTECT, related_name="+")
    field_key = models.SlugField(max_length=60)
    quote = models.TextField()
    note = models.TextField(blank=True)
    position = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=0)  # of the note
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PickQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(quote=""), name="pick_quotes_something")]

    def __str__(self):
        return f"Pick {self.pk}"
