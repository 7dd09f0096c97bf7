"""Every write to policy, marks, excuses, releases now or at a date, regrades, comment bank, notes, grades set by hand."""

from grading.actions.entries import BadEntries, enter_marks, undo_marks
from grading.actions.excuses import excuse, excuse_missing, revoke_excuse
from grading.actions.marks import set_mark
from grading.actions.notes import set_note
from grading.actions.overrides import set_override
from grading.actions.policy import set_policy
from grading.actions.regrades import add_regrade_message, ask_regrade, decide_regrade, withdraw_regrade
from grading.actions.release import (
    hide_component,
    hide_student,
    hide_talk,
    release_component,
    release_student,
    release_talk,
)
from grading.actions.scheduled_release import cancel_release, carry_out_release, schedule_release
from grading.actions.snippets import add_snippet, edit_snippet, remove_snippet

__all__ = [
    "BadEntries",
    "add_regrade_message",
    "add_snippet",
    "ask_regrade",
    "cancel_release",
    "carry_out_release",
    "decide_regrade",
    "edit_snippet",
    "enter_marks",
    "excuse",
    "excuse_missing",
    "hide_component",
    "hide_student",
    "hide_talk",
    "release_component",
    "release_student",
    "release_talk",
    "remove_snippet",
    "revoke_excuse",
    "schedule_release",
    "set_mark",
    "set_note",
    "set_override",
    "set_policy",
    "undo_marks",
    "withdraw_regrade",
]
