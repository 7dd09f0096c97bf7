"""What is taken off the whole grade by how often something happened: points of the total, or steps of the letter."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from grading.engine.counting import COUNTED, Tier, count_of, outstanding_of, taken_off
from grading.engine.facts import Facts
from grading.engine.flow import Said, say
from grading.engine.tree import Node

_OFF = {"type": "number", "exclusiveMinimum": 0, "maximum": 1000}
DEDUCTION_SCHEMA = {
    "type": "object",
    "properties": {
        "component": {"type": "string", "description": "The key of the component or group whose pieces of work are counted"},
        "count_of": {
            "enum": list(COUNTED),
            "description": "What is counted; without_points is what never came and what has zero points, such as an absence",
        },
        "unit": {
            "enum": ["points", "letters"],
            "description": "What is taken off: points of the total, or steps of the letter; points when left out",
        },
        "each": _OFF | {"description": "So much for each one"},
        "free": {"type": "integer", "minimum": 0, "maximum": 1000, "description": "With each: that many are free"},
        "tiers": {
            "type": "array",
            "minItems": 1,
            "maxItems": 100,
            "items": {
                "type": "object",
                "properties": {"from": {"type": "integer", "minimum": 1}, "off": _OFF},
                "required": ["from", "off"],
                "additionalProperties": False,
            },
            "description": "Instead of each: so much from so many on",
        },
    },
    "required": ["component", "count_of"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Deduction:
    component: str
    count_of: str
    unit: str = "points"
    each: Fraction | None = None
    free: int = 0
    tiers: tuple[Tier, ...] = ()

    def off(self, count: int) -> Fraction:
        return taken_off(count, tiers=self.tiers, each=self.each, free=self.free)


def read_deduction(raw: Mapping) -> Deduction:
    return Deduction(
        component=raw["component"],
        count_of=raw["count_of"],
        unit=raw.get("unit", "points"),
        each=Fraction(str(raw["each"])) if "each" in raw else None,
        free=raw.get("free", 0),
        tiers=tuple(sorted((Decimal(tier["from"]), Decimal(str(tier["off"]))) for tier in raw.get("tiers", []))),
    )


class Taken(NamedTuple):
    """Together, of the total's points and of the letter's steps; `said` tells each of it."""

    points: Fraction = Fraction(0)
    letters: int = 0
    said: tuple[Said, ...] = ()


def take_off(deductions: Iterable[Deduction], find: Callable[[str], Node | None], known: Facts, *, is_final: bool) -> Taken:
    taken = Taken()
    for deduction in deductions:
        node = find(deduction.component)
        items = [item for leaf in node.leaves() for item in leaf.items] if node else []
        count = count_of(deduction.count_of, items, known, is_final=is_final)
        if not (off := deduction.off(count)):
            continue
        still = outstanding_of(deduction.count_of, items, known, is_final=is_final)
        counted = ("{}: {} {}, {} of them outstanding, which ", still) if still else ("{}: {} {}, which ",)
        what = (node.title if node else "", count, COUNTED[deduction.count_of], *counted[1:], off)
        if deduction.unit == "letters":
            words = say(counted[0] + "lowers the letter by {} " + ("step." if off == 1 else "steps."), *what)
            taken = Taken(taken.points, taken.letters + int(off), (*taken.said, words))
        else:
            words = say(counted[0] + "takes {} off the total.", *what)
            taken = Taken(taken.points + off, taken.letters, (*taken.said, words))
    return taken
