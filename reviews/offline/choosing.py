"""Which papers somebody downloads forms for."""

from collections.abc import Iterable

from courses.deadlines import State
from courses.models import Paper
from reviews.queries import Duty

OWED, ALL = "owed", "all"


class UnknownPaper(Exception):  # noqa: N818 - named for the state
    """A key that is none of the papers to be reviewed, or a choice that is none."""


def chosen_papers(duties: Iterable[Duty], *, keys: Iterable[str], which: str = "") -> list[Paper]:
    """The papers named, in the calendar's order; else all of them, or (the default) those that are owed."""
    wanted = set(keys)
    if unknown := wanted - {duty.paper.key for duty in duties}:
        raise UnknownPaper(f"You have no paper {', '.join(sorted(unknown))[:200]} to review in this course.")
    if wanted:
        return [duty.paper for duty in duties if duty.paper.key in wanted]
    if which not in ("", OWED, ALL):
        raise UnknownPaper(f"Write which={OWED} or which={ALL}.")
    return [duty.paper for duty in duties if which == ALL or is_owed(duty)]


def is_owed(duty: Duty) -> bool:
    """Whether something is left to do: not in yet, or changed since, and still taken."""
    is_in = duty.standing.submitted_at is not None and not duty.standing.has_unsubmitted_changes
    return duty.is_required and duty.state != State.EXEMPT and not duty.is_closed and not is_in
