"""Every write to policy, marks, excuses, release now or at a date, regrade requests, comment bank, grades set by hand."""

from grading.actions.excuses import excuse, revoke_excuse
from grading.actions.marks import set_mark
from grading.actions.overrides import set_override
from grading.actions.policy import set_policy
from grading.actions.regrades import add_regrade_message, ask_regrade, decide_regrade, withdraw_regrade
from grading.actions.release import hide_component, hide_student, release_component, release_mark, release_student
from grading.actions.scheduled_release import cancel_release, carry_out_release, schedule_release
from grading.actions.snippets import add_snippet, edit_snippet, remove_snippet

__all__ = [
    "add_regrade_message",
    "add_snippet",
    "ask_regrade",
    "cancel_release",
    "carry_out_release",
    "decide_regrade",
    "edit_snippet",
    "excuse",
    "hide_component",
    "hide_student",
    "release_component",
    "release_mark",
    "release_student",
    "remove_snippet",
    "revoke_excuse",
    "schedule_release",
    "set_mark",
    "set_override",
    "set_policy",
    "withdraw_regrade",
]
