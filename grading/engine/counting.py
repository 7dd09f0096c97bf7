"""How often something happened to a student's work, and what is taken off for it: one piece of the work, or the whole grade."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from grading.engine.facts import Facts, Item, State
from grading.engine.flow import NOTHING

COUNTED = {
    "bad_ratings": "rated bad",
    "missing": "missing",
    "late": "handed in late",
    "without_points": "without points",
}
Tier = tuple[Decimal, Decimal]  # (from this count on, so much)


def count_of(name: str, items: Iterable[Item], known: Facts, *, is_final: bool) -> int:
    """`name` is one of COUNTED. In the final reading what may still come has not come; exempt work never counts."""
    if name == "missing":
        undone = (State.MISSING, State.OPEN) if is_final else (State.MISSING,)
        return sum(1 for item in items if item.state in undone or item.never_came)
    if name == "late":
        return sum(1 for item in items if item.came_late)
    if name == "without_points":
        still_to_come = () if is_final else (State.OPEN, State.PENDING)
        return sum(1 for item in items if not item.points and item.state not in (State.EXEMPT, *still_to_come))
    return known.counts.get(name, 0)


def outstanding_of(name: str, items: Iterable[Item], known: Facts, *, is_final: bool) -> int:
    """How many of those that the final reading counts may still come, so that its words can say it."""
    if not is_final:
        return 0
    items = tuple(items)
    return count_of(name, items, known, is_final=True) - count_of(name, items, known, is_final=False)


def taken_off(count: int, *, tiers: Sequence[Tier] = (), each: Fraction | None = None, free: int = 0) -> Fraction:
    """`each` for every one beyond the `free` ones, or what the highest tier says that the count reaches."""
    if each is not None:
        return each * max(0, count - free)
    return Fraction(max((tier for tier in tiers if tier[0] <= count), default=(NOTHING, NOTHING))[1])
