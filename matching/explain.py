"""What a person wants to know about an assignment: who got what they asked for, who is short and why, what binds."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.flow import loads
from matching.problem import STRONGEST, Key, Problem, sort_key
from matching.table import Side, Table

PERSON, ITEM, EXPERT = "person", "item", "expert"


@dataclass(frozen=True, slots=True)
class Choice:
    """A new pair. `rank` is 1 for a first choice; ties share a rank; None where the person did not ask for the item."""

    person: Key
    item: Key
    preference: int
    rank: int | None


@dataclass(frozen=True, slots=True)
class Shortage:
    """A requirement that the assignment does not meet. `kind` is person, item or expert (then `key` is the item's)."""

    kind: str
    key: Key
    needed: int
    got: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Binding:
    """A requirement that costs somebody a wish. `turned_away` counts wishes, or pairs nobody asked for."""

    kind: str  # item_most, person_most, item_least, person_least, apart
    key: Key
    turned_away: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Summary:
    """`ranks` counts new pairs by rank; `unasked` are at 0, `unwanted` below; `askers` people asked for something."""

    ranks: dict[int, int]
    unasked: int
    unwanted: int
    askers: int
    with_first_choice: int


def choices_of(table: Table, chosen: np.ndarray) -> tuple[Choice, ...]:
    """Ranks are among what the person could have got: a wish that is a conflict is nobody's first choice."""
    found = []
    for row in np.flatnonzero(chosen.any(axis=1)):
        wishes = table.preference[row]
        could_have = wishes[(table.may[row] | table.fixed[row]) & (wishes > 0)]
        for column in np.flatnonzero(chosen[row]):
            wish = int(wishes[column])
            rank = len(np.unique(could_have[could_have > wish])) + 1 if wish > 0 else None
            found.append(Choice(table.people.all[row].key, table.items.all[column].key, wish, rank))
    return tuple(sorted(found, key=lambda choice: (sort_key(choice.person), sort_key(choice.item))))


def summarise(table: Table, choices: tuple[Choice, ...]) -> Summary:
    ranks = Counter(choice.rank for choice in choices if choice.rank)
    return Summary(
        ranks=dict(sorted(ranks.items())),
        unasked=sum(choice.preference == 0 for choice in choices),
        unwanted=sum(choice.preference < 0 for choice in choices),
        askers=int((table.preference > 0).any(axis=1).sum()),
        with_first_choice=len({choice.person for choice in choices if choice.rank == 1}),
    )


@dataclass(frozen=True, slots=True)
class Explainer:
    problem: Problem
    table: Table
    chosen: np.ndarray

    @property
    def free(self) -> np.ndarray:
        """The pairs that are possible and were not made."""
        return self.table.may & ~self.chosen

    @property
    def is_apart(self) -> np.ndarray:
        """Pairs that somebody who has the item stands in the way of."""
        blocked = np.zeros_like(self.chosen)
        has = self.chosen | self.table.fixed
        for row, others in enumerate(self.table.apart):
            if others:
                blocked[row] = has[sorted(others)].any(axis=0)
        return blocked

    # Who is short

    def shortages(self) -> tuple[Shortage, ...]:
        words = self.problem.words
        person_loads, item_loads = loads(self.table, self.chosen)
        found = [
            *self._short_of(ITEM, self.table.items, item_loads, (words.person, words.people)),
            *self._short_of(PERSON, self.table.people, person_loads, (words.item, words.items)),
            *self._without_expert(),
        ]
        return tuple(sorted(found, key=lambda short: (short.kind, sort_key(short.key))))

    def _short_of(self, kind: str, side: Side, load: np.ndarray, nouns: tuple[str, str]) -> Iterator[Shortage]:
        for place in np.flatnonzero(load < side.least):
            needed, got = int(side.least[place]), int(load[place])
            why = self._why_short(kind, place, side, nouns)
            text = f"{capital(self._noun(kind))} {side.all[place]} needs {count_of(needed, *nouns)} and gets {got}: {why}."
            yield Shortage(kind, side.all[place].key, needed, got, text)

    def _why_short(self, kind: str, place: int, side: Side, nouns: tuple[str, str]) -> str:
        at = np.s_[:, place] if kind == ITEM else np.s_[place]
        if side.had[place] + self.table.may[at].sum() < side.least[place]:
            return self._why_few(kind, at, nouns)
        free = self.free[at] & ~self.is_apart[at]
        if not free.any():
            return "those left are to be kept apart from others" if self.free[at].any() else "there are no more"
        return f"the other {nouns[1]} have as many as they may, or are needed elsewhere"

    def _why_few(self, kind: str, at, nouns: tuple[str, str]) -> str:
        """What keeps the others away, each counted by the first thing that does."""
        other = self.table.people if kind == ITEM else self.table.items
        left = ~self.table.fixed[at]
        reasons = []
        for hinders, why in [
            (self.table.conflict[at], "ruled out"),
            (other.room == 0, "full"),
            (~self.table.may[at], "kept apart from who has it"),
        ]:
            if count := int((left & hinders).sum()):
                reasons.append(f"{count} {'is' if count == 1 else 'are'} {why}")
            left &= ~hinders
        rest = f"the other {nouns[1]}" if self.table.fixed[at].any() else f"the {nouns[1]}"
        return f"of {rest}, {' and '.join(reasons)}" if reasons else f"there are no more {nouns[1]}"

    def _without_expert(self) -> Iterator[Shortage]:
        table = self.table
        for column in np.flatnonzero(table.lacks_expert & ~(self.chosen & table.expert).any(axis=0)):
            can = bool((table.may[:, column] & table.expert[:, column]).any())
            why = "those who are experts on it are needed elsewhere or kept apart" if can else "no expert on it can take it"
            item = table.items.all[column]
            yield Shortage(EXPERT, item.key, 1, 0, f"{capital(self._noun(ITEM))} {item} gets no expert: {why}.")

    def _noun(self, kind: str) -> str:
        return self.problem.words.person if kind == PERSON else self.problem.words.item

    # What binds

    def bindings(self) -> tuple[Binding, ...]:
        """Those that turn most away first."""
        table, words = self.table, self.problem.words
        person_load, item_load = loads(table, self.chosen)
        item_full, person_full = item_load >= table.items.most, person_load >= table.people.most
        wish = self.free & (table.preference > 0)
        # A wish that the person would trade for: better than the least liked of what they got, or with room to spare.
        got = np.where(self.chosen, table.preference, STRONGEST).min(axis=1, initial=STRONGEST)
        wish &= ~person_full[:, None] | (table.preference > got[:, None])
        apart = wish & self.is_apart
        wish &= ~apart
        unasked = self.chosen & (table.preference <= 0)
        counts = {
            "item_most": (table.items, (wish & item_full).sum(axis=0)),
            "person_most": (table.people, (self._asked(person_full) & ~item_full).sum(axis=1)),
            "item_least": (table.items, unasked.sum(axis=0) * (item_load <= table.items.least)),
            "person_least": (table.people, unasked.sum(axis=1) * (person_load <= table.people.least)),
            "apart": (table.people, apart.sum(axis=1)),
        }
        sentences = {
            "item_most": f"{capital(words.item)} {{}} takes no more; {{}} wanted it and did not get it.",
            "person_most": f"{capital(words.person)} {{}} takes no more; wishes left that had room: {{}}.",
            "item_least": f"{capital(words.item)} {{}} needs its least; {words.people} who got it unasked: {{}}.",
            "person_least": f"{capital(words.person)} {{}} needs the least; {words.items} given unasked: {{}}.",
            "apart": f"{capital(words.person)} {{}} is kept apart from others; wishes not met for that: {{}}.",
        }
        found = [
            Binding(kind, side.all[place].key, int(count[place]), sentences[kind].format(side.all[place], int(count[place])))
            for kind, (side, count) in counts.items()
            for place in np.flatnonzero(count)
        ]
        return tuple(sorted(found, key=lambda one: (-one.turned_away, one.kind, sort_key(one.key))))

    def _asked(self, of: np.ndarray) -> np.ndarray:
        return self.free & (self.table.preference > 0) & of[:, None]


def count_of(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def capital(word: str) -> str:
    return word[:1].upper() + word[1:]
