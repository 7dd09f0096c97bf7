"""What no deal can beat: the same requirements with halves allowed, as a linear program.

That nothing too close together goes to one taker is asked only where an answer breaks it: few of these rows ever matter.
"""

from collections import defaultdict
from dataclasses import dataclass
from math import ceil, floor

from ortools.linear_solver import pywraplp

from matching.joint.problem import Joint
from matching.problem import Key, Pair

TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Bound:
    """No deal misses less than `missing`; of those that miss as little none is worth more than `value`.

    `used` are the pairs that the relaxed answer makes, also in part; `gains` what each of the others adds to `ceiling` at
    most, mostly less than nothing.
    """

    missing: int
    value: int
    ceiling: float
    used: frozenset[Pair]
    gains: dict[Pair, float]

    def may_reach(self, pair: Pair, value: int) -> bool:
        """Whether a deal with this pair can be worth as much."""
        return pair in self.used or self.ceiling + self.gains[pair] >= value - TINY


def bound_of(joint: Joint) -> Bound:
    return Relaxation(joint).bound()


class Relaxation:
    def __init__(self, joint: Joint):
        self.joint, self.solver = joint, pywraplp.Solver.CreateSolver("GLOP")
        self.parts: dict[Pair, pywraplp.Variable] = {pair: self.solver.NumVar(0, 1, "") for pair in joint.pairs}
        self.of_taker: dict[Key, list[Key]] = defaultdict(list)
        of_offer: dict[Key, list[Key]] = defaultdict(list)
        for taker, offer in joint.pairs:
            self.of_taker[taker].append(offer)
            of_offer[offer].append(taker)
        self.short: list[tuple[pywraplp.Variable, int]] = []
        for taker in joint.takers:
            self._add([((taker.key, offer), 1) for offer in self.of_taker[taker.key]], taker.least, taker.most, taker.size)
        for offer in joint.offers:
            here = [((taker, offer.key), joint.taker_of[taker].size) for taker in of_offer[offer.key]]
            self._add(here, offer.least, offer.places, 1)
        self.kept_apart: set[tuple[Key, int]] = set()

    def _add(self, weighed: list[tuple[Pair, int]], least: int, most: int, weight: int) -> None:
        rows = [self.solver.Constraint(0, most)]
        if least:
            lack = self.solver.NumVar(0, least, "")
            self.short.append((lack, weight))
            rows.append(self.solver.Constraint(least, self.solver.infinity()))
            rows[1].SetCoefficient(lack, 1)
        for pair, size in weighed:
            for row in rows:
                row.SetCoefficient(self.parts[pair], size)

    def bound(self) -> Bound:
        goal = self.solver.Objective()
        goal.SetMinimization()
        for lack, weight in self.short:
            goal.SetCoefficient(lack, weight)
        missing = ceil(self._solve() - TINY)
        allowed = self.solver.Constraint(-self.solver.infinity(), missing)
        goal.Clear()
        goal.SetMaximization()
        for lack, weight in self.short:
            allowed.SetCoefficient(lack, weight)
        for pair, value in self.joint.values.items():
            if pair in self.parts:
                goal.SetCoefficient(self.parts[pair], value)
        ceiling = self._solve()
        used = frozenset(pair for pair, part in self.parts.items() if part.solution_value() > TINY)
        gains = {pair: part.reduced_cost() for pair, part in self.parts.items()}
        return Bound(missing, floor(ceiling + TINY), ceiling, used, gains)

    def _solve(self) -> float:
        while True:
            if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
                raise RuntimeError("The linear program always has an answer: to give nothing.")
            reached = self.solver.Objective().Value()
            if not (close := list(self._too_close())):
                return reached
            for taker, day in close:
                self._keep_apart(taker, day)

    def _too_close(self):
        made: dict[Key, list[tuple[int, float]]] = defaultdict(list)
        for (taker, offer), part in self.parts.items():
            if (share := part.solution_value()) > TINY:
                made[taker].append((self.joint.offer_of[offer].day, share))
        for taker, here in made.items():
            for day in {day for day, _ in here}:
                together = sum(share for other, share in here if day <= other < day + self.joint.apart)
                if together > 1 + TINY and (taker, day) not in self.kept_apart:
                    yield taker, day

    def _keep_apart(self, taker: Key, day: int) -> None:
        self.kept_apart.add((taker, day))
        row = self.solver.Constraint(0, 1)
        for offer in self.of_taker[taker]:
            if day <= self.joint.offer_of[offer].day < day + self.joint.apart:
                row.SetCoefficient(self.parts[taker, offer], 1)
