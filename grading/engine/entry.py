"""How marks of a component are entered and shown: by a rubric, as symbols of a scale, in percent, or as plain points."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from grading.engine.exact import plain

_POINTS = {"type": "number", "minimum": 0, "maximum": 10000}
_WORDS = {"type": "string", "minLength": 1, "maxLength": 200}
RUBRIC_SCHEMA = {
    "type": "array",
    "minItems": 1,
    "maxItems": 12,
    "description": "A mark is made up of these parts; it is out of the sum of their top levels",
    "items": {
        "type": "object",
        "properties": {
            "key": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$", "maxLength": 40},
            "title": _WORDS,
            "levels": {
                "type": "array",
                "minItems": 2,
                "maxItems": 9,
                "items": {
                    "type": "object",
                    "properties": {"points": _POINTS, "title": _WORDS},
                    "required": ["points", "title"],
                    "additionalProperties": False,
                },
            },
        },
        "required": ["key", "title", "levels"],
        "additionalProperties": False,
    },
}
PERCENT, PASS_FAIL = "percent", "pass-fail"
SCALE_SCHEMA = {
    "description": "How a mark is entered and shown: percent, pass-fail, or symbols that each stand for points",
    "if": {"type": "string"},
    "then": {"enum": [PERCENT, PASS_FAIL]},
    "else": {
        "type": "array",
        "minItems": 2,
        "maxItems": 30,
        "items": {
            "type": "object",
            "properties": {"symbol": {"type": "string", "minLength": 1, "maxLength": 30}, "points": _POINTS},
            "required": ["symbol", "points"],
            "additionalProperties": False,
        },
    },
}
MARKED_SOURCES = ("reviews", "presentations", "milestones", "manual")


@dataclass(frozen=True, slots=True)
class Level:
    points: Decimal
    title: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One part of a rubric with its levels, as the author ordered them."""

    key: str
    title: str
    levels: tuple[Level, ...]

    @property
    def top(self) -> Decimal:
        return max(level.points for level in self.levels)

    def level(self, points: Decimal) -> Level | None:
        return next((level for level in self.levels if level.points == points), None)


@dataclass(frozen=True, slots=True)
class Entry:
    """`out_of` is what a mark is out of where the policy itself says so, None where the feature does."""

    rubric: tuple[Criterion, ...] = ()
    symbols: tuple[tuple[str, Decimal], ...] = ()
    is_percent: bool = False
    out_of: Decimal | None = None

    def shown(self, points: Decimal | None, out_of: Decimal) -> str:
        """The mark in the words of its scale; "" for plain points and for points that no symbol stands for."""
        if points is None:
            return ""
        if self.is_percent:
            return f"{plain(Fraction(points) / Fraction(out_of) * 100)} %"
        return next((symbol for symbol, worth in self.symbols if worth == points), "")


POINTS = Entry()


def read_entry(raw: Mapping) -> Entry:
    """What a leaf of a document that is free of errors says."""
    stated = _decimal(raw["max_points"]) if "max_points" in raw else None
    if "rubric" in raw:
        rubric = tuple(_criterion(part) for part in raw["rubric"])
        return Entry(rubric=rubric, out_of=sum((part.top for part in rubric), Decimal(0)))
    scale = raw.get("scale")
    if scale == PASS_FAIL:
        full = stated or Decimal(1)
        return Entry(symbols=(("pass", full), ("fail", Decimal(0))), out_of=full)
    if scale == PERCENT:
        return Entry(is_percent=True, out_of=stated)
    if scale:
        symbols = tuple((line["symbol"], _decimal(line["points"])) for line in scale)
        return Entry(symbols=symbols, out_of=stated or max(points for _, points in symbols))
    return Entry(out_of=stated)


def _criterion(raw: Mapping) -> Criterion:
    levels = tuple(Level(_decimal(level["points"]), level["title"]) for level in raw["levels"])
    return Criterion(raw["key"], raw["title"], levels)


def _decimal(number: int | float) -> Decimal:
    return Decimal(str(number))


# What is wrong with it: (path within the leaf, words)

Problem = tuple[tuple[str | int, ...], str]


def entry_problems(raw: Mapping) -> Iterator[Problem]:
    """Of one leaf whose shape is right."""
    for key in ("rubric", "scale"):
        if key in raw and raw.get("credit") == "submission":
            yield (key,), f'{key!r} says how marks are given, but credit = "submission" gives none.'
    if "rubric" in raw and "scale" in raw:
        yield ("scale",), "A mark is given by a rubric or on a scale, not both."
    if "rubric" in raw:
        yield from _rubric_problems(raw)
    if isinstance(raw.get("scale"), list):
        yield from _scale_problems(raw)


def _rubric_problems(raw: Mapping) -> Iterator[Problem]:
    keys = Counter(part["key"] for part in raw["rubric"])
    for place, part in enumerate(raw["rubric"]):
        if keys[part["key"]] > 1:
            yield ("rubric", place, "key"), f"The key {part['key']!r} is used twice; every part of a rubric needs its own."
        yield from _points_problems(("rubric", place, "levels"), part["levels"])
    total = read_entry({"rubric": raw["rubric"]}).out_of
    if "max_points" in raw and _decimal(raw["max_points"]) != total:
        stated = plain(_decimal(raw["max_points"]))
        yield ("max_points",), f"States {stated}, but the top levels of the rubric add up to {plain(total)}; leave it out."


def _scale_problems(raw: Mapping) -> Iterator[Problem]:
    yield from _points_problems(("scale",), raw["scale"])
    symbols = Counter(line["symbol"] for line in raw["scale"])
    highest = _decimal(raw["max_points"]) if "max_points" in raw else None
    for place, line in enumerate(raw["scale"]):
        if symbols[line["symbol"]] > 1:
            yield ("scale", place, "symbol"), f"The symbol {line['symbol']!r} stands twice."
        if highest is not None and _decimal(line["points"]) > highest:
            yield ("scale", place, "points"), f"Found {line['points']}; a mark here is out of {plain(highest)}."


def _points_problems(path: tuple, lines: list[Mapping]) -> Iterator[Problem]:
    counts = Counter(_decimal(line["points"]) for line in lines)
    if not any(counts):
        yield path, "Nothing here is worth any points."
    for place, line in enumerate(lines):
        points = _decimal(line["points"])
        if counts[points] > 1:
            yield (
                (*path, place, "points"),
                f"{plain(points)} points stand twice; then a mark of {plain(points)} could mean either.",
            )
        if points != round(points, 2):
            yield (*path, place, "points"), f"Found {line['points']}; points have two decimals at most."


WAYS = ("rubric", "scale", "anonymous")


def agreement_problems(leaves: list[tuple[tuple, Mapping]]) -> Iterator[Problem]:
    """Two components that count the same piece of work must say the same about its one mark."""
    seen: list[Mapping] = []
    for path, raw in leaves:
        other = next((other for other in seen if _share_work(raw, other) and _ways(raw) != _ways(other)), None)
        if other:
            yield (
                path,
                f"Counts work that {other['key']!r} counts too; it has one mark, so state the same {', '.join(WAYS)}.",
            )
        seen.append(raw)


def _ways(raw: Mapping) -> dict[str, Any]:
    return {way: raw[way] for way in WAYS if raw.get(way)}


def _share_work(one: Mapping, other: Mapping) -> bool:
    if one["source"] != other["source"] or one["source"] not in ("reviews", "presentations", "milestones"):
        return False
    if "submission" in (one.get("credit"), other.get("credit")):
        return False
    if one["source"] == "milestones" and "milestones" in one and "milestones" in other:
        return bool({*one["milestones"]} & {*other["milestones"]})
    return True
