"""What one student is asked about one paper, and every change of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course, Enrollment, Paper
from reviews.models.round import Round


class Asks(models.TextChoices):
    """What a student is asked about a paper."""

    REQUIRED = "required", "Required"
    OPTIONAL = "optional", "Optional"
    EXEMPT = "exempt", "Exempt"


class Source(models.TextChoices):
    """How an assignment came about."""

    STAFF = "staff", "by staff"
    CHOSEN = "chosen", "chosen by the student"
    PORTAL = "portal", "assigned by the portal"


class Assignment(models.Model):
    """Where a student's duty differs from what the course asks of everybody: asked, excused, or given more time.

    In a course in which everybody reviews everything most pairs have no row. `due_at` is a deadline of the
    student's own, None for the paper's; `round` is another round than the paper's, None for the paper's.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="review_assignments")
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="review_assignments")
    reviewer = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="review_assignments")
    asks = models.CharField(max_length=10, choices=Asks, default=Asks.REQUIRED)
    due_at = models.DateTimeField(null=True, blank=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments")
    reason = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.STAFF)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["paper", "reviewer"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "reviewer"], name="one_assignment_per_paper_and_reviewer"),
            models.CheckConstraint(condition=Q(asks__in=Asks.values), name="assignment_asks_is_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="assignment_source_is_known"),
            models.CheckConstraint(condition=~Q(asks=Asks.EXEMPT) | Q(due_at=None), name="who_is_exempt_has_no_deadline"),
        ]

    def __str__(self):
        return f"Assignment {self.pk}"


class AssignmentChange(models.Model):
    """What an assignment was set to, by whom and why; `asks` is blank when it was taken away. Rows are only ever added."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="+")
    reviewer = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    asks = models.CharField(max_length=10, choices=Asks, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    round_key = models.CharField(max_length=60, blank=True)  # the round may go; what was written down stays
    reason = models.CharField(max_length=500, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["paper", "reviewer"], name="assignment_change_of")]
