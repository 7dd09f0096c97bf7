"""The policy in versions, marks, their history and release, and requests about them. Grades are computed, never stored."""

from grading.models.mark import ChangeKind, Mark, MarkChange
from grading.models.override import Override
from grading.models.policy import Policy
from grading.models.regrade import Outcome, RegradeMessage, RegradeNotice, RegradeRequest
from grading.models.snippet import Snippet

__all__ = [
    "ChangeKind",
    "Mark",
    "MarkChange",
    "Outcome",
    "Override",
    "Policy",
    "RegradeMessage",
    "RegradeNotice",
    "RegradeRequest",
    "Snippet",
]
