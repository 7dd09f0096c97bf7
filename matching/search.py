"""People who are to be kept apart: the flow, tightened until nobody breaks the rule.

The flow alone does not know the rule. Where its answer breaks it, the two (with all who are apart from both) get a
node in front of the item that lets one of them pass, and the flow is solved anew: most problems end here, solved to
the optimum. Cliques that overlap on one item are no flow any more. Then those who want the item less give way, which
leads to a good answer soon. When it is not as good as the flow's bound, CP-SAT goes on from it, or, where there are too
many pairs for CP-SAT, the search branches: this person never on this item, or else nobody apart from that person.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

import numpy as np

from matching.exact import grown, improve
from matching.flow import Clique, Network, Score, score
from matching.table import Table

Cell = tuple[int, int]  # row of the person, column of the item
# How much is searched is counted, not timed: the same problem must have the same answer on a slow machine.
ARCS_TO_SOLVE, FEWEST_FLOWS, MOST_FLOWS = 32_000_000, 8, 60
PATIENCE = 2  # after so many steps that lead to new clashes, whoever is well placed stays
CP_SAT_UP_TO = 100_000  # possible pairs


class Found(NamedTuple):
    """`bound`: no assignment is better than this; equal to the score when the optimum is proven."""

    chosen: np.ndarray
    score: Score
    bound: Score


class Clash(NamedTuple):
    column: int
    one: int
    other: int


@dataclass
class Search:
    table: Table
    network: Network
    flows: int
    tell: Callable[[float], None]
    cp_sat_up_to: int = CP_SAT_UP_TO
    cliques: dict[int, list[Clique]] = field(default_factory=dict)
    best: tuple[Score, np.ndarray] | None = None

    def run(self) -> Found:
        root = self._solve(frozenset(), None, self.flows // 2)
        self._plunge(root)
        reached, chosen = self.best
        if reached <= root.bound:
            return Found(chosen, reached, reached)
        if len(self.network.rows) > self.cp_sat_up_to:
            return self._branch(root)
        chosen, bound = improve(self.table, chosen, root.bound)
        return Found(chosen, score(self.table, chosen), bound)

    def _solve(self, forbidden: frozenset[Cell], parent: "Node | None", flows: int) -> "Node":
        """Solve with the cells forbidden, adding cliques while that helps; keep what breaks no rule."""
        while True:
            chosen = self.network.solve(self.cliques, forbidden)
            self.tell(min(self.network.solved / self.flows, 1))
            bound, clashes = score(self.table, chosen), find_clashes(self.table, chosen)
            self._keep(chosen, clashes)
            if self.network.solved >= flows or not self._add_cliques(clashes):
                break
        # Of equal nodes the newest comes first: it is the deepest, and nearest to an answer.
        return Node(max(bound, parent.bound) if parent else bound, -self.network.solved, forbidden, clashes, chosen)

    def _plunge(self, node: "Node") -> None:
        """An answer that breaks no rule, on the straightest way: of each clash, who wants the item less gives way."""
        step = 0
        while node.clashes and node.bound < self.best[0] and self.network.solved < self.flows:
            step += 1
            columns = range(len(self.table.items.all)) if step > PATIENCE else {clash.column for clash in node.clashes}
            node = self._solve(node.forbidden | self._settled(node, columns), node, 0)

    def _settled(self, node: "Node", columns: Iterable[int]) -> set[Cell]:
        """Who gives way in the clashes of the node, and all who would clash with those who stay on these items."""
        giving_way = {self._who_gives_way(clash) for clash in node.clashes}
        cells = set(giving_way)
        for column in columns:
            staying = [row for row in np.flatnonzero(node.chosen[:, column]).tolist() if (row, column) not in giving_way]
            cells |= {(other, column) for row in staying for other in self.table.apart[row] if self.table.may[other, column]}
        return cells

    def _branch(self, root: "Node") -> Found:
        nodes = [root]
        while nodes and nodes[0].bound < self.best[0] and self.network.solved < self.flows:
            parent = heapq.heappop(nodes)
            for cells in self._ways_out(parent.clashes[0]):
                heapq.heappush(nodes, self._solve(parent.forbidden | cells, parent, self.flows))
        reached, chosen = self.best
        return Found(chosen, reached, min([reached, *(node.bound for node in nodes[:1])]))

    def _ways_out(self, clash: Clash) -> list[frozenset[Cell]]:
        others = {(row, clash.column) for row in self.table.apart[clash.one] if self.table.may[row, clash.column]}
        return [frozenset({(clash.one, clash.column)}), frozenset(others)]

    def _keep(self, chosen: np.ndarray, clashes: list[Clash]) -> None:
        """Remember the assignment, less those who give way, if it is the best yet. It breaks no rule, but may meet less."""
        chosen = chosen.copy()
        for clash in clashes:
            if chosen[clash.one, clash.column] and chosen[clash.other, clash.column]:
                chosen[self._who_gives_way(clash)] = False
        reached = score(self.table, chosen)
        if self.best is None or reached < self.best[0]:
            self.best = reached, chosen

    def _who_gives_way(self, clash: Clash) -> Cell:
        one, other = (self.table.preference[row, clash.column] for row in (clash.one, clash.other))
        return (clash.one if one < other else clash.other), clash.column

    def _add_cliques(self, clashes: list[Clash]) -> bool:
        return sum(self._add_clique(clash) for clash in clashes) > 0

    def _add_clique(self, clash: Clash) -> bool:
        """Whether the clash can be made part of the flow: cliques of one item may neither overlap nor mix in its experts."""
        table, column = self.table, clash.column
        is_by_expert = table.expert[:, column] & table.lacks_expert[column]
        if is_by_expert[clash.one] != is_by_expert[clash.other]:
            return False
        here = self.cliques.get(column, [])
        old = {clique for clique in here if clash.one in clique or clash.other in clique}
        members = {clash.one, clash.other}.union(*old)
        if any(other not in table.apart[one] for one, other in combinations(members, 2)):
            return False
        others = {row for clique in here for row in clique}
        joins = table.may[:, column] & (is_by_expert == is_by_expert[clash.one])
        members = grown(members, table.apart, lambda row: joins[row] and row not in others)
        self.cliques[column] = [clique for clique in here if clique not in old] + [tuple(sorted(members))]
        return True


class Node(NamedTuple):
    bound: Score
    order: int
    forbidden: frozenset[Cell]
    clashes: list[Clash]
    chosen: np.ndarray


def search(table: Table, tell: Callable[[float], None]) -> Found:
    network = Network(table)
    flows = min(max(ARCS_TO_SOLVE // max(len(network.rows), 1), FEWEST_FLOWS), MOST_FLOWS)
    return Search(table, network, flows, tell).run()


def find_clashes(table: Table, chosen: np.ndarray) -> list[Clash]:
    """Who got the same item although they are to be kept apart."""
    return [
        Clash(int(column), one, other)
        for one, others in enumerate(table.apart)
        for other in sorted(others)
        if one < other
        for column in np.flatnonzero(chosen[one] & chosen[other])
    ]
