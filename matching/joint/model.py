"""The deal for CP-SAT, level by level: what one level has reached, the next may not spoil."""

from collections import defaultdict
from collections.abc import Collection
from functools import cached_property
from math import ceil

from ortools.sat.python import cp_model

from matching.joint.bound import TINY, Bound
from matching.joint.problem import Joint, Offer, Taker
from matching.problem import Key, Pair


class Model:
    """All requirements over some of the pairs; the others are not made."""

    def __init__(self, joint: Joint, pairs: Collection[Pair], bound: Bound | None = None):
        self.joint, self.bound, self.model = joint, bound, cp_model.CpModel()
        self.made = {pair: self.model.new_bool_var("") for pair in pairs}
        self.of_taker: dict[Key, dict[Key, cp_model.IntVar]] = defaultdict(dict)
        self.of_offer: dict[Key, dict[Key, cp_model.IntVar]] = defaultdict(dict)
        for (taker, offer), made in self.made.items():
            self.of_taker[taker][offer] = self.of_offer[offer][taker] = made
        self.missing = [lack for taker in joint.takers for lack in self._add_taker(taker)]
        self.missing += [lack for offer in joint.offers for lack in self._add_offer(offer)]

    def _add_taker(self, taker: Taker) -> list:
        here = self.of_taker[taker.key]
        self.model.add(sum(here.values()) <= taker.most)
        for window in self.joint.windows(here) if self.joint.apart else ():
            self.model.add_at_most_one(here[offer] for offer in window)
        return self._lacking(taker.least, sum(here.values()), taker.size)

    def _add_offer(self, offer: Offer) -> list:
        load = self.load(offer)
        self.model.add(load <= offer.places)
        return self._lacking(offer.least, load, 1)

    def load(self, offer: Offer):
        return sum(self.joint.taker_of[taker].size * made for taker, made in self.of_offer[offer.key].items())

    def _lacking(self, least: int, load, weight: int) -> list:
        if not least:
            return []
        lack = self.model.new_int_var(0, least, "")
        self.model.add(lack + load >= least)
        return [weight * lack]

    @cached_property
    def first(self):
        """The first two levels as one goal, which guides the search better than one after the other."""
        worth = sum(value * self.made[pair] for pair, value in self.joint.values.items() if pair in self.made)
        return self.joint.above * sum(self.missing) - worth

    def please(self, hint: Collection[Pair], effort: float) -> tuple[set[Pair], int]:
        """As `minimize`, for the first two levels. Told what no deal beats, the search ends as soon as it is there."""
        if self.bound:
            self.model.add(self.first >= self.joint.both(self.bound.missing, -self.bound.value))
        return self.minimize(self.first, hint, effort)

    def unfair(self):
        squares = []
        for taker in self.joint.takers:
            for place, lost in enumerate(taker.lost):
                costs = {
                    offer: self.joint.losses[taker.key, offer][place]
                    for offer in self.of_taker[taker.key]
                    if (taker.key, offer) in self.joint.losses
                }
                squares.append(self._square(taker, lost, costs))
        return sum(squares)

    def late(self):
        lateness = {offer.key: offer.late for offer in self.joint.offers}
        return sum(
            self._square(taker, before, {offer: lateness[offer] for offer in self.of_taker[taker.key]})
            for taker in self.joint.takers
            for before in taker.late
        )

    def uneven(self):
        takers = (
            taker.size * self._square(taker, taker.had, dict.fromkeys(self.of_taker[taker.key], 1))
            for taker in self.joint.takers
        )
        offers = (self._square_of(self.load(offer), 0, offer.places) for offer in self.joint.offers)
        return sum(takers) + sum(offers)

    def _square(self, taker: Taker, before: int, costs: dict[Key, int]):
        """(what was before + what the offers add)²"""
        dearest = sum(sorted(costs.values())[-taker.most :]) if taker.most else 0
        if not dearest:
            return before**2
        here = self.of_taker[taker.key]
        return self._square_of(before + sum(cost * here[offer] for offer, cost in costs.items()), before, before + dearest)

    def _square_of(self, amount, lowest: int, highest: int):
        """A square is as large as the largest of its tangents at whole numbers."""
        if highest == 0:
            return 0
        square = self.model.new_int_var(0, highest**2, "")
        for at in range(lowest, highest):
            self.model.add(square >= (2 * at + 1) * amount - at * (at + 1))
        return square

    def minimize(self, goal, hint: Collection[Pair], effort: float) -> tuple[set[Pair], int]:
        """(the best pairs found, or those hinted at; what the goal cannot be below)"""
        self.model.clear_hints()
        hinted = set(hint)
        for pair, made in self.made.items() if hinted else ():
            self.model.add_hint(made, pair in hinted)
        self.model.minimize(goal)
        solver = cp_model.CpSolver()
        # One worker, and work counted instead of timed: the answer must not depend on the machine.
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = effort
        solver.parameters.random_seed = self.joint.seed % 2**31
        status = solver.solve(self.model)
        least = ceil(solver.best_objective_bound - TINY)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return hinted, least
        return {pair for pair, made in self.made.items() if solver.boolean_value(made)}, least

    def keep(self, goal, reached: int) -> None:
        self.model.add(goal <= reached)
