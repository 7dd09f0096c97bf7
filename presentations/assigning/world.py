"""The course as dealing sees it: students, slots, and what is asked for. Plain values, no database, no clock."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from presentations.ranks import ring_of

MOST_DISAPPOINTED = 23  # counts no further, so that the sums of the engine stay exact for two who present together
MOST_LATE = 100  # likewise
LATEST = 10  # how late in the term a slot is goes from 0 to this


@dataclass(frozen=True, slots=True)
class Parameters:
    """Each student presents `least` to `most` times in the term, and each slot gets at least `slot_least` students.

    With `redeals`, places that were dealt before and are not pinned are dealt anew.
    """

    least: int
    most: int
    slot_least: int = 0
    redeals: bool = True
    seed: int = 0

    def stored(self) -> dict:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """`roles` are [(role id, open places)] in order; `is_empty` while nobody is fixed in it."""

    pk: int
    name: str
    day: date
    late: int
    roles: tuple[tuple[int, int], ...]
    is_empty: bool

    @property
    def open(self) -> int:
        return sum(places for _, places in self.roles)


@dataclass(frozen=True, slots=True)
class Student:
    """`ranks` are {slot id: rank}; `held` what they have, {slot id: day, None without a meeting}.

    `disappointed` adds up how far what they have is from their first choices, `late` how late in the term it is.
    """

    pk: int
    name: str
    ranks: dict[int, int]
    cannot: frozenset[int]
    held: dict[int, date | None]
    partner: int | None = None
    disappointed: int = 0
    late: int = 0

    def is_too_close(self, slot: SlotFacts, days_apart: int) -> bool:
        return any(day and abs(day - slot.day) < timedelta(days=days_apart) for day in self.held.values())

    def may(self, slot: SlotFacts, days_apart: int) -> bool:
        return slot.pk not in self.cannot and slot.pk not in self.held and not self.is_too_close(slot, days_apart)

    def with_talk(self, slot: SlotFacts, most_ranks: int) -> "Student":
        """As they are once they have it."""
        lost = self.disappointed + self.lost_by(slot.pk, most_ranks)
        return replace(self, held=self.held | {slot.pk: slot.day}, disappointed=lost, late=self.late + slot.late)

    def lost_by(self, slot: int, most_ranks: int) -> int:
        """How far it is from their first choice; who ranked nothing loses nothing."""
        return self.ranks.get(slot, most_ranks + 1) - 1 if self.ranks else 0


@dataclass(frozen=True, slots=True)
class World:
    slots: tuple[SlotFacts, ...]
    students: tuple[Student, ...]
    days_apart: int

    def digest(self, parameters: Parameters) -> str:
        """Equal for two readings from which the same would be dealt, whatever people and slots are called."""
        slots = [(slot.pk, str(slot.day), slot.late, slot.roles, slot.is_empty) for slot in self.slots]
        students = [
            (
                each.pk,
                sorted(each.ranks.items()),
                sorted(each.cannot),
                sorted((slot, str(day)) for slot, day in each.held.items()),
                each.partner,
                each.disappointed,
                each.late,
            )
            for each in self.students
        ]
        parts = [sorted(slots), sorted(students, key=lambda row: row[0]), self.days_apart, parameters.stored()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def units(self) -> list[tuple[Student, ...]]:
        """The students; those who named one another, two or a whole team, and have the same so far as one."""
        by_pk = {each.pk: each for each in self.students}
        named = {each.pk: each.partner if each.partner in by_pk else None for each in self.students}
        found = []
        for each in self.students:
            ring = tuple(by_pk[pk] for pk in ring_of(each.pk, named))
            if any(other.held != each.held for other in ring):
                ring = (each,)
            if ring[0] is each:
                found.append(ring)
        return found
