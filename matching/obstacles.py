"""Which requirements cannot be met, whatever anybody does, and how much of them can.

The simple conditions come first: one item or person alone, an item's experts, the totals. What they leave open is a
group that needs more than those around it can give; the flow that meets the most shows which group.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.explain import EXPERT, ITEM, PERSON, capital, count_of
from matching.problem import Key, Problem, sort_key
from matching.table import Side, Table

EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """These items (or people) need `needed` in all, and `possible` is the most that they can be given."""

    kind: str  # item, person, expert, or everything (without keys)
    keys: tuple[Key, ...]
    needed: int
    possible: int
    sentence: str


@dataclass(frozen=True, slots=True)
class View:
    """One side, seen from there: `may` and `chosen` have a row for each of its own."""

    kind: str
    own: Side
    other: Side
    may: np.ndarray
    chosen: np.ndarray
    nouns: tuple[str, str]
    other_nouns: tuple[str, str]
    pairs: tuple[str, str]


def obstacles(problem: Problem, table: Table, chosen: np.ndarray, met_at_most: int) -> tuple[Obstacle, ...]:
    """`chosen` is an assignment that does not meet all; none meets more than `met_at_most`."""
    words = problem.words
    item, person, pair = (words.item, words.items), (words.person, words.people), (words.pair, words.pairs)
    views = (
        View(ITEM, table.items, table.people, table.may.T, chosen.T, item, person, pair),
        View(PERSON, table.people, table.items, table.may, chosen, person, item, pair),
    )
    found = [*_experts(table, item[0])]
    for view in views:
        alone = [*_alone(view)]
        found += alone or _totals(view) or _together(view)
    return tuple(found) or (_everything(table, met_at_most),)


def needs(table: Table) -> int:
    """How much is to be met: every missing item of a person, person of an item, and expert counts one."""
    return int(table.people.lacking.sum() + table.items.lacking.sum() + table.lacks_expert.sum())


def _everything(table: Table, possible: int) -> Obstacle:
    needed = needs(table)
    text = f"Each could be met, but not all at once: of {needed} that are open, {possible} can be met at most."
    return Obstacle(EVERYTHING, (), needed, possible, text)


def _alone(view: View) -> Iterator[Obstacle]:
    most = view.own.had + np.minimum(view.own.room, view.may.sum(axis=1))
    for place in np.flatnonzero(most < view.own.least):
        entry, needed, possible = view.own.all[place], int(view.own.least[place]), int(most[place])
        text = (
            f"{capital(view.nouns[0])} {entry} needs {count_of(needed, *view.other_nouns)}; "
            f"without conflicts and what is full, only {possible} can be had."
        )
        yield Obstacle(view.kind, (entry.key,), needed, possible, text)


def _experts(table: Table, noun: str) -> Iterator[Obstacle]:
    for column in np.flatnonzero(table.lacks_expert & ~(table.may & table.expert).any(axis=0)):
        item = table.items.all[column]
        text = f"{capital(noun)} {item} needs an expert; no expert on it can take it."
        yield Obstacle(EXPERT, (item.key,), 1, 0, text)


def _totals(view: View) -> list[Obstacle]:
    needed = int(view.own.lacking.sum())
    possible = int(np.minimum(view.other.room, view.may.sum(axis=0)).sum())
    if possible >= needed:
        return []
    had = int(np.minimum(view.own.had, view.own.least).sum())
    text = (
        f"The {view.nouns[1]} need {count_of(needed + had, *view.pairs)} in all"
        f"{f', {had} of which exist' if had else ''}; the {view.other_nouns[1]} can give {possible}{' more' if had else ''}."
    )
    keys = tuple(sorted((view.own.all[place].key for place in np.flatnonzero(view.own.lacking)), key=sort_key))
    return [Obstacle(view.kind, keys, needed + had, possible + had, text)]


def _together(view: View) -> list[Obstacle]:
    """From those who are short: who could give to them is full, and whoever else they give to needs no less."""
    short = view.own.lacking > view.chosen.sum(axis=1)
    if not short.any():
        return []
    group = short
    while True:
        givers = (view.may & ~view.chosen)[group].any(axis=0)
        grown = group | view.chosen[:, givers].any(axis=1)
        if (grown == group).all():
            break
        group = grown
    needed = int(view.own.lacking[group].sum())
    most = np.minimum(view.other.room, view.may[group].sum(axis=0))
    possible = int(most.sum())
    if possible >= needed:
        return []
    entries = [view.own.all[place] for place in np.flatnonzero(group)]
    names = ", ".join(sorted(str(entry) for entry in entries)[:5]) + (" and others" if len(entries) > 5 else "")
    givers = int((most > 0).sum())
    text = (
        f"The {count_of(len(entries), *view.nouns)} {names} need {needed} more {view.pairs[1]} in all; "
        f"the {count_of(givers, *view.other_nouns)} who may give them can give {possible}."
    )
    return [Obstacle(view.kind, tuple(sorted((entry.key for entry in entries), key=sort_key)), needed, possible, text)]
