"""The query of OneRoster: `filter`, `sort` and `orderBy`, `fields`, `limit` and `offset`, over rows that are plain dicts.

filter = condition (" AND " | " OR ") condition ...     AND binds closer than OR
condition = field operator 'value'                      operators = != > >= < <= ~ (contains)
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from django.utils.dateparse import parse_datetime

Row = dict[str, Any]
DEFAULT_LIMIT, MAX_LIMIT = 100, 10_000
MAX_CONDITIONS = 20
CONDITION = re.compile(r"\s*([A-Za-z]+(?:\.[A-Za-z]+)*)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'")
JOINT = re.compile(r"\s+(AND|OR)\s+", re.IGNORECASE)
REFERENCES = ("class", "school", "category", "academicSession", "scoreScale", "lineItem", "student")
FIELDS = {
    "categories": ("title", "weight"),
    "lineItems": ("title", "description", "assignDate", "dueDate", "class", "school", "category", "academicSession",
                  "scoreScale", "resultValueMin", "resultValueMax"),
    "results": ("metadata", "lineItem", "student", "class", "scoreScale", "scoreStatus", "score", "textScore", "scoreDate",
                "comment", "inProgress", "incomplete", "late", "missing"),
    "scoreScales": ("title", "type", "class", "scoreScaleValue"),
}  # fmt: skip
OF_EVERY_OBJECT = ("sourcedId", "status", "dateLastModified")
NUMBERS = ("weight", "resultValueMin", "resultValueMax", "score")
MOMENTS = ("dateLastModified", "assignDate", "dueDate")


class BadQuery(Exception):  # noqa: N818 - it is the query that is bad
    """`code` is OneRoster's minor code."""

    def __init__(self, words: str, code: str):
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    total: int
    limit: int
    offset: int


def paged(rows: list[Row], collection: str, query: Mapping[str, str]) -> Page:
    """The page that the query asks for; by sourcedId, so that pages hold together, unless it says otherwise."""
    limit, offset = _number(query, "limit", DEFAULT_LIMIT, least=1), _number(query, "offset", 0, least=0)
    limit = min(limit, MAX_LIMIT)
    if "filter" in query:
        rows = list(filter(condition_of(query["filter"], collection), rows))
    rows = _sorted(rows, collection, query)
    return Page(rows[offset : offset + limit], len(rows), limit, offset)


def _number(query: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise BadQuery(f"{name}: found {text!r}; expected a whole number from {least}.", "invaliddata")
    return int(text)


def narrowed(rows: list[Row], collection: str, query: Mapping[str, str]) -> list[Row]:
    """The rows with the fields that are asked for only."""
    if "fields" not in query:
        return rows
    names = [name.strip() for name in query["fields"].split(",")]
    for name in names:
        if name not in OF_EVERY_OBJECT + FIELDS[collection]:
            raise BadQuery(f"fields: {collection} have no field {name!r}.", "invalid_selection_field")
    return [{name: row[name] for name in names if name in row} for row in rows]


def _sorted(rows: list[Row], collection: str, query: Mapping[str, str]) -> list[Row]:
    order = query.get("orderBy", "asc")
    if order not in ("asc", "desc"):
        raise BadQuery(f"orderBy: found {order!r}; expected asc or desc.", "invaliddata")
    name = query.get("sort", "sourcedId")
    read = _reader(name, collection, "sort", "invalid_sort_field")
    rows = sorted(rows, key=lambda row: row["sourcedId"])
    there = sorted((row for row in rows if read(row) is not None), key=lambda row: _order(read(row)), reverse=order == "desc")
    return there + [row for row in rows if read(row) is None]


def _order(value: Any) -> tuple:
    return (0, value, "") if isinstance(value, int | float) else (1, 0, str(value))


def condition_of(text: str, collection: str) -> Callable[[Row], bool]:
    """The filter as a test of a row. Raises BadQuery where it cannot be read."""
    any_of: list[list[Callable[[Row], bool]]] = [[]]
    place = 0
    while True:
        found = CONDITION.match(text, place)
        if not found:
            raise BadQuery(f"filter: expected field='value' at character {place + 1} of {text!r}.", "invalid_filter_field")
        any_of[-1].append(_condition(*found.groups(), collection))
        place = found.end()
        if not text[place:].strip():
            break
        joint = JOINT.match(text, place)
        if not joint:
            raise BadQuery(f"filter: expected AND or OR at character {place + 1} of {text!r}.", "invalid_filter_field")
        if joint[1].upper() == "OR":
            any_of.append([])
        place = joint.end()
        if sum(map(len, any_of)) >= MAX_CONDITIONS:
            raise BadQuery(f"filter: at most {MAX_CONDITIONS} conditions.", "invalid_filter_field")
    return lambda row: any(all(test(row) for test in group) for group in any_of)


def _condition(name: str, operator: str, value: str, collection: str) -> Callable[[Row], bool]:
    """Raises BadQuery for a value that the field cannot be compared with, whether or not there is a row to compare."""
    read, compare = _reader(name, collection, "filter", "invalid_filter_field"), COMPARE[operator]
    comparable = str.casefold if operator == "~" else _number_of if name in NUMBERS else _moment if name in MOMENTS else str
    try:
        wanted = comparable(value.replace("''", "'"))
    except ValueError:
        kind = "number" if name in NUMBERS else "date"
        raise BadQuery(f"filter: {name} is a {kind}; found {value!r}.", "invalid_filter_field") from None

    def test(row: Row) -> bool:
        found = read(row)
        return operator == "!=" if found is None else compare(comparable(str(found)), wanted)

    return test


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda found, wanted: found == wanted,
    "!=": lambda found, wanted: found != wanted,
    ">": lambda found, wanted: found > wanted,
    ">=": lambda found, wanted: found >= wanted,
    "<": lambda found, wanted: found < wanted,
    "<=": lambda found, wanted: found <= wanted,
    "~": lambda found, wanted: wanted in found,
}


def _number_of(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _moment(text: str) -> datetime:
    """A day counts from its midnight, and a clock without a zone is in UTC. Raises ValueError."""
    moment = parse_datetime(text.replace(" ", "+")) or datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _reader(name: str, collection: str, where: str, code: str) -> Callable[[Row], Any]:
    """What reads a field, or of a reference its sourcedId."""
    first, _, rest = name.partition(".")
    if first not in OF_EVERY_OBJECT + FIELDS[collection] or first == "scoreScaleValue":
        raise BadQuery(f"{where}: {collection} have no field {name!r}.", code)
    if first in REFERENCES:
        part = rest or "sourcedId"
        if part not in ("sourcedId", "href", "type"):
            raise BadQuery(f"{where}: {collection} have no field {name!r}.", code)
        return lambda row: row.get(first, {}).get(part)
    if first == "metadata":
        return lambda row: row.get("metadata", {}).get(rest)
    if rest:
        raise BadQuery(f"{where}: {collection} have no field {name!r}.", code)
    return lambda row: row.get(first)
