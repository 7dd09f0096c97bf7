"""Every write to policy, marks, excuses, their release, regrade requests and the comment bank."""

from grading.actions.excuses import excuse, revoke_excuse
from grading.actions.marks import set_mark
from grading.actions.policy import set_policy
from grading.actions.regrades import add_regrade_message, ask_regrade, decide_regrade, withdraw_regrade
from grading.actions.release import hide_component, release_component, release_mark
from grading.actions.snippets import add_snippet, edit_snippet, remove_snippet

__all__ = [
    "add_regrade_message",
    "add_snippet",
    "ask_regrade",
    "decide_regrade",
    "edit_snippet",
    "excuse",
    "hide_component",
    "release_component",
    "release_mark",
    "remove_snippet",
    "revoke_excuse",
    "set_mark",
    "set_policy",
    "withdraw_regrade",
]
