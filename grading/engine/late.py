"""What late work keeps, and on which work a bank of free late days is best spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from grading.engine.exact import ratio
from grading.engine.facts import ON_TIME, Item

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class LateRule:
    """`percent` or `points` are taken off for every `per` (day, hour) begun after the grace; `stop_days` ends it all.

    `tiers` are (days, percent that is kept up to so many days late); later than the last one nothing is kept.
    """

    per: str = "day"
    percent: Decimal | None = None
    points: Decimal | None = None
    of: str = "full"  # percent of what the work is out of, or of what was "earned"
    tiers: tuple[tuple[Decimal, Decimal], ...] = ()
    grace_hours: Decimal = NOTHING
    stop_days: Decimal | None = None

    def kept(self, item: Item, *, late: timedelta) -> Decimal:
        """The points that are left when the work is `late` (which may be negative: early)."""
        grace = _span(self.grace_hours, HOUR)
        if late <= grace:
            return item.points
        if self.stop_days is not None and late > _span(self.stop_days, DAY):
            return NOTHING
        if self.tiers:
            percent = next((percent for days, percent in self.tiers if late <= _span(days, DAY)), NOTHING)
            return item.points * percent / 100
        begun = -((grace - late) // (DAY if self.per == "day" else HOUR))
        return max(NOTHING, item.points - begun * self._taken(item))

    def _taken(self, item: Item) -> Decimal:
        """For each day or hour begun."""
        if self.points is not None:
            return self.points
        whole = item.points if self.of == "earned" else item.out_of
        return (self.percent or NOTHING) * whole / 100


def _span(number: Decimal, unit: timedelta) -> timedelta:
    if not number:
        return ON_TIME
    above, below = number.as_integer_ratio()
    return unit * above / below


def days_late(item: Item) -> int:
    """Days begun."""
    return -(-item.late // DAY)


def spend_bank(items: Sequence[Item], rule: LateRule, bank: int) -> list[int]:
    """How many free days each of the late items gets, in their order, so that the shares they keep add up to the most.

    Of equally good ways the one that spends the fewest days, and those on the earliest items.
    """
    if not bank:
        return [0] * len(items)
    best: list[tuple[Fraction, int, list[int]]] = [(Fraction(0), 0, [])] * (bank + 1)  # by days at hand
    for item in items:
        kept = [
            ratio(rule.kept(item, late=item.late - timedelta(days=days)), item.out_of)
            for days in range(min(bank, days_late(item)) + 1)
        ]
        best = [_better(best, kept, at_hand) for at_hand in range(bank + 1)]
    return best[bank][2]


def _better(best, kept: list[Fraction], at_hand: int) -> tuple[Fraction, int, list[int]]:
    ways = (
        (best[at_hand - days][0] + kept[days], best[at_hand - days][1] + days, [*best[at_hand - days][2], days])
        for days in range(min(at_hand, len(kept) - 1) + 1)
    )
    return max(ways, key=lambda way: (way[0], -way[1], way[2]))
