"""Time, memory and proven gap of assignment at the size of a large course.

    .venv/bin/python -m benchmarks.matching

Needs neither server nor database. Each case runs in a process of its own, so that its memory is its own.
"""

import argparse
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from random import Random

from matching import Item, Person, Problem, solve


@dataclass(frozen=True)
class Case:
    """`rated` is the share of items that each person rates; `popular`: people tend to want the same items."""

    people: int
    items: int
    each: int
    rated: float
    apart: int = 0
    experts: float = 0
    popular: bool = False
    people_for: float = 1  # what people may give, as a share of what items need


CASES = {
    "bare, nobody rated": Case(1000, 2000, 3, 0),
    "bare, each rated 5 %": Case(1000, 2000, 3, 0.05),
    "bare, each rated all": Case(1000, 2000, 3, 1),
    "bare, a third too few people": Case(1000, 2000, 3, 0.05, people_for=0.67),
    "half with experts": Case(1000, 2000, 3, 0.05, experts=0.5),
    "500 pairs apart, half with experts": Case(1000, 2000, 3, 0.05, apart=500, experts=0.5),
    "the same, all want the same": Case(1000, 2000, 3, 0.05, apart=500, experts=0.5, popular=True),
    "3000 pairs apart, all want the same": Case(1000, 2000, 3, 0.05, apart=3000, experts=0.5, popular=True),
    "slots: 300 students, 150 slots": Case(300, 150, 2, 0.1, popular=True),
    "crowded: 100 people, 400 pairs apart": Case(100, 100, 8, 0.5, apart=400, experts=0.5, popular=True),
}


def problem_of(case: Case) -> Problem:
    chance = Random(5)
    popularity = [chance.gauss(0, 8) if case.popular else 0 for _ in range(case.items)]
    preferences = {
        (person, item): max(-20, min(20, round(chance.gauss(popularity[item], 8))))
        for person in range(case.people)
        for item in chance.sample(range(case.items), int(case.items * case.rated))
    }
    load = -(-case.items * case.each // case.people)
    most = load + 1 if case.people_for >= 1 else int(load * case.people_for)
    return Problem(
        items=[Item(item, case.each, case.each) for item in range(case.items)],
        people=[Person(person, min(load - 1, most), most) for person in range(case.people)],
        preferences=preferences,
        conflicts={(chance.randrange(case.people), chance.randrange(case.items)) for _ in range(3 * case.people)},
        apart={tuple(chance.sample(range(case.people), 2)) for _ in range(case.apart)},
        experts={
            item: set(chance.sample(range(case.people), max(2, case.people // 20)))
            for item in range(case.items)
            if chance.random() < case.experts
        },
    )


def run(name: str) -> None:
    problem = problem_of(CASES[name])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    result = solve(problem)
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = [len(result.pairs), result.objective, result.gap, result.unmet, result.unmet_bound]
    print(
        f"{name:38} {seconds:8.2f} {memory / 1024:8.0f} {(memory - before) / 1024:8.0f}",
        *(f"{figure:8}" for figure in figures),
        "     yes" if result.is_optimal else "      no",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose name contains this")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        run(options.case)
        return
    columns = ("seconds", "peak MB", "own MB", "pairs", "liked", "gap", "unmet", "at least", "optimal")
    print(f"{'':38}", *(f"{column:>8}" for column in columns), flush=True)
    for name in CASES:
        if options.only in name:
            subprocess.run([sys.executable, "-m", "benchmarks.matching", "--case", name], check=True)


if __name__ == "__main__":
    main()
