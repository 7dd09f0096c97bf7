"""Evening out what is equally good, of a deal too large to look through as a whole.

Two takers exchange an item each, or one takes another item that is free, as long as nothing is missed more, nothing is
worth less, and it makes the deal more even. What nobody asked for and no least number needs is not given. It ends where no
such step is left, or after a number of steps.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import combinations, islice

from matching.joint.problem import Joint, Taker
from matching.problem import Key, Pair

TRIES = 150_000  # steps looked at, a second or two of a processor


class Swaps:
    def __init__(self, joint: Joint, chosen: Collection[Pair]):
        self.joint, self.may = joint, set(joint.pairs)
        self.of_taker: dict[Key, set[Key]] = defaultdict(set)
        self.load: dict[Key, int] = defaultdict(int)
        for taker, offer in chosen:
            self.of_taker[taker].add(offer)
            self.load[offer] += joint.taker_of[taker].size

    def even_out(self) -> set[Pair]:
        self._drop_idle()
        left = TRIES
        while left > 0:
            tried = [self._try(steps) for steps in islice(self._steps(), left)]
            left -= len(tried)
            if not any(tried):
                break
        return {(taker, offer) for taker, offers in self.of_taker.items() for offer in offers}

    def _drop_idle(self) -> None:
        """What is worth nothing and meets no least number makes the deal less even."""
        for taker_key, offer in self.joint.pairs:
            here, taker = self.of_taker[taker_key], self.joint.taker_of[taker_key]
            is_idle = offer in here and not self.joint.values.get((taker_key, offer)) and len(here) > taker.least
            if is_idle and self.load[offer] - taker.size >= self.joint.offer_of[offer].least:
                here.remove(offer)
                self.load[offer] -= taker.size

    def _steps(self) -> Iterator[list[tuple[Key, Key, Key]]]:
        """[(taker, the offer that they give, the one that they take)] of each step, in an order drawn with the seed."""
        places = [(taker, offer) for taker, offer in self.joint.pairs if offer in self.of_taker[taker]]
        for (one, given), (other, taken) in combinations(places, 2):
            if one != other and given != taken:
                yield [(one, given, taken), (other, taken, given)]
        for taker, given in places:
            for offer in self.joint.offers:
                if offer.key != given and self.load[offer.key] + self.joint.taker_of[taker].size <= offer.places:
                    yield [(taker, given, offer.key)]

    def _try(self, steps: list[tuple[Key, Key, Key]]) -> bool:
        """Take the step if it is possible, worth as much, and more even."""
        if any(given not in self.of_taker[taker] or (taker, taken) not in self.may for taker, given, taken in steps):
            return False
        values = self.joint.values
        if sum(values.get((taker, taken), 0) - values.get((taker, given), 0) for taker, given, taken in steps) < 0:
            return False
        if not all(self._is_possible(*step) for step in steps):
            return False
        before = self._evenness(steps)
        self._take(steps)
        if self._evenness(steps) < before and not self._is_over(steps):
            return True
        self._take([(taker, taken, given) for taker, given, taken in steps])
        return False

    def _is_possible(self, taker: Key, given: Key, taken: Key) -> bool:
        day, offers = self.joint.offer_of[taken].day, self.of_taker[taker]
        others = (self.joint.offer_of[offer].day for offer in offers if offer != given)
        return taken not in offers and all(abs(day - other) >= self.joint.apart for other in others)

    def _is_over(self, steps) -> bool:
        """Whether an offer now has too many, or fewer than it wants."""
        offers = [self.joint.offer_of[key] for _, given, taken in steps for key in (given, taken)]
        return any(not min(each.least, each.places) <= self.load[each.key] <= each.places for each in offers)

    def _take(self, steps) -> None:
        for taker, given, taken in steps:
            size = self.joint.taker_of[taker].size
            self.of_taker[taker] = self.of_taker[taker] - {given} | {taken}
            self.load[given] -= size
            self.load[taken] += size

    def _evenness(self, steps) -> tuple[int, int, int]:
        """(unfair, uneven, late) of those whom the step concerns."""
        takers = [self.joint.taker_of[taker] for taker in {taker for taker, *_ in steps}]
        offers = {key for _, given, taken in steps for key in (given, taken)}
        unfair = sum(self._squares(taker, self._lost(taker)) for taker in takers)
        late = sum((before + self._later(taker)) ** 2 for taker in takers for before in taker.late)
        return unfair, sum(self.load[offer] ** 2 for offer in offers), late

    def _lost(self, taker: Taker) -> list[tuple[int, ...]]:
        losses = self.joint.losses
        return [losses[taker.key, offer] for offer in self.of_taker[taker.key] if (taker.key, offer) in losses]

    @staticmethod
    def _squares(taker: Taker, costs: list[tuple[int, ...]]) -> int:
        return sum((lost + sum(cost[place] for cost in costs)) ** 2 for place, lost in enumerate(taker.lost))

    def _later(self, taker: Taker) -> int:
        return sum(self.joint.offer_of[offer].late for offer in self.of_taker[taker.key])
