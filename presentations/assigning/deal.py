"""Everything is dealt at once, as well as can be; how well is stated level by level in docs/architecture.md.

Where nobody gets more than one talk more and nobody presents with somebody, a flow does it: the engine that assigns reviews.
Several talks that keep their distance, and two who present together, are no flow; they are dealt by `matching.joint`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

from matching import Infeasible, Item, Pair, Person, Problem, Result, Words, solve
from matching.joint import LEVELS, Joint, Offer, Taker, solve_jointly
from matching.problem import STRONGEST
from presentations.assigning.world import MOST_DISAPPOINTED, MOST_LATE, Parameters, SlotFacts, Student, World
from presentations.models import MOST_RANKS

WORDS = Words("presentation", "presentations", "student", "students", "place", "places")
Tell = Callable[[float, str], None]
PLEASED = 2  # levels of a deal: the least numbers, and the choices
EVEN = LEVELS - 1  # and what was lost and the loads evened out; how late in the term comes last


@dataclass(slots=True)
class Dealt:
    """`given` are (student id, slot id, rank or None), by date for each student; `after` the world with them.

    `proven` of the levels are the best that can be, given those before; the next is at most `gap` worse than that, None
    where that is not known.
    """

    given: list[tuple[int, int, int | None]] = field(default_factory=list)
    after: World | None = None
    shortages: list[str] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    proven: int = LEVELS
    gap: int | None = None
    talks: int = 0

    @property
    def is_optimal(self) -> bool:
        """Whether no deal meets more or pleases more."""
        return self.proven >= PLEASED

    @property
    def is_even(self) -> bool:
        """Nor is one of those as good more even, in any way."""
        return self.proven == LEVELS


def deal(world: World, parameters: Parameters, tell: Tell = lambda share, words: None) -> Dealt:
    dealt = Dealt(after=world)
    talks = max((parameters.most - len(each.held) for each in world.students), default=0)
    if talks > 0 and any(slot.open for slot in world.slots):
        if talks == 1 and all(len(unit) == 1 for unit in world.units):
            result = solve(problem_of(world, parameters), progress=tell)
            dealt.proven, dealt.gap = _proven_of(result)
        else:
            result = solve_jointly(joint_of(world, parameters), tell)
            dealt.proven, dealt.gap = result.proven, result.gap
        _hand_out(dealt, result.pairs)
    dealt.talks = max(Counter(student for student, *_ in dealt.given).values(), default=0)
    _say_what_is_missing(dealt, parameters, world)
    return dealt


def _proven_of(result: Result) -> tuple[int, int | None]:
    """Of one talk each, in the words of several: (levels that are proven, how far the next is at most)."""
    if result.is_optimal:
        return LEVELS, None
    if result.unmet > result.unmet_bound:
        return 0, result.unmet - result.unmet_bound
    return (PLEASED - 1, result.gap) if result.gap else (PLEASED, None)


# Several talks at once


def joint_of(world: World, parameters: Parameters) -> Joint:
    """The key of a unit is that of its first student."""
    units = {unit[0].pk: unit for unit in world.units}
    conflicts = set(_conflicts(world, units))
    return Joint(
        takers=[_taker(key, unit, parameters) for key, unit in units.items()],
        offers=[_offer(slot, parameters) for slot in world.slots],
        may={(key, slot.pk) for key in units for slot in world.slots} - conflicts,
        values=dict(_values(units)),
        losses={
            (key, slot.pk): tuple(each.lost_by(slot.pk, MOST_RANKS) for each in unit)
            for key, unit in units.items()
            for slot in world.slots
        },
        apart=world.days_apart,
        seed=parameters.seed,
    )


def _taker(key: int, unit: tuple[Student, ...], parameters: Parameters) -> Taker:
    had = len(unit[0].held)
    least, most = max(0, parameters.least - had), max(0, parameters.most - had)
    lost = tuple(each.disappointed for each in unit)
    return Taker(key, least, most, had, lost, tuple(each.late for each in unit))


def _offer(slot: SlotFacts, parameters: Parameters) -> Offer:
    least = min(parameters.slot_least, slot.open) if slot.is_empty else 0
    return Offer(slot.pk, least, slot.open, slot.day.toordinal(), slot.late)


# One talk


def problem_of(world: World, parameters: Parameters) -> Problem:
    """One talk for everybody; two who present together count as one, which takes one place."""
    units = {unit[0].pk: unit for unit in world.units}
    return Problem(
        items=[_item(slot, parameters) for slot in world.slots],
        people=[_person(unit, parameters) for unit in units.values()],
        # Those who present together are dealt by the flow only to say what stands in the way, for which this is exact enough.
        preferences={pair: min(value, STRONGEST) for pair, value in _values(units)},
        conflicts=set(_conflicts(world, units)),
        ties=dict(_ties(world, units)),
        seed=parameters.seed,
        words=WORDS,
    )


def _item(slot: SlotFacts, parameters: Parameters) -> Item:
    return Item(slot.pk, min(parameters.slot_least, slot.open) if slot.is_empty else 0, slot.open, slot.name)


def _person(unit: tuple[Student, ...], parameters: Parameters) -> Person:
    had = len(unit[0].held)
    name = " and ".join(each.name for each in unit)
    return Person(unit[0].pk, max(0, parameters.least - had), max(0, parameters.most - had), name)


def _values(units: dict[int, tuple[Student, ...]]) -> Iterator[tuple[Pair, int]]:
    """The first choice counts most; who ranked nothing is at 0 everywhere, and so never in the way of who did."""
    for key, unit in units.items():
        for slot in {slot for each in unit for slot in each.ranks}:
            yield (key, slot), sum(_value(each, slot) for each in unit)


def _value(student: Student, slot: int) -> int:
    weight = 1 + min(student.disappointed, MOST_DISAPPOINTED)
    return weight * (MOST_RANKS + 1 - student.ranks[slot]) if slot in student.ranks else 0


def _conflicts(world: World, units: dict[int, tuple[Student, ...]]) -> Iterator[Pair]:
    for key, unit in units.items():
        for slot in world.slots:
            if slot.open < len(unit) or not all(each.may(slot, world.days_apart) for each in unit):
                yield key, slot.pk


def _ties(world: World, units: dict[int, tuple[Student, ...]]) -> Iterator[tuple[Pair, int]]:
    """The product is least in sum where those who were late get what is early: that evens their sums out."""
    for key, unit in units.items():
        late = min(sum(each.late for each in unit), MOST_LATE)
        for slot in world.slots:
            yield (key, slot.pk), late * slot.late


def _hand_out(dealt: Dealt, pairs: Iterable[Pair]) -> None:
    world = dealt.after
    slots, students = {each.pk: each for each in world.slots}, {each.pk: each for each in world.students}
    units = {unit[0].pk: unit for unit in world.units}
    for key, slot_pk in sorted(pairs, key=lambda pair: (slots[pair[1]].day, pair)):
        for each in units[key]:
            dealt.given.append((each.pk, slot_pk, each.ranks.get(slot_pk)))
            students[each.pk] = students[each.pk].with_talk(slots[slot_pk], MOST_RANKS)
            slots[slot_pk] = _with_one_more(slots[slot_pk])
    dealt.after = replace(world, slots=tuple(slots.values()), students=tuple(students.values()))


def _with_one_more(slot: SlotFacts) -> SlotFacts:
    """Which role is decided at the end; here only the count of open places matters."""
    roles, taken = [], False
    for role, places in slot.roles:
        takes = not taken and places > 0
        roles.append((role, places - takes))
        taken = taken or takes
    return replace(slot, roles=tuple(roles), is_empty=False)


def _say_what_is_missing(dealt: Dealt, parameters: Parameters, world: World) -> None:
    """Asked of the engine once more, with everything dealt: what is still short, and why."""
    short = [each for each in dealt.after.students if len(each.held) < parameters.least]
    empty = [each for each in dealt.after.slots if each.is_empty and parameters.slot_least and each.open]
    if not short and not empty:
        return
    for each in short:
        free = [slot for slot in world.slots if slot.open and each.may(slot, world.days_apart)]
        why = f"{len(free)} could be theirs, but others need them" if free else "none that is free can be theirs"
        if not world.slots:
            why = "no presentation is to come"
        dealt.shortages.append(f"{each.name} gets {len(each.held)} of {parameters.least}: {why}.")
    for slot in empty:
        dealt.shortages.append(f"{slot.name} on {slot.day.day} {slot.day:%B} stays empty: nobody is left who can take it.")
    # Why not more can be met; asked without distances, and with one place for two: what stands in the way even so.
    easier = solve(problem_of(world, parameters))
    if isinstance(easier, Infeasible):
        dealt.obstacles = [each.sentence for each in easier.obstacles]


def roles_of(world: World, dealt: Dealt, seed: int) -> list[tuple[int, int, int, int | None]]:
    """(student id, slot id, role id, rank): which of a slot's roles each gets is drawn by lot."""
    draw = Random(seed)  # noqa: S311 - a lot, not a secret
    by_slot: dict[int, list[tuple[int, int | None]]] = {}
    for student, slot, rank in sorted(dealt.given, key=lambda row: row[:2]):
        by_slot.setdefault(slot, []).append((student, rank))
    open_roles = {slot.pk: [role for role, places in slot.roles for _ in range(places)] for slot in world.slots}
    found = []
    for slot in sorted(by_slot):
        here = by_slot[slot]
        draw.shuffle(here)
        found += [(student, slot, role, rank) for (student, rank), role in zip(here, open_roles[slot], strict=False)]
    return sorted(found)
