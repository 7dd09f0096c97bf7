"""The policy in versions, marks with their history, and their release. Grades are computed, never stored."""

from grading.models.mark import ChangeKind, Mark, MarkChange
from grading.models.policy import Policy

__all__ = ["ChangeKind", "Mark", "MarkChange", "Policy"]
