"""What the pages show of an attempt to change the course; the template is `_settings_findings.html`."""

from coursefile.changing import Attempt


def context_of(attempt: Attempt, *, section: str) -> dict:
    """`section` of the plan is told as changed settings of the form, the others as what changes with it."""
    form, shown = attempt.form, {"attempt": attempt, "form": attempt.form}
    if attempt.plan is None:
        return shown
    return shown | {
        "plan": attempt.plan,
        "changes": form.changes(),
        "others": [change for change in attempt.plan.changes if change.section != section],
    }
