"""The requirements as one circulation of least cost, solved by OR-tools.

    hub → person → (those kept apart) → (experts) → item → hub

Every unit through a person or an item has an arc of its own. The k-th costs 2k - 1, so that loads cost their squares
and even loads are cheapest; it is rewarded while the least is not reached. As least numbers are rewarded, not demanded,
there always is an answer, and when not everything can be met it is one that meets the most. The levels (requirements
met, preference, evenness, ties, the lot) are kept apart by weights larger than all of the next level together.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from matching.problem import ProblemError
from matching.table import Side, Table

Clique = tuple[int, ...]  # rows of people, all of them kept apart from one another
LOTS = 64
# OR-tools multiplies costs by the number of nodes and answers BAD_COST_RANGE where 64 bits do not suffice.
LARGEST = 2**60


class Score(NamedTuple):
    """How bad an assignment is: compared from left to right, less is better."""

    unmet: int
    disliked: int  # the total preference, negative
    uneven: int


class Weights(NamedTuple):
    met: int
    preference: int
    even: int
    tie: int
    lots: int


class Network:
    def __init__(self, table: Table):
        self.table = table
        self.rows, self.columns = (place.astype(np.int32) for place in np.nonzero(table.may))
        people, items = table.may.shape
        self.arc = np.full(table.may.shape, -1, dtype=np.int32)
        self.arc[self.rows, self.columns] = np.arange(len(self.rows), dtype=np.int32)
        self.hub = people + items
        # Experts on an item that lacks one reach it through a node of their own.
        self.lacking = np.flatnonzero(table.lacks_expert).astype(np.int32)
        self.expert_node = np.arange(items, dtype=np.int32) + people
        self.expert_node[self.lacking] = self.hub + 1 + np.arange(len(self.lacking), dtype=np.int32)
        is_by_expert = table.expert[self.rows, self.columns] & table.lacks_expert[self.columns]
        self.heads = np.where(is_by_expert, self.expert_node[self.columns], self.columns + people).astype(np.int32)
        self.wanted = table.preference[self.rows, self.columns].astype(np.int64)
        self.tie = table.ties[self.rows, self.columns].astype(np.int64)
        self.lot = table.draw.randint(0, LOTS, len(self.rows)).astype(np.int64)
        # A most that is beyond all there is ("no limit") makes neither arcs nor weights grow.
        self.person_room = np.minimum(table.people.room, table.may.sum(axis=1))
        self.item_room = np.minimum(table.items.room, table.may.sum(axis=0))
        self.solved = 0

    def solve(self, cliques: Mapping[int, list[Clique]], forbidden: frozenset[tuple[int, int]]) -> np.ndarray:
        """The best assignment as a table of new pairs; `cliques` (by column) get their item at most once each."""
        self.solved += 1
        nodes = self.hub + 1 + len(self.lacking) + sum(map(len, cliques.values()))
        for lots in (LOTS, 1):
            weights = self._weights(nodes, lots)
            chosen = self._run(weights, cliques, forbidden) if weights.met * (nodes + 1) < LARGEST * 4 else None
            if chosen is not None:
                return chosen
        raise ProblemError(f"found {len(self.rows)} possible pairs with most so high that 64 bits do not hold the sums.")

    def _weights(self, nodes: int, lots: int) -> Weights:
        people, items = self.table.people, self.table.items
        pairs = int(min(self.person_room.sum(), self.item_room.sum()))
        highest = int(max((people.had + self.person_room).max(initial=0), (items.had + self.item_room).max(initial=0)))
        spread = int(self.wanted.max(initial=0) - self.wanted.min(initial=0)) + 1
        above_even = 4 * highest * pairs + 1
        above_preference = spread * pairs + 1
        above_ties = int(self.tie.max(initial=0)) * pairs + 1
        room = LARGEST // (above_even * above_preference * (pairs + 1) * (nodes + 1))
        if above_ties > room:
            above_ties = 1  # too large a problem for them: the lot decides
        lots = max(1, min(lots, room // above_ties))
        tie = 1 if lots == 1 else lots * pairs + 1
        even = tie * above_ties
        above = even * above_even
        return Weights(met=above * above_preference, preference=above, even=even, tie=tie * (above_ties > 1), lots=lots)

    def _run(self, weights: Weights, cliques, forbidden) -> np.ndarray | None:
        flow = SimpleMinCostFlow()
        heads, capacity = self.heads.copy(), np.ones(len(self.rows), dtype=np.int64)
        self._add_cliques(flow, cliques, heads)
        if forbidden:
            rows, columns = zip(*forbidden, strict=True)
            capacity[self.arc[list(rows), list(columns)]] = 0
        cost = self.lot % weights.lots + self.tie * weights.tie - self.wanted * weights.preference
        arcs = flow.add_arcs_with_capacity_and_unit_cost(self.rows, heads, capacity, cost)
        people, items = self.table.may.shape
        self._add_units(flow, self.table.people, self.person_room, weights, np.arange(people), into=True)
        self._add_units(flow, self.table.items, self.item_room, weights, np.arange(items) + people, into=False)
        self._add_experts(flow, weights)
        if flow.solve() != flow.OPTIMAL:
            return None
        chosen = np.zeros(self.table.may.shape, dtype=bool)
        chosen[self.rows, self.columns] = flow.flows(arcs) > 0
        return chosen

    def _add_units(self, flow, side: Side, room: np.ndarray, weights: Weights, nodes: np.ndarray, *, into: bool) -> None:
        if not room.sum():
            return
        node = np.repeat(nodes, room).astype(np.int32)
        unit = np.arange(room.sum()) - np.repeat(np.cumsum(room) - room, room)  # 0, 1, ... for each node anew
        cost = (2 * (np.repeat(side.had, room) + unit) + 1) * weights.even
        cost = cost - np.where(unit < np.repeat(side.lacking, room), weights.met, 0)
        hub = np.full_like(node, self.hub)
        tails, heads = (hub, node) if into else (node, hub)
        flow.add_arcs_with_capacity_and_unit_cost(tails, heads, np.ones(len(node), np.int64), cost)

    def _add_experts(self, flow, weights: Weights) -> None:
        if not len(self.lacking):
            return
        tails, heads = self.expert_node[self.lacking], self.lacking + np.int32(self.table.may.shape[0])
        ones = np.ones(len(tails), dtype=np.int64)
        flow.add_arcs_with_capacity_and_unit_cost(tails, heads, ones, -weights.met * ones)
        flow.add_arcs_with_capacity_and_unit_cost(tails, heads, self.item_room[self.lacking], 0 * ones)

    def _add_cliques(self, flow, cliques: Mapping[int, list[Clique]], heads: np.ndarray) -> None:
        """Each clique reaches its item through a node that lets one of them pass."""
        node = self.hub + 1 + len(self.lacking)
        for column, here in sorted(cliques.items()):
            for clique in here:
                arcs = self.arc[list(clique), column]
                flow.add_arc_with_capacity_and_unit_cost(node, int(heads[arcs[0]]), 1, 0)
                heads[arcs] = node
                node += 1


def score(table: Table, chosen: np.ndarray) -> Score:
    """What the flow minimises, less the lots, computed from the assignment itself."""
    person_load, item_load = loads(table, chosen)
    unmet = (
        np.maximum(table.people.lacking - chosen.sum(axis=1), 0).sum()
        + np.maximum(table.items.lacking - chosen.sum(axis=0), 0).sum()
        + (table.lacks_expert & ~(chosen & table.expert).any(axis=0)).sum()
    )
    uneven = (person_load**2).sum() + (item_load**2).sum()
    return Score(int(unmet), -int(table.preference[chosen].sum()), int(uneven))


def loads(table: Table, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return table.people.had + chosen.sum(axis=1), table.items.had + chosen.sum(axis=0)
