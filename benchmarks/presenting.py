"""Time to deal presentations by ranks at the size of a large course: the issue asks for 300 students on 150 slots under 5 s.

    .venv/bin/python -m benchmarks.presenting

Needs neither server nor database. All want the same slots; students rank ten and cannot be there on a tenth of the dates.
"""

import os
import time
from datetime import date, timedelta
from random import Random

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courseportal.settings")
os.environ.setdefault("DEBUG", "1")

SLOTS, PLACES, RANKED = 150, 2, 10
LIMIT = 5.0  # seconds


# students, pairs among them, least and most talks of each
CASES = (
    *((300, 0, 1, 1), (150, 0, 1, 2), (300, 10, 1, 1), (250, 30, 1, 1), (300, 30, 1, 1), (60, 5, 1, 1)),
    *((300, 0, 2, 2), (250, 0, 2, 3), (300, 30, 2, 2), (9, 1, 2, 2)),
)


def world_of(count: int, pairs: int, places: int):
    from presentations.assigning.world import SlotFacts, Student, World

    chance = Random(5)
    slots = [
        SlotFacts(pk, f"Slot {pk}", date(2026, 9, 1) + timedelta(days=pk // 2), pk * 10 // SLOTS, ((pk, places),), True)
        for pk in range(SLOTS)
    ]
    popular = [1 + chance.random() for _ in slots]
    students = []
    for pk in range(count):
        by_taste = sorted(range(SLOTS), key=lambda slot: -popular[slot] * chance.random())
        cannot = frozenset(chance.sample(by_taste[RANKED:], SLOTS // 10))
        partner = pk ^ 1 if pk < 2 * pairs else None
        ranks = {slot: rank for rank, slot in enumerate(by_taste[:RANKED], 1)}
        students.append(Student(pk, f"Student {pk}", ranks, cannot, {}, partner))
    return World(tuple(slots), tuple(students), 7)


def main() -> None:
    import django

    django.setup()
    from presentations.assigning.deal import deal
    from presentations.assigning.work import result_of
    from presentations.assigning.world import Parameters

    for count, pairs, talks, most in CASES:
        world, parameters = world_of(count, pairs, PLACES * talks), Parameters(talks, most)
        began, busy = time.perf_counter(), time.process_time()
        result = result_of(world, deal(world, parameters), parameters)
        took, used = time.perf_counter() - began, time.process_time() - busy
        ranks = dict(result["ranks"])
        print(f"{count} students, {pairs} pairs, {talks} to {most} talks: {took:.2f} s, {used:.2f} s of a processor", end="")
        print(
            f"{' (over the limit)' if used > LIMIT else ''}; {len(result['pairs'])} given, 1st {ranks.get(1, 0)}, "
            f"2nd {ranks.get(2, 0)}, 3rd {ranks.get(3, 0)}, not asked for {result['unasked']}, "
            f"{'proven' if result['is_optimal'] else 'not proven'}{', evenness too' if result['is_even'] else ''}",
            flush=True,
        )


if __name__ == "__main__":
    main()
