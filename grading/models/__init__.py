"""The policy in versions, excuses, marks with their history and release, regrades. Grades are computed, never stored."""

from grading.models.excuse import Excuse, ExcusedSource
from grading.models.mark import ChangeKind, Mark, MarkChange
from grading.models.note import StaffNote
from grading.models.override import Override
from grading.models.policy import Policy
from grading.models.regrade import Outcome, RegradeMessage, RegradeNotice, RegradeRequest
from grading.models.scheduled_release import ScheduledRelease
from grading.models.snippet import Snippet

__all__ = [
    "ChangeKind",
    "Excuse",
    "ExcusedSource",
    "Mark",
    "MarkChange",
    "Outcome",
    "Override",
    "Policy",
    "RegradeMessage",
    "RegradeNotice",
    "RegradeRequest",
    "ScheduledRelease",
    "Snippet",
    "StaffNote",
]
