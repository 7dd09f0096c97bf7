"""Why a student got what they got, in words that tell of nobody else's wishes."""

from collections import defaultdict

from presentations.assigning.deal import Dealt
from presentations.assigning.world import Parameters, SlotFacts, Student, World


def ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def explanations(world: World, dealt: Dealt, parameters: Parameters) -> dict[int, str]:
    """{student id: sentences}, for everybody who was given something or is short."""
    given = defaultdict(list)
    for student, slot, rank in dealt.given:
        given[student].append((slot, rank))
    after = {each.pk: each for each in dealt.after.students}
    slots = {each.pk: each for each in dealt.after.slots}
    before = {each.pk: each for each in world.slots}
    found = {}
    for student in world.students:
        here = given.get(student.pk, [])
        if here or len(after[student.pk].held) < parameters.least:
            talks = [_talk(student, rank) for _, rank in here] or ["Nothing was left that could be yours."]
            best = min((rank for _, rank in here if rank), default=None)
            lost = _lost(student, after[student.pk], best, slots, before, world.days_apart)
            found[student.pk] = " ".join([*talks, *lost])
    return found


def _talk(student: Student, rank: int | None) -> str:
    if rank:
        return f"Your {ordinal(rank)} choice."
    return "None of your choices." if student.ranks else "You ranked nothing, so you got one that was left."


def _lost(student: Student, after: Student, best: int | None, slots, before, days_apart: int) -> list[str]:
    """A sentence for each reason, with the choices that were better than what the student got."""
    found: dict[int, set[str]] = defaultdict(set)  # {rank: reasons}; a paper or topic that is ranked may be held by several
    for slot, rank in student.ranks.items():
        if (best is None or rank < best) and slot not in after.held:
            found[rank].add(_reason(student, after, slots.get(slot), before.get(slot), days_apart))
    whole: dict[str, list[int]] = defaultdict(list)
    for rank in sorted(found):
        if len(found[rank]) == 1:
            whole[next(iter(found[rank]))].append(rank)
    parts = [
        f"Some of the {ordinal(rank)} {why}." for rank in sorted(found) if len(found[rank]) > 1 for why in sorted(found[rank])
    ]
    return [*(f"{_listed(ranks)} {why}." for why, ranks in whole.items()), *parts]


def _reason(student: Student, after: Student, slot: SlotFacts | None, before: SlotFacts | None, days_apart: int) -> str:
    if slot is None:
        return "could not be given: it is over, or has no meeting"
    if slot.pk in student.cannot:
        return "is on a date on which you cannot"
    if not before.open:
        return "had been given before"
    if after.is_too_close(slot, days_apart):
        return "is too close to another presentation of yours"
    if not slot.open:
        return "went to somebody else"
    return "could not be given to you together" if student.partner else "was not given to you, so that more students get one"


def _listed(ranks: list[int]) -> str:
    names = [ordinal(rank) for rank in ranks]
    return f"The {names[0]}" if len(names) == 1 else f"The {', '.join(names[:-1])} and {names[-1]}, each,"
