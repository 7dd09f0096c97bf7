"""What is dealt, and what makes one deal better than another."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import NamedTuple

from matching.problem import Key, Pair


@dataclass(frozen=True, slots=True)
class Offer:
    """An item with `places`; it wants at least `least` people. `day` counts days, `late` says how late in the term it is."""

    key: Key
    least: int
    places: int
    day: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Taker:
    """A person, or several who act as one and need `size` places of an item together.

    They want at least `least` items more and take at most `most` more, having `had` some. `lost` is, for each of them,
    what earlier items cost them, and `late` how late in the term those were together.
    """

    key: Key
    least: int
    most: int
    had: int = 0
    lost: tuple[int, ...] = (0,)
    late: tuple[int, ...] = (0,)

    @property
    def size(self) -> int:
        return len(self.lost)


class Score(NamedTuple):
    """How bad a deal is: compared from left to right, less is better."""

    missing: int  # people and places short of the least numbers
    displeased: int  # the total value, negative
    unfair: int  # the squares of what each person has lost, added up
    uneven: int  # the squares of the loads of items and takers, added up
    late: int  # the squares of how late each person's items are together, added up


LEVELS = len(Score._fields)


@dataclass(frozen=True)
class Joint:
    """`may` are the pairs (taker, offer) that can be made. No taker gets two offers fewer than `apart` days apart.

    `values` say what a pair is worth, 0 where left out; `losses` what it costs each person of the taker, 0 likewise.
    Equal deals are decided by lot, drawn by the seed.
    """

    takers: Collection[Taker]
    offers: Collection[Offer]
    may: Collection[Pair]
    values: Mapping[Pair, int] = field(default_factory=dict)
    losses: Mapping[Pair, tuple[int, ...]] = field(default_factory=dict)
    apart: int = 0
    seed: int = 0

    @cached_property
    def taker_of(self) -> dict[Key, Taker]:
        return {each.key: each for each in self.takers}

    @cached_property
    def offer_of(self) -> dict[Key, Offer]:
        return {each.key: each for each in self.offers}

    @cached_property
    def pairs(self) -> list[Pair]:
        """Those that can be made, in an order drawn by the seed: between equal ones the solver goes by it."""
        pairs = sorted(
            (taker, offer)
            for taker, offer in self.may
            if self.taker_of[taker].most and self.offer_of[offer].places >= self.taker_of[taker].size
        )
        Random(self.seed).shuffle(pairs)  # noqa: S311 - a lot, not a secret
        return pairs

    @cached_property
    def above(self) -> int:
        """More than all values of a deal together: what one missing person weighs against them."""
        best: dict[Key, int] = defaultdict(int)
        for (taker, _), value in self.values.items():
            best[taker] = max(best[taker], value)
        return 1 + sum(value * self.taker_of[taker].most for taker, value in best.items())

    def both(self, missing: int, displeased: int) -> int:
        """The first two levels as one number."""
        return self.above * missing + displeased

    def apart_from(self, both: int) -> tuple[int, int]:
        """The two levels of such a number."""
        missing = -(-both // self.above)
        return missing, both - self.above * missing

    def windows(self, offers: Collection[Key]) -> Iterator[list[Key]]:
        """Groups of the offers of which nobody gets two; none is part of another."""
        by_day = sorted(offers, key=lambda key: (self.offer_of[key].day, self._place[key]))
        days, end = [self.offer_of[key].day for key in by_day], 0
        for start in range(len(by_day)):
            until = max(end, start)
            while until < len(by_day) and days[until] < days[start] + self.apart:
                until += 1
            if until > end and until - start > 1:
                yield by_day[start:until]
            end = max(end, until)

    @cached_property
    def _place(self) -> dict[Key, int]:
        return {each.key: place for place, each in enumerate(self.offers)}


def score_of(joint: Joint, chosen: Collection[Pair]) -> Score:
    by_taker: dict[Key, list[Key]] = defaultdict(list)
    taken: dict[Key, int] = defaultdict(int)
    for taker, offer in chosen:
        by_taker[taker].append(offer)
        taken[offer] += joint.taker_of[taker].size
    missing = sum(max(0, each.least - taken[each.key]) for each in joint.offers)
    unfair = late = 0
    uneven = sum(count**2 for count in taken.values())
    for taker in joint.takers:
        here = by_taker[taker.key]
        missing += taker.size * max(0, taker.least - len(here))
        uneven += taker.size * (taker.had + len(here)) ** 2
        later = sum(joint.offer_of[offer].late for offer in here)
        late += sum((before + later) ** 2 for before in taker.late)
        costs = [joint.losses[taker.key, offer] for offer in here if (taker.key, offer) in joint.losses]
        unfair += sum((lost + sum(cost[place] for cost in costs)) ** 2 for place, lost in enumerate(taker.lost))
    return Score(missing, -sum(joint.values.get(pair, 0) for pair in chosen), unfair, uneven, late)
