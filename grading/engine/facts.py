"""What is known about one student, as the engine takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

ON_TIME = timedelta(0)


class State(StrEnum):
    """Where one piece of work stands, as far as its audience may know."""

    MARKED = "marked"  # has points
    PENDING = "pending"  # handed in or given, not marked yet
    MISSING = "missing"  # its time is over and nothing came
    OPEN = "open"  # can still be done
    EXEMPT = "exempt"  # counts neither for nor against


class Item(NamedTuple):
    """One piece of work. `points` is a number exactly when the state is MARKED; `out_of` is above zero.

    `when` is the day that it belongs to, `paper` the paper that it is about, `late` how long after its deadline it was
    handed in (of open work: would be, were it handed in now), and `ref` whatever the caller wants to find the work again by.
    `never_came`: its time is over and nothing is there, whatever mark was given for that.
    """

    key: str
    title: str
    state: State
    points: Decimal | None
    out_of: Decimal
    note: str = ""
    when: date | None = None
    ref: Any = None
    paper: str = ""
    late: timedelta | None = None
    never_came: bool = False

    @property
    def came_late(self) -> bool:
        """Of work that counts; what is excused did not come late."""
        return self.late is not None and self.late > ON_TIME and self.state in (State.MARKED, State.PENDING)


class Override(NamedTuple):
    """What a person set a component to, in percent, or the whole: its total in percent, its letter, or both; whatever the
    marks say. Without a letter, that of a total that was set is the policy's.
    """

    reason: str
    percent: Decimal | None = None
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Items by source name. While the course is not over, items that are not listed yet may still come.

    `counts` says how often something happened that is no piece of work of its own: "bad_ratings". `overrides` are by the
    key of a component, "" for the total.
    """

    sources: Mapping[str, tuple[Item, ...]]
    is_over: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)
