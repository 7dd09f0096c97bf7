"""Optimal assignment of people to items: who reviews what, who presents when. No database, no clock.

`solve(Problem(...))` answers with a `Result`, or with an `Infeasible` one that says what cannot be met.
"""

from matching.explain import Binding, Choice, Shortage, Summary
from matching.obstacles import Obstacle
from matching.problem import Item, Key, Pair, Person, Problem, ProblemError, Words
from matching.solve import Infeasible, Result, solve

__all__ = [
    "Binding",
    "Choice",
    "Infeasible",
    "Item",
    "Key",
    "Obstacle",
    "Pair",
    "Person",
    "Problem",
    "ProblemError",
    "Result",
    "Shortage",
    "Summary",
    "Words",
    "solve",
]
