"""Every write to policy, marks, excuses, their release, regrade requests, the comment bank, and grades set by hand."""

from grading.actions.excuses import excuse, revoke_excuse
from grading.actions.marks import set_mark
from grading.actions.overrides import set_override
from grading.actions.policy import set_policy
from grading.actions.regrades import add_regrade_message, ask_regrade, decide_regrade, withdraw_regrade
from grading.actions.release import (
    hide_component,
    hide_student,
    hide_talk,
    release_component,
    release_mark,
    release_student,
    release_talk,
)
from grading.actions.snippets import add_snippet, edit_snippet, remove_snippet

__all__ = [
    "add_regrade_message",
    "add_snippet",
    "ask_regrade",
    "decide_regrade",
    "edit_snippet",
    "excuse",
    "hide_component",
    "hide_student",
    "hide_talk",
    "release_component",
    "release_mark",
    "release_student",
    "release_talk",
    "remove_snippet",
    "revoke_excuse",
    "set_mark",
    "set_override",
    "set_policy",
    "withdraw_regrade",
]
