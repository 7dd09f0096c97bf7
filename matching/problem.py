"""What is to be assigned to whom, and under which requirements."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

Key = int | str
Pair = tuple[Key, Key]  # (person, item), in this order everywhere

STRONGEST = 1000  # how far from 0 a preference may be; the arithmetic is exact up to here


class ProblemError(ValueError):
    """The problem contradicts itself; the message says where, what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that wants between `least` and `most` people. `name` is for sentences; the key when left out."""

    key: Key
    least: int
    most: int
    name: str = ""

    def __str__(self) -> str:
        return self.name or str(self.key)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes between `least` and `most` items. A team that acts as one is one person."""

    key: Key
    least: int
    most: int
    name: str = ""

    def __str__(self) -> str:
        return self.name or str(self.key)


@dataclass(frozen=True, slots=True)
class Words:
    """What people call these things: "3 papers need 9 reviews"."""

    item: str = "paper"
    items: str = "papers"
    person: str = "reviewer"
    people: str = "reviewers"
    pair: str = "review"
    pairs: str = "reviews"


@dataclass(frozen=True, slots=True)
class Problem:
    """Items, people and the rules between them.

    `preferences` holds what people said, above 0 for wanted, below for unwanted; who said nothing about an item is at 0.
    `fixed` pairs exist already: they count everywhere, stay whatever the rules say, and are not in the answer.
    `apart` pairs of people never get the same item. `experts` names, for each item that needs one, who is an expert
    on it. `ties` decide between answers that are equally good in all else, before the lot does: less is better.
    The order in which anything is given makes no difference.
    """

    items: Iterable[Item]
    people: Iterable[Person]
    preferences: Mapping[Pair, int] = field(default_factory=dict)
    conflicts: AbstractSet[Pair] = frozenset()
    fixed: AbstractSet[Pair] = frozenset()
    apart: Iterable[tuple[Key, Key]] = ()
    experts: Mapping[Key, AbstractSet[Key]] = field(default_factory=dict)
    ties: Mapping[Pair, int] = field(default_factory=dict)
    seed: int = 0
    words: Words = Words()

    @property
    def digest(self) -> str:
        """Equal for two problems from which the same would be worked out, whatever people and items are called."""
        parts = [
            sorted((each.key, each.least, each.most) for each in self.items),
            sorted((each.key, each.least, each.most) for each in self.people),
            sorted((*pair, value) for pair, value in self.preferences.items()),
            sorted(self.conflicts),
            sorted(self.fixed),
            sorted(self.apart),
            sorted((item, sorted(people)) for item, people in self.experts.items()),
            sorted((*pair, value) for pair, value in self.ties.items()),
            self.seed,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def sort_key(key: Key) -> tuple[bool, Key]:
    """Numbers before texts, so that keys of both kinds have one order."""
    return isinstance(key, str), key
