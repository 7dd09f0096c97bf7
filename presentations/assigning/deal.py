"""One talk after the other is dealt: each time everybody who may have one more gets at most one, as well as can be.

For a talk the engine meets the most least numbers, then pleases most, then fills slots evenly, then gives early slots to
those who presented late. Two talks of one student thereby keep their distance, and who fared badly with the first weighs
more in the second; what is best for a talk is found, what is best for several together is not searched for.
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field, replace
from random import Random

from matching import Infeasible, Item, Pair, Person, Problem, Result, Words, solve
from presentations.assigning.world import MOST_DISAPPOINTED, MOST_LATE, Parameters, SlotFacts, Student, World
from presentations.models import MOST_RANKS

WORDS = Words("presentation", "presentations", "student", "students", "place", "places")
Tell = Callable[[float, str], None]
# As many pairs kept apart the engine settles within a second or two; with more, those who present together go first.
MOST_APART = 300
PARTS = ((2,), (1,))


@dataclass(slots=True)
class Dealt:
    """`given` are (student id, slot id, rank or None) in the order of the talks; `after` the world with them."""

    given: list[tuple[int, int, int | None]] = field(default_factory=list)
    after: World | None = None
    shortages: list[str] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    is_optimal: bool = True
    talks: int = 0


def deal(world: World, parameters: Parameters, tell: Tell = lambda share, words: None) -> Dealt:
    dealt = Dealt(after=world)
    talks = max((parameters.most - len(each.held) for each in world.students), default=0)
    for talk in range(talks):
        parts = ((1, 2),)
        if _pairs_go_first(world):
            parts, dealt.is_optimal = PARTS, False
        given = 0
        for sizes in parts:
            given += _deal_part(dealt, parameters, talk, sizes, lambda share, words, at=talk: tell((at + share) / talks, words))
        dealt.talks = talk + 1
        if not given:
            break
    _say_what_is_missing(dealt, parameters, world)
    return dealt


def _pairs_go_first(world: World) -> bool:
    """Whether keeping those who present together apart from all others is too much for one problem."""
    units = world.units
    return sum(len(unit) > 1 for unit in units) * len(units) > MOST_APART


def _deal_part(dealt: Dealt, parameters: Parameters, talk: int, sizes: Container[int], tell: Tell) -> int:
    """How many were given; the units of these sizes are dealt."""
    problem = problem_of(dealt.after, parameters, talk, sizes)
    if not any(each.most for each in problem.people) or not any(each.most for each in problem.items):
        return 0
    result = solve(problem, progress=tell)
    dealt.is_optimal = dealt.is_optimal and result.is_optimal
    _hand_out(dealt, result)
    return len(result.pairs)


def problem_of(world: World, parameters: Parameters, talk: int = 0, sizes: Container[int] = (1, 2)) -> Problem:
    """The next talk of everybody. The key of a unit is that of its first student."""
    units = {unit[0].pk: unit for unit in world.units if len(unit) in sizes}
    pairs = [key for key, unit in units.items() if len(unit) > 1] if 1 in sizes else []
    each = 1 if 1 in sizes else 2
    return Problem(
        items=[_item(slot, parameters, slot.open // each) for slot in world.slots],
        people=[_person(unit, parameters) for unit in units.values()],
        preferences=dict(_values(units)),
        conflicts=set(_conflicts(world, units)),
        # Two who present together need two places, which the engine counts as one: so they have the slot for themselves.
        apart={(min(key, other), max(key, other)) for key in pairs for other in units if other != key},
        ties=dict(_ties(world, units)),
        seed=parameters.seed + talk,
        words=WORDS,
    )


def _item(slot: SlotFacts, parameters: Parameters, most: int) -> Item:
    return Item(slot.pk, min(parameters.slot_least, most) if slot.is_empty else 0, most, slot.name)


def _person(unit: tuple[Student, ...], parameters: Parameters) -> Person:
    had = len(unit[0].held)
    name = " and ".join(each.name for each in unit)
    return Person(unit[0].pk, int(had < parameters.least), int(had < parameters.most), name)


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


def _hand_out(dealt: Dealt, result: Result) -> None:
    world = dealt.after
    slots, students = {each.pk: each for each in world.slots}, {each.pk: each for each in world.students}
    units = {unit[0].pk: unit for unit in world.units}
    for key, slot_pk in result.pairs:
        for each in units[key]:
            dealt.given.append((each.pk, slot_pk, each.ranks.get(slot_pk)))
            students[each.pk] = each.with_talk(slots[slot_pk], MOST_RANKS)
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
    # Why not more can be met; with too many pairs for one problem, as far as the others are concerned.
    first = solve(problem_of(world, parameters, sizes=(1,) if _pairs_go_first(world) else (1, 2)))
    if isinstance(first, Infeasible):
        dealt.obstacles = [each.sentence for each in first.obstacles]


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
