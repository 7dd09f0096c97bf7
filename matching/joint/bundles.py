"""What each taker may be dealt as a whole: some of the offers they asked for, and a number of others.

The others are told apart only by how many there are: each is worth nothing and costs its taker the same. So a taker has
few bundles however many offers there are, and what a bundle costs on the first four levels is exact, squares included.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from matching.joint.problem import Joint, Taker
from matching.problem import Key


class Bundle(NamedTuple):
    taker: Taker
    asked: tuple[Key, ...]
    others: int
    costs: tuple[int, int, int, int]  # what it adds to the levels of the score: missing, displeased, unfair, uneven


class Menu:
    """Which offers a taker asked for: those worth something, and those that cost another loss than most of the rest."""

    def __init__(self, joint: Joint):
        self.joint = joint
        plain: dict[Key, list[Key]] = defaultdict(list)
        self.asked: dict[Key, list[Key]] = defaultdict(list)
        for taker, offer in joint.pairs:
            (self.asked if joint.values.get((taker, offer)) else plain)[taker].append(offer)
        self.usual = {
            taker: Counter(self.loss(taker, offer) for offer in here).most_common(1)[0][0] for taker, here in plain.items()
        }
        self.others: dict[Key, list[Key]] = defaultdict(list)
        for taker, here in plain.items():
            for offer in here:
                (self.others if self.loss(taker, offer) == self.usual[taker] else self.asked)[taker].append(offer)

    def loss(self, taker: Key, offer: Key) -> tuple[int, ...]:
        return self.joint.losses.get((taker, offer)) or (0,) * self.joint.taker_of[taker].size

    def bundles(self) -> Iterator[Bundle]:
        for taker in self.joint.takers:
            for count in range(taker.most + 1):
                for asked in combinations(self.asked[taker.key], count):
                    if self._are_apart(asked):
                        yield from self._with_others(taker, asked)

    def _are_apart(self, asked: tuple[Key, ...]) -> bool:
        days = [self.joint.offer_of[offer].day for offer in asked]
        return all(abs(one - other) >= self.joint.apart for one, other in combinations(days, 2))

    def _with_others(self, taker: Taker, asked: tuple[Key, ...]) -> Iterator[Bundle]:
        worth = sum(self.joint.values.get((taker.key, offer), 0) for offer in asked)
        losses = [self.loss(taker.key, offer) for offer in asked]
        for others in range(min(taker.most - len(asked), len(self.others[taker.key])) + 1):
            count = len(asked) + others
            every = [*losses, *[self.usual[taker.key]] * others] if others else losses
            unfair = sum((before + sum(loss[place] for loss in every)) ** 2 for place, before in enumerate(taker.lost))
            missing = taker.size * max(0, taker.least - count)
            yield Bundle(taker, asked, others, (missing, -worth, unfair, taker.size * (taker.had + count) ** 2))
