"""What staff can do about students and one paper, by the name that the page's button and the API send."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from courses.models import Enrollment, Paper
from reviews.assigning import actions
from reviews.assigning.preferences import conflicts

ACTS = [
    ("more_time", "Give more time"),
    ("excuse", "Excuse"),
    ("ask", "Ask for the review"),
    ("round", "Put into a round"),
    ("rule", "Back to the course's rule"),
    ("conflict", "Has a conflict"),
    ("no_conflict", "Has no conflict"),
    ("expert", "Is an expert"),
    ("no_expert", "Is no expert"),
]


def perform(
    act: str,
    *,
    paper: Paper,
    reviewers: Collection[Enrollment],
    due_at: datetime | None = None,
    round: str = "",
    reason: str = "",
    by: User,
) -> None:
    """One of ACTS for all of these students, or DomainError and for none of them.

    `due_at` is for more time only, `round` (a key, blank for the paper's round) for the act of that name only.
    """
    about = {"paper": paper, "reviewers": reviewers}
    match act:
        case "more_time":
            actions.give_more_time(due_at=due_at, reason=reason, by=by, **about)
        case "excuse":
            actions.excuse(reason=reason, by=by, **about)
        case "ask":
            actions.ask(reason=reason, by=by, **about)
        case "round":
            actions.put_in_round(round_key=round, reason=reason, by=by, **about)
        case "rule":
            actions.back_to_the_rule(by=by, **about)
        case "conflict":
            conflicts.set_conflicts(reason=reason, by=by, **about)
        case "no_conflict":
            conflicts.clear_conflicts(**about)
        case "expert" | "no_expert":
            conflicts.set_experts(is_expert=act == "expert", **about)
