"""How the marks of one kind of work are spread: the marker's own beside the course's."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Q, QuerySet

from courses.models import Enrollment
from grading import engine
from grading.models import Mark
from grading.work import Work

BINS = 10


@dataclass(frozen=True, slots=True)
class Distribution:
    """`counts` are (label, how many), from the lowest to the highest."""

    count: int
    mean: str
    counts: list[tuple[str, int]]


def distributions_of(marker: Enrollment, target: dict, work: Work) -> dict[str, Distribution] | None:
    """{"own", "course"} over all marks of this kind of work, released or not; None before there is one. One query."""
    marks = _alike(target).filter(course=marker.course_id, points__isnull=False)
    rows = list(
        marks.order_by("points")
        .values_list("points")
        .annotate(everybody=Count("pk"), own=Count("pk", filter=Q(marked_by=marker.user_id)))
    )
    if not rows:
        return None
    return {
        "own": _distribution([(points, own) for points, _, own in rows], work),
        "course": _distribution([(points, everybody) for points, everybody, _ in rows], work),
    }


def _alike(target: dict) -> QuerySet[Mark]:
    if "review" in target:
        return Mark.objects.filter(review__isnull=False)
    if "sign_up" in target:
        return Mark.objects.filter(sign_up__isnull=False)
    if "milestone" in target:
        return Mark.objects.filter(milestone=target["milestone"])
    return Mark.objects.filter(component=target["component"])


def _distribution(rows: list[tuple[Decimal, int]], work: Work) -> Distribution:
    count = sum(number for _, number in rows)
    total = sum((Fraction(points) * number for points, number in rows), Fraction(0))
    mean = engine.plain(Decimal(str(round(float(total / count), 2)))) if count else "–"
    counts = _by_symbol(rows, work) if work.entry.symbols else _by_share(rows, work.max_points)
    return Distribution(count, mean, counts)


def _by_symbol(rows: list[tuple[Decimal, int]], work: Work) -> list[tuple[str, int]]:
    found = dict(rows)
    lowest_first = sorted(work.entry.symbols, key=lambda pair: pair[1])
    return [(symbol, found.get(points, 0)) for symbol, points in lowest_first]


def _by_share(rows: list[tuple[Decimal, int]], out_of: Decimal) -> list[tuple[str, int]]:
    bins = [0] * BINS
    for points, number in rows:
        bins[min(BINS - 1, int(points * BINS / out_of))] += number
    return [(f"{place * 10} to {place * 10 + 10} %", number) for place, number in enumerate(bins)]
