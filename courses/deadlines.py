"""A deadline as every feature states it: the one source for to-do list, calendar and reminders."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where the owed work stands; the values are the words on the chips."""

    OPEN = "open"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    LATE = "late"  # taken after the deadline, within the grace
    MISSING = "missing"  # the grace is over and nothing was handed in
    EXEMPT = "exempt"


SETTLED = frozenset({State.SUBMITTED, State.LATE, State.MISSING, State.EXEMPT})


@dataclass(frozen=True)
class Deadline:
    """A moment by which one enrollment owes something.

    `kind` and `key` name the work for good ("review", paper key); `closes_at` is the end of the grace.
    `url` is a path on this site, `detail` one short line for the list.
    """

    enrollment_id: int
    kind: str
    key: str
    title: str
    due_at: datetime
    closes_at: datetime
    state: State
    url: str
    detail: str = ""
    is_required: bool = True
    words: int | None = None  # of a draft that is text
    opens_at: datetime | None = None  # from when it can be handed in; None: from the start

    @property
    def is_owed(self) -> bool:
        return self.is_required and self.state not in SETTLED
