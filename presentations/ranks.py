"""Ranks of papers and topics as ranks of slots: arithmetic on what the student said, no database."""

from collections.abc import Collection, Iterable, Mapping

from presentations.models import Ranked, RankedKind, Slot


def things_in(slot: Slot) -> list[Ranked]:
    """What of a slot can be ranked: itself, its paper, and the topic of its meeting. Reads slot.meeting."""
    things = [Ranked(slot_id=slot.pk)]
    if slot.paper_id:
        things.append(Ranked(paper_id=slot.paper_id))
    if slot.meeting.topic:
        things.append(Ranked(topic=slot.meeting.topic))
    return things


def ranks_of_slots(ranks: dict[Ranked, int], slots: Iterable[Slot], kinds: Collection[str]) -> dict[int, int]:
    """{slot id: rank}: a slot takes the best rank of what it holds, so several may share one. Only `kinds` count."""
    found = {}
    for slot in slots:
        here = [ranks[thing] for thing in things_in(slot) if thing in ranks and thing.kind in kinds]
        if here:
            found[slot.pk] = min(here)
    return found


def holders(slots: Iterable[Slot], kinds: Collection[str] = tuple(RankedKind)) -> dict[Ranked, list[Slot]]:
    """{everything that can be ranked: the slots that hold it}, in the calendar's order."""
    found: dict[Ranked, list[Slot]] = {}
    for slot in slots:
        for thing in things_in(slot):
            if thing.kind in kinds:
                found.setdefault(thing, []).append(slot)
    return found


def ring_of(student: int, named: Mapping[int, int | None]) -> tuple[int, ...]:
    """Who presents together with the student, the student among them, smallest first: two who named one another, or more
    of whom each named the next and the last the first. Only the student where it does not close."""
    ring, other = [student], named.get(student)
    while other is not None and other not in ring:
        ring.append(other)
        other = named.get(other)
    return tuple(sorted(ring)) if other == student else (student,)
