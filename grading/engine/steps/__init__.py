"""The steps of a pipeline: each takes the flow, gives back the flow and says in words what it did.

Items that count flow in; a step changes single results, chooses some, turns them into a share of the component, or bounds
the share. A further rule of some syllabus is a further step here, never a special case elsewhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

from grading.engine.counting import COUNTED
from grading.engine.flow import Flow
from grading.engine.steps import changing, choosing, results


class Stage(IntEnum):
    """The order in which steps are written: no step comes before one of an earlier stage."""

    CHANGE = 1
    CHOOSE = 2
    AGGREGATE = 3
    BOUND = 4


def as_it_is(value: Any) -> Any:
    return value


def as_decimal(value: int | float) -> Decimal:
    return Decimal(str(value))


def as_fraction(value: int | float) -> Fraction:
    return Fraction(str(value))


@dataclass(frozen=True, slots=True)
class Param:
    """A step's parameter: its JSON Schema, whether it must be there, and how its value is read."""

    schema: Mapping
    is_required: bool = True
    read: Callable[[Any], Any] = as_it_is


@dataclass(frozen=True, slots=True)
class StepKind:
    run: Callable[..., Flow]
    does: str
    stage: Stage
    params: Mapping[str, Param]
    asks_around: bool = False  # it reads other facts of the student than the items that flow in
    tells_readings_apart: bool = False  # it asks whether the reading is the final one

    @property
    def is_aggregate(self) -> bool:
        return self.stage is Stage.AGGREGATE


def _number(lowest: int = 0, highest: int = 100_000, *, above: bool = False) -> dict:
    return {"type": "number", "exclusiveMinimum" if above else "minimum": lowest, "maximum": highest}


def _optional(schema: Mapping, read: Callable[[Any], Any] = as_it_is) -> Param:
    return Param(schema, is_required=False, read=read)


def _table(first: str, second: str, first_schema: Mapping, second_schema: Mapping, *, is_required: bool = True) -> Param:
    """A list of tables of two numbers, read as pairs in ascending order of the first."""
    row = {
        "type": "object",
        "properties": {first: first_schema, second: second_schema},
        "required": [first, second],
        "additionalProperties": False,
    }
    schema = {"type": "array", "minItems": 1, "maxItems": 100, "items": row}
    return Param(
        schema,
        is_required,
        read=lambda rows: tuple(sorted((as_decimal(row[first]), as_decimal(row[second])) for row in rows)),
    )


COUNT = Param({"type": "integer", "minimum": 1, "maximum": 1000})
PERCENT = _number(0, 100)
STEPS: dict[str, StepKind] = {
    "map": StepKind(
        changing.map_marks,
        "read each mark on a scale: it counts as the percentage of the highest level that it reaches",
        Stage.CHANGE,
        {
            "levels": _table("from", "percent", _number(), PERCENT),
            "by": _optional(
                {"enum": ["points", "percent"], "description": "What `from` is compared with; points when left out"}
            ),
        },
    ),
    "late": StepKind(
        changing.late,
        "take off for work that was handed in late",
        Stage.CHANGE,
        {
            "percent": _optional(_number(0, 100, above=True), as_decimal),
            "points": _optional(_number(0, 10_000, above=True), as_decimal),
            "per": _optional({"enum": ["day", "hour"], "description": "Taken off for each one begun; day when left out"}),
            "of": _optional({"enum": ["full", "earned"], "description": "What the percent are of; full when left out"}),
            "tiers": _table("days", "percent", _number(0, 1000, above=True), PERCENT, is_required=False),
            "grace_hours": _optional(_number(0, 10_000), as_decimal),
            "stop_days": _optional(_number(0, 1000, above=True), as_decimal),
            "bank_days": _optional({"type": "integer", "minimum": 1, "maximum": 100}),
        },
    ),
    "needs": StepKind(
        changing.needs,
        "work counts only on days on which another source gave points",
        Stage.CHANGE,
        {
            "source": Param({"enum": ["participation", "reviews", "presentations", "discussion"]}),
            "least": _optional(_number(0, 10_000, above=True), as_decimal),
        },
        asks_around=True,
        tells_readings_apart=True,
    ),
    "group": StepKind(
        changing.group,
        "of several pieces of work on one day, or about one paper, the best counts",
        Stage.CHANGE,
        {
            "by": Param({"enum": ["day", "paper"]}),
            "exempt": _optional(
                {
                    "enum": ["one", "all"],
                    "description": "From what somebody is exempt who is exempt from one of a group; one when left out",
                }
            ),
        },
    ),
    "exempt": StepKind(
        choosing.exempt,
        "what exempt work counts as",
        Stage.CHOOSE,
        {"counts_as": Param({"enum": ["done", "left out"]})},
    ),
    "sampled": StepKind(choosing.sampled, "handed-in work that nobody marked is left out", Stage.CHOOSE, {}),
    "skip": StepKind(choosing.skip, "so many may be left undone", Stage.CHOOSE, {"count": COUNT}, tells_readings_apart=True),
    "drop_lowest": StepKind(choosing.drop_lowest, "leave out the lowest results", Stage.CHOOSE, {"count": COUNT}),
    "best_of": StepKind(choosing.best_of, "count only the best results", Stage.CHOOSE, {"count": COUNT}),
    "required_count": StepKind(
        choosing.required_count,
        "so many are full credit; the best ones count",
        Stage.CHOOSE,
        {"count": COUNT, "extra": _optional(_number(0, 100, above=True), as_fraction)},
        tells_readings_apart=True,
    ),
    "mean": StepKind(results.mean, "the mean of the results, each weighing the same", Stage.AGGREGATE, {}),
    "sum": StepKind(
        results.total_points,
        "points over possible points, or over full_points",
        Stage.AGGREGATE,
        {"full_points": _optional(_number(0, above=True), as_fraction)},
    ),
    "all_or_nothing": StepKind(
        results.all_or_nothing,
        "so many percent are full credit, less is none",
        Stage.BOUND,
        {"at": Param(_number(0, 100, above=True), read=as_fraction)},
    ),
    "deduct": StepKind(
        results.deduct,
        "take a share of the result away by how often something happened",
        Stage.BOUND,
        {
            "count_of": Param({"enum": list(COUNTED)}),
            "tiers": _table("from", "percent", {"type": "integer", "minimum": 1}, PERCENT, is_required=False),
            "each": _optional(_number(0, 100, above=True), as_fraction),
            "free": _optional({"type": "integer", "minimum": 0, "maximum": 1000}),
        },
        asks_around=True,
        tells_readings_apart=True,
    ),
    "cap": StepKind(
        results.cap,
        "at most so many percent; above 100 it allows extra credit",
        Stage.BOUND,
        {"at": Param(_number(0, 200, above=True), read=as_fraction)},
    ),
}
