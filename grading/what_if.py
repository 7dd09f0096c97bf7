"""Marks that somebody types to see what would become of the total. Read, computed with, and forgotten."""

from collections.abc import Mapping
from contextlib import suppress
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
        points = _points(one, text)
        if points is None or not 0 <= points <= one.item.out_of or points != round(points, 2):
            typed.errors[name] = f"Found {text[:20]!r}; expected {_expected(one)}."
        else:
            typed.points[one.place] = points
    return typed


def _points(one: engine.Outstanding, text: str) -> Decimal | None:
    """A mark as markers type it, by a symbol or in percent, or its points."""
    entry = one.component.entry
    if entry.symbols or (entry.is_percent and text.endswith("%")):
        with suppress(engine.NotAMark):
            return engine.read_typed(entry, one.item.out_of, text).points
    return _number(text)


def _expected(one: engine.Outstanding) -> str:
    points = f"a number from 0 to {engine.plain(one.item.out_of)} with two decimals at most"
    if one.component.entry.symbols:
        return f"{engine.expected(one.component.entry, one.item.out_of)}, or {points}"
    return f"percent such as 85 %, or {points}" if one.component.entry.is_percent else points


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
