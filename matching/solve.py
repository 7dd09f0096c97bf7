"""The one call: a problem in, the best assignment out, with what there is to say about it."""

from collections.abc import Callable
from dataclasses import dataclass

from matching.explain import Binding, Choice, Explainer, Shortage, Summary, choices_of, summarise
from matching.flow import score
from matching.obstacles import Obstacle, needs, obstacles
from matching.problem import Pair, Problem
from matching.search import Found, search
from matching.table import Table, read

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """`choices` are the new pairs; nothing of `fixed` is among them.

    `objective` is their total preference and `bound` the most that any assignment could have that meets as many
    requirements. `unmet` counts what is missing to the least numbers and experts, `unmet_bound` how much of that no
    assignment avoids. `unevenness` is the sum of the squares of all loads. `is_optimal` speaks for all three.
    """

    choices: tuple[Choice, ...]
    objective: int
    bound: int
    unmet: int
    unmet_bound: int
    unevenness: int
    is_optimal: bool
    summary: Summary
    bindings: tuple[Binding, ...]

    is_feasible = True

    @property
    def pairs(self) -> tuple[Pair, ...]:
        return tuple((choice.person, choice.item) for choice in self.choices)

    @property
    def gap(self) -> int:
        """How much preference is at most lost; 0 when that much is proven."""
        return max(self.bound - self.objective, 0)


@dataclass(frozen=True, slots=True)
class Infeasible(Result):
    """Not everything can be met: `choices` meet the most that can, `shortages` say who is short, `obstacles` why.

    When `unmet` is above `unmet_bound`, the search ended before it was certain that no more can be met.
    """

    shortages: tuple[Shortage, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()

    is_feasible = False


def solve(problem: Problem, *, progress: Progress | None = None) -> Result:
    """The assignment that meets the most requirements, then has the most preference, then is the most even.

    Equal ones are decided by lot, drawn by the seed. Raises ProblemError for a problem that contradicts itself.
    `progress` is told the share that is done, from 0 to 1, and what is going on.
    """
    tell = progress or (lambda share, words: None)
    tell(0, "Reading who may take what")
    table = read(problem)
    tell(0.05, "Looking for the best assignment")
    found = search(table, lambda share: tell(0.05 + 0.85 * share, "Looking for the best assignment"))
    tell(0.9, "Summing up")
    result = _result(problem, table, found)
    tell(1, "Done")
    return result


def _result(problem: Problem, table: Table, found: Found) -> Result:
    chosen, reached = found.chosen, score(table, found.chosen)
    explainer = Explainer(problem, table, chosen)
    choices = choices_of(table, chosen)
    common = {
        "choices": choices,
        "objective": -reached.disliked,
        "bound": -found.bound.disliked,
        "unmet": reached.unmet,
        "unmet_bound": found.bound.unmet,
        "unevenness": reached.uneven,
        "is_optimal": reached == found.bound,
        "summary": summarise(table, choices),
        "bindings": explainer.bindings(),
    }
    if not reached.unmet:
        return Result(**common)
    reasons = obstacles(problem, table, chosen, needs(table) - found.bound.unmet)
    return Infeasible(**common, shortages=explainer.shortages(), obstacles=reasons)
