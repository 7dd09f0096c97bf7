"""A mark as a person types it into a cell, in the words of its component's entry; pure, exact, and never a guess."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from grading.engine.entry import Entry
from grading.engine.exact import plain

CENT, TENTH = Decimal("0.01"), Decimal("0.1")
CLEARS = ("-", "–", "—")
NUMBER = re.compile(r"\d{1,7}(?:[.,]\d{1,6})?|[.,]\d{1,6}")
# Signs that keyboards, spreadsheets and scales write in several ways.
ALIKE = str.maketrans({"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "✔": "✓", "√": "✓"})
BETWEEN_LEVELS = re.compile(r"[\s+;/]+")


class Typed(NamedTuple):
    """`points` is None where the mark is to be cleared; `levels` are a rubric's, {part: points}."""

    points: Decimal | None
    levels: Mapping[str, Decimal] | None = None


class NotAMark(ValueError):  # noqa: N818 - named for what was typed
    """What was typed is no mark here; the words say what would be."""


def read_typed(entry: Entry, out_of: Decimal, text: str) -> Typed:
    """Raises NotAMark. Nothing, or a dash where the scale has none, clears the mark."""
    text = " ".join(text.split())
    if entry.symbols and (points := _symbol(entry, text)) is not None:
        return Typed(points)
    if not text or text in CLEARS:
        return Typed(None)
    if entry.rubric:
        return _levels(entry, text)
    if entry.symbols:
        return Typed(_worth(entry, text))
    if entry.is_percent:
        return Typed(_percent(out_of, text))
    return Typed(_points(out_of, text))


def as_typed(entry: Entry, out_of: Decimal, points: Decimal | None, levels: list[dict[str, str]] = ()) -> str:
    """A mark as one would type it: what the cell shows, and "" for none."""
    if points is None:
        return ""
    if entry.rubric and [level["key"] for level in levels] == [part.key for part in entry.rubric]:
        return "+".join(level["points"] for level in levels)
    if entry.is_percent:
        return plain((points * 100 / out_of).quantize(CENT, ROUND_HALF_UP))
    return entry.shown(points, out_of) or plain(points)


def expected(entry: Entry, out_of: Decimal) -> str:
    """What may be typed, for a sentence."""
    if entry.rubric:
        parts = ", ".join(part.title for part in entry.rubric)
        return f"one level for each part, such as {'+'.join(plain(part.top) for part in entry.rubric)} ({parts})"
    if entry.symbols:
        return "one of " + ", ".join(f"{symbol} ({plain(points)})" for symbol, points in entry.symbols)
    if entry.is_percent:
        return "percent from 0 to 100"
    return f"points from 0 to {plain(out_of)}"


def _alike(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(ALIKE).casefold().strip()


def _symbol(entry: Entry, text: str) -> Decimal | None:
    """As it is written, then whatever the case, then a word's beginning (p for pass), if only one symbol is meant."""
    for symbol, points in entry.symbols:
        if symbol == text:
            return points
    wanted = _alike(text)
    same = [points for symbol, points in entry.symbols if _alike(symbol) == wanted]
    if len(same) == 1:
        return same[0]
    words = {symbol: points for symbol, points in entry.symbols if symbol.isalpha() and len(symbol) > 2}
    begun = [points for symbol, points in words.items() if wanted.isalpha() and _alike(symbol).startswith(wanted)]
    others = [symbol for symbol, _ in entry.symbols if symbol not in words and _alike(symbol).startswith(wanted)]
    return begun[0] if len(begun) == 1 and not others and not same else None


def _worth(entry: Entry, text: str) -> Decimal:
    """The points themselves, where a symbol stands for them."""
    number = _number(text)
    if number is None or number not in {points for _, points in entry.symbols}:
        raise NotAMark(f"expected {expected(entry, Decimal(0))}.")
    return number


def _levels(entry: Entry, text: str) -> Typed:
    said = [_number(part) for part in BETWEEN_LEVELS.split(text.strip("+;/ "))]
    if len(said) != len(entry.rubric) or None in said:
        raise NotAMark(f"expected {expected(entry, Decimal(0))}.")
    for part, points in zip(entry.rubric, said, strict=True):
        if part.level(points) is None:
            there = ", ".join(plain(level.points) for level in part.levels)
            raise NotAMark(f"{part.title}: found {plain(points)}; its levels are {there}.")
    return Typed(sum(said, Decimal(0)), {part.key: points for part, points in zip(entry.rubric, said, strict=True)})


def _percent(out_of: Decimal, text: str) -> Decimal:
    number = _number(text.removesuffix("%").rstrip())
    if number is None or number > 100:
        raise NotAMark("expected percent from 0 to 100.")
    points = number * out_of / 100
    if points == points.quantize(CENT):
        return points
    near = [number.quantize(step, ROUND_HALF_UP) for step in (CENT, TENTH, Decimal(1), Decimal(10))]
    fits = next((plain(percent) for percent in near if (percent * out_of / 100) % CENT == 0), "0")
    raise NotAMark(
        f"{plain(number)} % of {plain(out_of)} points are {plain(points)}, and a mark keeps two decimals; {fits} % would fit."
    )


def _points(out_of: Decimal, text: str) -> Decimal:
    number = _number(text)
    if number is None:
        raise NotAMark(f"expected points from 0 to {plain(out_of)}.")
    if number > out_of:
        raise NotAMark(f"points here go from 0 to {plain(out_of)}.")
    if number != number.quantize(CENT):
        raise NotAMark("points have two decimals at most.")
    return number


def _number(text: str) -> Decimal | None:
    """With a decimal point or a decimal comma; nothing groups digits, so that 1,234 is no thousand."""
    return Decimal(text.replace(",", ".")) if text.isascii() and NUMBER.fullmatch(text) else None
