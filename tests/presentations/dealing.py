"""Small terms to deal, and the definition of the best deal of one talk, tried out over every possibility."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, product

from hypothesis import strategies as st

from presentations.assigning.world import Parameters, SlotFacts, Student, World
from presentations.models import MOST_RANKS

FIRST = date(2021, 9, 6)


def slot(pk, *, day=None, places=1, late=None, is_empty=True):
    day = pk if day is None else day
    return SlotFacts(
        pk, f"Slot {pk}", FIRST + timedelta(days=day), pk if late is None else late, ((pk * 10, places),), is_empty
    )


def student(pk, *wanted, cannot=(), held=None, **more):
    """The slots that they want, the first choice first."""
    ranks = {each: rank for rank, each in enumerate(wanted, 1)}
    return Student(pk, f"Student {pk}", ranks, frozenset(cannot), held or {}, **more)


def world(slots, students, days_apart=0):
    return World(tuple(slots), tuple(students), days_apart)


def possible(here, parameters):
    """Every way to give each student one slot or none that breaks no rule."""
    options = [
        [None, *(each for each in here.slots if one.may(each, here.days_apart))] if len(one.held) < parameters.most else [None]
        for one in here.students
    ]
    for chosen in product(*options):
        if all(sum(each is at for each in chosen) <= at.open for at in here.slots):
            yield chosen


def score(here, parameters, chosen):
    """(what is missing, how little pleases, how uneven slots and students are, who is late again); less is better."""
    loads = [sum(each is at for each in chosen) for at in here.slots]
    missing = sum(len(one.held) < parameters.least and got is None for one, got in zip(here.students, chosen, strict=True))
    missing += sum(
        max(0, min(parameters.slot_least, at.open) - load) for at, load in zip(here.slots, loads, strict=True) if at.is_empty
    )
    pleased = late = 0
    for one, got in zip(here.students, chosen, strict=True):
        if got is not None:
            weight = 1 + min(one.disappointed, 23)
            pleased += weight * (MOST_RANKS + 1 - one.ranks[got.pk]) if got.pk in one.ranks else 0
            late += min(one.late, 100) * got.late
    uneven = sum(load**2 for load in loads) + sum(each is not None for each in chosen)
    return missing, -pleased, uneven, late


def possible_jointly(here, parameters):
    """Every way to give each unit some slots, as {student: slots}, that breaks no rule."""
    options = []
    for unit in here.units:
        free = [each for each in here.slots if all(one.may(each, here.days_apart) for one in unit)]
        sets = [some for size in range(parameters.most - len(unit[0].held) + 1) for some in combinations(free, size)]
        options.append([some for some in sets or [()] if not any(too_close(here, *two) for two in combinations(some, 2))])
    for chosen in product(*options):
        given = {one.pk: some for unit, some in zip(here.units, chosen, strict=True) for one in unit}
        if all(sum(at in some for some in given.values()) <= at.open for at in here.slots):
            yield given


def too_close(here, one, other):
    return abs((one.day - other.day).days) < here.days_apart


def score_jointly(here, parameters, given):
    """(missing, how little pleases, squares of what each lost, squares of loads, squares of lateness); less is better."""
    loads = [sum(at in some for some in given.values()) for at in here.slots]
    missing = pleased = unfair = late = 0
    uneven = sum(load**2 for load in loads)
    for at, load in zip(here.slots, loads, strict=True):
        missing += max(0, min(parameters.slot_least, at.open) - load) if at.is_empty else 0
    for one in here.students:
        ranks = [one.ranks.get(each.pk) for each in given[one.pk]]
        missing += max(0, parameters.least - len(one.held) - len(ranks))
        pleased += (1 + min(one.disappointed, 23)) * sum(MOST_RANKS + 1 - rank for rank in ranks if rank)
        unfair += (one.disappointed + sum((rank or MOST_RANKS + 1) - 1 for rank in ranks if one.ranks)) ** 2
        uneven += (len(one.held) + len(ranks)) ** 2
        late += (one.late + sum(each.late for each in given[one.pk])) ** 2
    return missing, -pleased, unfair, uneven, late


@st.composite
def joint_terms(draw):
    """Two talks each, and perhaps two students, or all of them, who present together."""
    slots = [
        slot(pk, day=draw(st.integers(0, 9)), places=draw(st.integers(0, 3)), late=draw(st.integers(0, 10)))
        for pk in range(1, draw(st.integers(3, 5)))
    ]
    pks = [each.pk for each in slots]
    students = []
    for pk in range(1, draw(st.integers(3, 4))):
        wanted = draw(st.lists(st.sampled_from(pks), unique=True))
        more = {"disappointed": draw(st.integers(0, 25)), "late": draw(st.integers(0, 15))}
        students.append(student(pk, *wanted, cannot=draw(st.sets(st.sampled_from(pks), max_size=1)), **more))
    team = draw(st.integers(1, len(students)))  # each names the next, the last the first
    students[:team] = [replace(each, partner=each.pk % team + 1 if team > 1 else None) for each in students[:team]]
    parameters = Parameters(draw(st.integers(0, 2)), 2, draw(st.integers(0, 1)), seed=draw(st.integers(0, 3)))
    return world(slots, students, draw(st.integers(0, 4))), parameters


@st.composite
def terms(draw):
    slots = [
        slot(pk, day=draw(st.integers(0, 9)), places=draw(st.integers(0, 2)), late=draw(st.integers(0, 10)))
        for pk in range(1, draw(st.integers(3, 4)))
    ]
    pks = [each.pk for each in slots]
    students, has_talked = [], draw(st.booleans())
    for pk in range(1, draw(st.integers(3, 5))):
        wanted = draw(st.lists(st.sampled_from(pks), unique=True))
        held = {99: FIRST + timedelta(days=draw(st.integers(0, 9)))} if has_talked else {}
        more = {"disappointed": draw(st.integers(0, 30)), "late": draw(st.integers(0, 15))} if held else {}
        students.append(student(pk, *wanted, cannot=draw(st.sets(st.sampled_from(pks), max_size=1)), held=held, **more))
    # At most one more for everybody, and nobody with a partner: so it is one talk for the flow.
    most = 2 if any(one.held for one in students) else 1
    parameters = Parameters(draw(st.integers(0, most)), most, draw(st.integers(0, 1)), seed=pk)
    return world(slots, students, draw(st.integers(0, 2))), parameters
