"""Small terms to deal, and the definition of the best deal of one talk, tried out over every possibility."""

from datetime import date, timedelta
from itertools import product

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
    least = draw(st.integers(0, 2))
    # At most one more for everybody: so one talk is dealt, for which the best is defined.
    parameters = Parameters(least, 1 if not any(one.held for one in students) else 2, draw(st.integers(0, 1)), seed=pk)
    return world(slots, students, draw(st.integers(0, 2))), parameters
