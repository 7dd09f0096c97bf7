"""A problem as arrays: a row for each person, a column for each item, both in an order drawn by the seed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from matching.problem import STRONGEST, Item, Key, Pair, Person, Problem, ProblemError, sort_key


@dataclass(frozen=True, slots=True)
class Side:
    """The people or the items: how many each may still get, and how many each has already."""

    all: list
    at: dict[Key, int]
    least: np.ndarray
    most: np.ndarray
    had: np.ndarray

    @property
    def room(self) -> np.ndarray:
        return np.maximum(self.most - self.had, 0)

    @property
    def lacking(self) -> np.ndarray:
        return np.maximum(self.least - self.had, 0)


@dataclass(frozen=True, slots=True)
class Table:
    """`may` marks the pairs that can be made; `lacks_expert` the items that need an expert and have none yet."""

    people: Side
    items: Side
    preference: np.ndarray
    ties: np.ndarray
    may: np.ndarray
    conflict: np.ndarray
    fixed: np.ndarray
    expert: np.ndarray
    lacks_expert: np.ndarray
    apart: list[set[int]]
    draw: np.random.RandomState


def read(problem: Problem) -> Table:
    """Raises ProblemError for what cannot be meant."""
    # RandomState is the generator whose numbers NumPy promises never to change.
    draw = np.random.RandomState(_checked_seed(problem.seed))
    people, people_at = _ordered("people", problem.people, draw)
    items, items_at = _ordered("items", problem.items, draw)
    reader = _Reader(people_at, items_at)
    fixed = reader.marks("fixed", problem.fixed)
    conflict = reader.marks("conflicts", problem.conflicts)
    expert, needs_expert = reader.experts(problem)
    apart = reader.apart(problem)
    rows = _side(people, people_at, fixed.sum(axis=1))
    columns = _side(items, items_at, fixed.sum(axis=0))
    may = ~(conflict | fixed) & (rows.room > 0)[:, None] & (columns.room > 0)[None, :]
    for row, others in enumerate(apart):
        if others:
            may[row] &= ~fixed[sorted(others)].any(axis=0)
    return Table(
        people=rows,
        items=columns,
        preference=reader.values("preferences", problem.preferences, -STRONGEST),
        ties=reader.values("ties", problem.ties, 0),
        may=may,
        conflict=conflict,
        fixed=fixed,
        expert=expert,
        lacks_expert=needs_expert & ~(expert & fixed).any(axis=0),
        apart=apart,
        draw=draw,
    )


def _checked_seed(seed: int) -> int:
    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ProblemError(f"seed: found {seed!r}; expected a whole number from 0 to 2^32 - 1.")
    return seed


def _ordered(where: str, entries: Iterable[Item | Person], draw) -> tuple[list, dict[Key, int]]:
    entries = list(entries)
    for entry in entries:
        if not isinstance(entry.key, int | str):
            raise ProblemError(f"{where}: found the key {entry.key!r}; expected a number or a text.")
        if not 0 <= entry.least <= entry.most:
            raise ProblemError(f"{where}: {entry} has least {entry.least} and most {entry.most}; expected 0 <= least <= most.")
    entries.sort(key=lambda entry: sort_key(entry.key))
    entries = [entries[place] for place in draw.permutation(len(entries))]
    at = {entry.key: place for place, entry in enumerate(entries)}
    if len(at) < len(entries):
        twice = next(entry for place, entry in enumerate(entries) if at[entry.key] != place)
        raise ProblemError(f"{where}: the key {twice.key!r} is there twice; expected each once.")
    return entries, at


def _side(entries: list, at: dict[Key, int], had: np.ndarray) -> Side:
    least = np.array([entry.least for entry in entries], dtype=np.int64)
    most = np.array([entry.most for entry in entries], dtype=np.int64)
    return Side(entries, at, least, most, had.astype(np.int64))


@dataclass(frozen=True, slots=True)
class _Reader:
    people_at: dict[Key, int]
    items_at: dict[Key, int]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.people_at), len(self.items_at)

    def places(self, where: str, pairs: Iterable[Pair]) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of the pairs, in the order given."""
        people_at, items_at = self.people_at, self.items_at
        try:
            flat = np.fromiter((place for person, item in pairs for place in (people_at[person], items_at[item])), np.int64)
        except (KeyError, TypeError, ValueError):
            for pair in pairs:
                self._check(where, pair)
            raise
        return flat[::2], flat[1::2]

    def _check(self, where: str, pair: Pair) -> None:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise ProblemError(f"{where}: found {pair!r}; expected a pair (person, item).")
        self._known(where, pair, pair[0], self.people_at, "person")
        self._known(where, pair, pair[1], self.items_at, "item")

    @staticmethod
    def _known(where: str, entry: object, key: Key, at: dict[Key, int], what: str) -> int:
        if key not in at:
            raise ProblemError(f"{where}: {entry!r} names the {what} {key!r}; the problem has no such {what}.")
        return at[key]

    def marks(self, where: str, pairs: Iterable[Pair]) -> np.ndarray:
        table = np.zeros(self.shape, dtype=bool)
        table[self.places(where, list(pairs))] = True
        return table

    def values(self, where: str, said: Mapping[Pair, int], lowest: int) -> np.ndarray:
        table = np.zeros(self.shape, dtype=np.int32)
        if not said:
            return table
        for pair, value in said.items():
            if not isinstance(value, int) or not lowest <= value <= STRONGEST:
                raise ProblemError(f"{where}: {pair!r} is {value!r}; expected a whole number from {lowest} to {STRONGEST}.")
        table[self.places(where, said)] = np.fromiter(said.values(), np.int32, len(said))
        return table

    def experts(self, problem: Problem) -> tuple[np.ndarray, np.ndarray]:
        expert, needs = np.zeros(self.shape, dtype=bool), np.zeros(len(self.items_at), dtype=bool)
        for item, people in problem.experts.items():
            column = self._known("experts", item, item, self.items_at, "item")
            needs[column] = True
            for person in people:
                expert[self._known("experts", (person, item), person, self.people_at, "person"), column] = True
        return expert, needs

    def apart(self, problem: Problem) -> list[set[int]]:
        others: list[set[int]] = [set() for _ in self.people_at]
        for pair in problem.apart:
            if not isinstance(pair, tuple) or len(pair) != 2:
                raise ProblemError(f"apart: found {pair!r}; expected a pair of people.")
            one, other = (self._known("apart", pair, person, self.people_at, "person") for person in pair)
            if one == other:
                raise ProblemError(f"apart: {pair!r} names one person twice; expected two.")
            others[one].add(other)
            others[other].add(one)
        return others
