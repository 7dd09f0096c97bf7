"""How all students' results lie: of each component and of both totals."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median

from courses.models import Course
from grading import engine
from grading.queries.grades import Grade, grades_of

BANDS = ("0 to 20 %", "20 to 40 %", "40 to 60 %", "60 to 80 %", "80 to 100 %")


@dataclass(frozen=True, slots=True)
class Spread:
    """Of those who have a result: how many are in which band, and the middle, as points of the component or total."""

    title: str
    counts: list[tuple[str, int]]
    mean: Decimal | None
    median: Decimal | None


@dataclass(frozen=True, slots=True)
class Statistics:
    students: int
    columns: dict[str, Spread]  # by the key of a component, in the policy's order
    so_far: Spread
    final: Spread


def statistics_of(course: Course, policy: engine.Policy) -> Statistics:
    """Of every active student, whatever a page shows; `policy` is the one in force."""
    return statistics(policy, grades_of(course, audience="staff").values())


def statistics(policy: engine.Policy, grades: Iterable[Grade]) -> Statistics:
    grades = list(grades)
    shares: dict[str, list[Fraction]] = {leaf.key: [] for leaf in policy.leaves()}
    for grade in grades:
        for node in grade.explanation.leaves():
            if node.so_far.share is not None:
                shares[node.key].append(node.so_far.share)
    out_of = policy.out_of or Fraction(1)
    so_far = [value / out_of for grade in grades if (value := grade.explanation.so_far.value) is not None]
    final = [value / out_of for grade in grades if (value := grade.explanation.final.value) is not None]
    return Statistics(
        students=len(grades),
        columns={leaf.key: _spread(policy, leaf.title, shares[leaf.key], leaf.weight) for leaf in policy.leaves()},
        so_far=_spread(policy, "Total so far", so_far, out_of),
        final=_spread(policy, "Final total", final, out_of),
    )


def _spread(policy: engine.Policy, title: str, shares: list[Fraction], whole: Fraction) -> Spread:
    mean = engine.add_up(shares) / len(shares) * whole if shares else None
    middle = median(shares) * whole if shares else None
    return Spread(title, histogram(shares), policy.rounded_part(mean), policy.rounded_part(middle))


def histogram(shares: Iterable[Fraction]) -> list[tuple[str, int]]:
    counts = [0] * len(BANDS)
    for share in shares:
        counts[min(int(share * len(BANDS)), len(BANDS) - 1)] += 1
    return list(zip(BANDS, counts, strict=True))
