"""Every write to policy, marks and their release."""

from grading.actions.marks import set_mark
from grading.actions.policy import set_policy
from grading.actions.release import hide_component, release_component

__all__ = ["hide_component", "release_component", "set_mark", "set_policy"]
