"""Marks that somebody types to see what would become of the total. Read, computed with, and forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from grading import engine
from grading.queries import Grade


@dataclass(frozen=True, slots=True)
class Typed:
    """`points` are the ones that can be computed with; `errors` say what is wrong with the others, by the input's name."""

    points: dict[engine.Place, Decimal] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()  # names that are no outstanding work of this student


def read_typed(grade: Grade, asked: Mapping[str, str]) -> Typed:
    """From {"reviews:paper-3": "8"}; empty inputs are left out."""
    open_work = {":".join(one.place): one for one in engine.outstanding(grade.policy, grade.facts)}
    typed = Typed(unknown=tuple(sorted(name for name in asked if ":" in name and name not in open_work)))
    for name, one in open_work.items():
        text = asked.get(name, "").strip()
        if not text:
            continue
        points = _number(text)
        if points is None or not 0 <= points <= one.item.out_of or points != round(points, 2):
            top = engine.plain(one.item.out_of)
            typed.errors[name] = f"Found {text[:20]!r}; expected a number from 0 to {top} with two decimals at most."
        else:
            typed.points[one.place] = points
    return typed


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
