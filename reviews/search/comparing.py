"""What stands after the colon, where it is about numbers: >3, 1..2, all:1-2, 2<=3, any. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne

OPERATORS = {"": eq, "=": eq, "==": eq, "!": ne, "!=": ne, "≠": ne, "<": lt, "<=": le, "≤": le, ">": gt, ">=": ge, "≥": ge}
_SIGN = r"==?|!=?|≠|<=?|≤|>=?|≥"
_NUMBER = r"-?[0-9]{1,6}(?:\.[0-9]{1,4})?"
_ONE = re.compile(rf"({_SIGN}|)({_NUMBER})")
_RANGE = re.compile(rf"({_NUMBER})(?:\.\.|…|[-–—])({_NUMBER})")
_COUNTED = re.compile(rf"({_SIGN}|)([0-9]{{1,6}}):(.+)", re.DOTALL)
_AT_LEAST = re.compile(rf"([0-9]{{1,6}})({_SIGN})({_NUMBER})")
_HOW_MANY = re.compile(r"(any|all|none|span):(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Given:
    """The values that the reviews of one paper hold: {value: how often}, and how many reviews there are."""

    values: Mapping[Decimal | int, int]
    reviews: int


@dataclass(frozen=True, slots=True)
class Condition:
    """`holds` of a paper's values; `bounds` are the numbers named, to be checked against a scale."""

    holds: Callable[[Given], bool]
    bounds: tuple[Decimal, ...] = ()


def count_condition(text: str) -> Callable[[int], bool] | None:
    """3, >2, any, none -> a test of a count; None when it is no such thing."""
    if text in ("any", "yes"):
        return lambda count: count > 0
    if text in ("none", "no"):
        return lambda count: count == 0
    if not (one := re.fullmatch(rf"({_SIGN}|)([0-9]{{1,6}})", text)):
        return None
    compare, number = OPERATORS[one[1]], int(one[2])
    return lambda count: compare(count, number)


def values_condition(text: str) -> Condition | None:
    """The condition on a paper's values, as HotCRP reads it; None when the text is no such thing.

    A comparison asks for one review at least, a range for all of them.
    """
    text = text.strip().casefold()
    if text in ("any", "yes"):
        return Condition(lambda given: bool(given.values))
    if text in ("none", "no"):
        return Condition(lambda given: not given.values)
    if text == "empty":
        return Condition(lambda given: sum(given.values.values()) < given.reviews)
    if found := _HOW_MANY.fullmatch(text):
        return _asked(found[2], found[1])
    if found := _COUNTED.fullmatch(text):
        return _counted(found[3], OPERATORS[found[1] or ">="], int(found[2]))
    if found := _AT_LEAST.fullmatch(text):
        return _counted(found[2] + found[3], ge, int(found[1]))
    return _asked(text, "all" if _RANGE.fullmatch(text) else "any")


def _counted(text: str, compare, number: int) -> Condition | None:
    """How many reviews hold such a value."""
    if not (one := _one_value(text)):
        return None
    holds, bounds = one
    return Condition(lambda given: compare(_matching(given, holds), number), bounds)


def _asked(text: str, how_many: str) -> Condition | None:
    if not (one := _one_value(text)):
        return None
    holds, bounds = one
    tests = {
        "any": lambda given: _matching(given, holds) > 0,
        "all": lambda given: 0 < given.reviews == _matching(given, holds),
        "none": lambda given: _matching(given, holds) == 0,
        "span": lambda given: 0 < given.reviews == _matching(given, holds) and all(bound in given.values for bound in bounds),
    }
    return Condition(tests[how_many], bounds)


def _matching(given: Given, holds) -> int:
    return sum(count for value, count in given.values.items() if holds(value))


def _one_value(text: str) -> tuple[Callable, tuple[Decimal, ...]] | None:
    """A test of one value, and the numbers it names."""
    if one := _ONE.fullmatch(text):
        compare, number = OPERATORS[one[1]], Decimal(one[2])
        return lambda value: compare(value, number), (number,)
    if between := _RANGE.fullmatch(text):
        low, high = sorted((Decimal(between[1]), Decimal(between[2])))
        return lambda value: low <= value <= high, (low, high)
    return None
