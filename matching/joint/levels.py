"""The best bundles for all takers, level by level, each proven.

A linear program over the bundles bounds a level from below and says for each bundle how much worse a deal with it is at
least. Few are left that can be in a deal as good as one that is known, and among these SCIP finds the best. Whom the others
of a bundle are, it leaves open: a deal made of the bundles is as good as this only where they can be found (`filling`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

from ortools.linear_solver import pywraplp

from matching.joint.bundles import Bundle
from matching.joint.problem import Joint
from matching.problem import Key

TINY = 1e-3  # values are whole numbers; those of a solver are this near
NODES = 500  # of SCIP's search: work is counted, never timed
PLEASING = (1, 2, 3)  # the levels after what is missing


@dataclass(frozen=True, slots=True)
class Chosen:
    """`loads` say how many each offer gets; `reached` are the levels of the score that they make, of the first four."""

    bundles: tuple[Bundle, ...]
    loads: dict[Key, int]
    reached: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Best:
    """`bounds`: no deal that is as good on the levels before is better on one; where it equals what is reached it is proven."""

    chosen: Chosen
    bounds: tuple[int, ...]


def best_bundles(joint: Joint, bundles: Sequence[Bundle]) -> Best | None:
    """None where no deal of bundles misses as little as the linear program's bound says."""
    missing = ceil(Program(joint, bundles, (), is_whole=False).minimize(0) - TINY)
    chosen, reached, bounds = None, [missing], [missing]
    for level in PLEASING:
        relaxed = Program(joint, bundles, reached, is_whole=False)
        least = relaxed.minimize(level)
        if least is None:
            return None
        gains = relaxed.gains()
        bound = ceil(least - TINY)
        if chosen is None or chosen.reached[level] > bound:
            chosen, bound = _search(Sieve(joint, bundles, gains, reached, level, least), chosen)
        if chosen is None:
            return None
        bounds.append(bound)
        reached.append(chosen.reached[level])
        bundles = [each for each, gain in zip(bundles, gains, strict=True) if gain <= reached[level] - least + TINY]
    return Best(chosen, tuple(bounds))


@dataclass(frozen=True, slots=True)
class Sieve:
    """A level to be improved: `gains` say how much above `least` a deal with each of the bundles is at least."""

    joint: Joint
    bundles: Sequence[Bundle]
    gains: Sequence[float]
    reached: Sequence[int]
    level: int
    least: float

    def within(self, slack: float, known: Chosen | None) -> list[Bundle]:
        kept = set(known.bundles) if known else set()
        both = zip(self.bundles, self.gains, strict=True)
        return [each for each, gain in both if gain <= slack + TINY or each in kept or _is_empty(each)]


def _search(sieve: Sieve, known: Chosen | None) -> tuple[Chosen | None, int]:
    """(the best, what none can be below): first among the bundles that the bound is made of, then among all that matter."""
    slack = 0.0
    while True:
        few = sieve.within(slack, known)
        program = Program(sieve.joint, few, sieve.reached, is_whole=True)
        if program.minimize(sieve.level) is not None:
            found = program.chosen()
            if known is None or found.reached[sieve.level] < known.reached[sieve.level]:
                known = found
        above = known.reached[sieve.level] - sieve.least if known else inf
        if above <= slack + TINY or len(few) == len(sieve.bundles):
            # What was left out is worse than what is known.
            least = max(ceil(sieve.least - TINY), ceil(program.bound() - TINY)) if known else 0
            return known, min(known.reached[sieve.level], least) if known else 0
        slack = above


def _is_empty(bundle: Bundle) -> bool:
    return not bundle.asked and not bundle.others


class Program:
    """One bundle for each taker, and no offer with more than its places; `reached` are the levels that are not spoilt."""

    def __init__(self, joint: Joint, bundles: Sequence[Bundle], reached: Sequence[int], *, is_whole: bool):
        self.joint, self.bundles = joint, bundles
        self.solver = solver = pywraplp.Solver.CreateSolver("SCIP" if is_whole else "GLOP")
        if is_whole:
            solver.SetSolverSpecificParametersAsString(f"limits/totalnodes = {NODES}")
        self.parts = [solver.IntVar(0, 1, "") if is_whole else solver.NumVar(0, 1, "") for _ in bundles]
        self.units: dict[Key, list] = {}
        self.lacks: list = []
        others = {size: solver.Constraint(0, 0) for size in sorted({taker.size for taker in joint.takers})}
        loads = {offer.key: self._add_offer(offer, others, is_whole) for offer in joint.offers}
        takers = {taker.key: solver.Constraint(1, 1) for taker in joint.takers}
        for part, bundle in zip(self.parts, bundles, strict=True):
            size = bundle.taker.size
            takers[bundle.taker.key].SetCoefficient(part, 1)
            others[size].SetCoefficient(part, bundle.others)
            for offer in bundle.asked:
                loads[offer].SetCoefficient(part, size)
        for level, value in enumerate(reached):
            row = solver.Constraint(-solver.infinity(), value)
            for part, cost in self._goal(level):
                row.SetCoefficient(part, cost)

    def _add_offer(self, offer, others, is_whole: bool):
        """The row that says: those who asked for it, and others, are as many as its places that are taken.

        `others` are rows that count takers by their size: a couple needs two places of one offer.
        """
        row, solver = self.solver.Constraint(0, 0), self.solver
        for size, count in others.items():
            most = offer.places // size
            here = solver.IntVar(0, most, "") if is_whole else solver.NumVar(0, most, "")
            row.SetCoefficient(here, size)
            count.SetCoefficient(here, -1)
        self.units[offer.key] = [solver.NumVar(0, 1, "") for _ in range(offer.places)]
        for unit in self.units[offer.key]:
            row.SetCoefficient(unit, -1)
        if offer.least:
            self.lacks.append(solver.NumVar(0, offer.least, ""))
            least = solver.Constraint(offer.least, solver.infinity())
            for each in (self.lacks[-1], *self.units[offer.key]):
                least.SetCoefficient(each, 1)
        return row

    def _goal(self, level: int):
        yield from ((part, bundle.costs[level]) for part, bundle in zip(self.parts, self.bundles, strict=True))
        if level == 0:
            yield from ((lack, 1) for lack in self.lacks)
        if level == 3:  # the k-th costs 2k - 1, so that a load costs its square
            yield from ((unit, 2 * place + 1) for units in self.units.values() for place, unit in enumerate(units))

    def minimize(self, level: int) -> float | None:
        """None where nothing is as good as `reached`."""
        goal = self.solver.Objective()
        goal.SetMinimization()
        for part, cost in self._goal(level):
            goal.SetCoefficient(part, cost)
        exact = pywraplp.MPSolverParameters()
        exact.SetDoubleParam(exact.RELATIVE_MIP_GAP, 0.0)
        if self.solver.Solve(exact) not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            return None
        return goal.Value()

    def bound(self) -> float:
        return self.solver.Objective().BestBound()

    def gains(self) -> list[float]:
        """How much worse at least a deal with each bundle is; of a linear program."""
        return [part.reduced_cost() for part in self.parts]

    def chosen(self) -> Chosen:
        bundles = tuple(each for each, part in zip(self.bundles, self.parts, strict=True) if part.solution_value() > 0.5)
        loads = {offer: round(sum(unit.solution_value() for unit in units)) for offer, units in self.units.items()}
        reached = [sum(bundle.costs[level] for bundle in bundles) for level in range(4)]
        reached[0] += sum(max(0, offer.least - loads[offer.key]) for offer in self.joint.offers)
        reached[3] += sum(load**2 for load in loads.values())
        return Chosen(bundles, loads, tuple(reached))
