"""The same requirements for CP-SAT, for the problems whose clashes the flow alone cannot settle."""

from collections import defaultdict

import numpy as np
from ortools.sat.python import cp_model

from matching.flow import Score, score
from matching.table import Side, Table

# In CP-SAT's deterministic seconds, not a clock's: the same problem must have the same answer on a slow machine.
EFFORT = 12.0


def improve(table: Table, best: np.ndarray, bound: Score) -> tuple[np.ndarray, Score]:
    """An assignment at least as good as `best`, and a bound at least as tight."""
    model = Model(table)
    best, found = model.meet_and_please(best, bound)
    bound = max(bound, found)
    if score(table, best)[:2] != bound[:2]:
        return best, bound
    best, uneven = model.even_out(best)
    return best, Score(*bound[:2], max(uneven, bound.uneven))


class Model:
    def __init__(self, table: Table):
        self.table, self.model = table, cp_model.CpModel()
        cells = zip(*(place.tolist() for place in np.nonzero(table.may)), strict=True)
        self.pairs = {cell: self.model.new_bool_var("") for cell in cells}
        self.by_row, self.by_column = defaultdict(dict), defaultdict(dict)
        for (row, column), pair in self.pairs.items():
            self.by_row[row][column] = self.by_column[column][row] = pair
        self.unmet, self.uneven = [], []
        self._add_side(table.people, self.by_row)
        self._add_side(table.items, self.by_column)
        self._add_experts()
        self._add_apart()

    def _add_side(self, side: Side, pairs: dict[int, dict]) -> None:
        for place in range(len(side.all)):
            here, lacking, had = list(pairs[place].values()), int(side.lacking[place]), int(side.had[place])
            units = [self.model.new_bool_var("") for _ in range(min(int(side.room[place]), len(here)))]
            self.model.add(sum(here) == sum(units))
            for unit, following in zip(units, units[1:], strict=False):
                self.model.add_implication(following, unit)
            self.unmet.append(lacking - sum(units[:lacking]))
            self.uneven.append(had**2 + sum((2 * (had + count) + 1) * unit for count, unit in enumerate(units)))

    def _add_experts(self) -> None:
        for column in np.flatnonzero(self.table.lacks_expert):
            lacks = self.model.new_bool_var("")
            able = [pair for row, pair in self.by_column[column].items() if self.table.expert[row, column]]
            self.model.add_bool_or([lacks, *able])
            self.unmet.append(lacks)

    def _add_apart(self) -> None:
        """In cliques, each made as large as it gets: far stronger than pair by pair."""
        for clique in cliques_of(self.table.apart):
            for column in {column for row in clique for column in self.by_row[row]}:
                here = self.by_column[column]
                self.model.add_at_most_one([here[row] for row in clique if row in here])

    def meet_and_please(self, best: np.ndarray, bound: Score) -> tuple[np.ndarray, Score]:
        """Requirements and preference in one objective, which guides the search better than one after the other."""
        values = [int(self.table.preference[cell]) for cell in self.pairs]
        count = int(min(self.table.people.room.sum(), self.table.items.room.sum(), len(values)))
        highest, lowest = count * max(0, *values), count * min(0, *values)
        above = highest - lowest + 1
        pleased = sum(value * pair for value, pair in zip(values, self.pairs.values(), strict=True))
        goal = above * sum(self.unmet) - pleased
        self.model.add(goal >= above * bound.unmet + bound.disliked)
        best, least = self._minimize(goal, best)
        reached = score(self.table, best)
        self.model.add(goal <= above * reached.unmet + reached.disliked)
        unmet, rest = divmod(least + highest, above)
        return best, Score(unmet, rest - highest, 0)

    def even_out(self, best: np.ndarray) -> tuple[np.ndarray, int]:
        return self._minimize(sum(self.uneven), best)

    def _minimize(self, goal, best: np.ndarray) -> tuple[np.ndarray, int]:
        """The best assignment found and a bound on the goal."""
        self.model.clear_hints()
        for cell, pair in self.pairs.items():
            self.model.add_hint(pair, int(best[cell]))
        self.model.minimize(goal)
        solver = cp_model.CpSolver()
        # One worker: several would race, and the answer would depend on the machine.
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = EFFORT
        status = solver.solve(self.model)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            found = np.zeros_like(best)
            for cell, pair in self.pairs.items():
                found[cell] = solver.boolean_value(pair)
            best = min(best, found, key=lambda chosen: score(self.table, chosen))
        return best, int(np.ceil(solver.best_objective_bound - 1e-6))


def cliques_of(apart: list[set[int]]) -> list[list[int]]:
    """Groups all apart from one another, which together hold every pair that is to be kept apart."""
    left = {(one, other) for one, others in enumerate(apart) for other in others if one < other}
    cliques = []
    for pair in sorted(left):
        if pair in left:
            clique = grown(set(pair), apart)
            left -= {(one, other) for one in clique for other in clique}
            cliques.append(sorted(clique))
    return cliques


def grown(clique: set[int], apart: list[set[int]], may_join=lambda row: True) -> set[int]:
    """The clique with more people, as long as all are apart from one another."""
    clique = set(clique)
    for row in sorted(set.intersection(*(apart[member] for member in clique))):
        if clique <= apart[row] and may_join(row):
            clique.add(row)
    return clique
