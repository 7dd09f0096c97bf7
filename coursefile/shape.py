"""Does the data have the shape that the schema publishes? Every fault in words."""

import math
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from difflib import get_close_matches
from itertools import islice

from django.core.exceptions import ValidationError as BadValue
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from core.links import is_web_address
from core.text import text_problem
from core.toml.problems import MAX_SHOWN, Path
from coursefile.schema import SCHEMA
from coursefile.schema_parts import KEY_PATTERN

Fault = tuple[Path, str]

# TOML's own dates, where the schema has a string with a format.
NATIVE = {"date": date, "time": time, "date-time": datetime}
WRITTEN = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "time": re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?"),
}
SUCH_AS = {
    "date": "a date such as 2021-09-02",
    "time": "a time such as 08:30:00",
    "date-time": "a date and time such as 2021-10-14T23:59:00, in the course's time zone",
    "uri": "an address such as https://example.org/paper.pdf",
}
TYPES = {
    "object": "a table",
    "array": "a list",
    "string": "a text in quotes",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
}
YEARS = range(1900, 3000)


def as_moment(kind: str, value):
    """The date, time or datetime that the value is or spells. Raises ValueError for anything else."""
    if isinstance(value, str):
        if not WRITTEN[kind].fullmatch(value):
            raise ValueError(value)
        value = NATIVE[kind].fromisoformat(value)
    if type(value) is not NATIVE[kind] or getattr(value, "tzinfo", None) is not None:
        raise ValueError(value)
    if kind != "time" and value.year not in YEARS:
        raise ValueError(value)
    return value


formats = FormatChecker(formats=())
for _kind in NATIVE:
    formats.checks(_kind, raises=ValueError)(lambda value, kind=_kind: as_moment(kind, value) is not None)


@formats.checks("uri", raises=BadValue)
def _is_address(value) -> bool:
    return value == "" or is_web_address(value) is None


def _check_type(validator, types, instance, schema):
    is_moment = isinstance(instance, (date, time))
    if not (is_moment and schema.get("format") in NATIVE):
        yield from Draft202012Validator.VALIDATORS["type"](validator, types, instance, schema)


def _check_pattern(validator, pattern, instance, schema):
    # Python's $ also matches before a line end, JSON Schema's does not.
    if isinstance(instance, str) and (instance.endswith("\n") or not re.search(pattern, instance)):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


Validator = extend(Draft202012Validator, {"type": _check_type, "pattern": _check_pattern})
validator = Validator(SCHEMA, format_checker=formats)


def shape_faults(data: dict) -> list[Fault]:
    """Every fault with its path, at most as many as are shown."""
    found = [*_odd_values(data), *(fault for error in validator.iter_errors(data) for fault in _faults_of(error))]
    return list(islice(dict.fromkeys(found), MAX_SHOWN))


def _odd_values(data) -> Iterator[Fault]:
    """Values that TOML can write but that nothing here can store."""
    pending: list[tuple[Path, object]] = [((), data)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            pending += [((*path, place), inner) for place, inner in enumerate(value)]
        elif isinstance(value, float) and not math.isfinite(value):
            yield path, f"found {value}, expected an ordinary number"
        elif isinstance(value, str) and (problem := text_problem(value)) and "characters; at most" not in problem:
            yield path, problem


def _faults_of(error: ValidationError) -> Iterator[Fault]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        for key in [key for key in error.instance if key not in known]:
            yield (*path, key), _unknown(key, known)
    elif error.validator == "required":
        # jsonschema reports each missing key as an error of its own.
        missing = next(key for key in error.validator_value if error.message.startswith(f"{key!r} "))
        properties = error.schema.get("properties", {})
        yield path, f'the key "{missing}" is missing, expected {expected(properties.get(missing, {}))}'
    else:
        yield path, f"found {found(error.instance)}, expected {_wanted(error)}"


def _unknown(key: str, known: list[str]) -> str:
    close = get_close_matches(key, known, n=1)
    hint = f'; did you mean "{close[0]}"?' if close else ""
    return f"found an unknown key, expected one of {', '.join(known)}{hint}"


def found(value) -> str:
    """A value as its author wrote it, cut short."""
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "a table"
        case list():
            return f"a list of {len(value)}"
        case str():
            shown = value if len(value) <= 60 else f"{value[:57]}…"
            return '"' + shown.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case date() | time():
            return value.isoformat()
    return f"{value}"[:60]


def _wanted(error: ValidationError) -> str:
    rule = error.validator_value
    match error.validator:
        case "maxLength":
            return f"at most {rule:,} characters; it has {len(error.instance):,}"
        case "minItems":
            return f"at least {rule}"
        case "maxItems":
            return f"at most {rule}"
        case "uniqueItems":
            return "each value once"
    return expected(error.schema)


def expected(schema: dict) -> str:
    """What the schema asks of a value, in words."""
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    if schema.get("format") in SUCH_AS:
        return SUCH_AS[schema["format"]]
    if schema.get("pattern") == KEY_PATTERN:
        return "a key of small letters, digits and hyphens, such as week-1"
    kinds = schema.get("type", [])
    words = " or ".join(TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)) or "a value"
    if kinds == "string" and "pattern" in schema:
        words = "a text of one line in quotes"
    if schema.get("minLength"):
        words += ", not empty"
    return words + _range_of(schema)


def _range_of(schema: dict) -> str:
    most = f" to {schema['maximum']}" if "maximum" in schema else ""
    if "minimum" in schema:
        return f" from {schema['minimum']}{most}"
    if "exclusiveMinimum" in schema:
        return f" above {schema['exclusiveMinimum']}" + (f" and up{most}" if most else "")
    return ""


def expected_at(path: Path) -> str:
    """What the schema asks of the value at this path, in words."""
    schema = SCHEMA
    for part in path:
        schema = schema.get("items", {}) if isinstance(part, int) else schema.get("properties", {}).get(part, {})
    return expected(schema) if schema else "a value such as a text in quotes, a number, true or false"
