"""Whether a document has the published shape."""

from collections.abc import Iterator, Mapping
from math import isfinite

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from grading.engine.lint.finding import ERROR, Finding, Path
from grading.engine.schema import POLICY_SCHEMA

VALIDATOR = Draft202012Validator(POLICY_SCHEMA)


def check_shape(document: object) -> list[Finding]:
    return [_finding_of(error) for error in VALIDATOR.iter_errors(document)] + list(_check_numbers((), document))


def _check_numbers(path: Path, value: object) -> Iterator[Finding]:
    """TOML has nan and inf, which no bound of a schema keeps out."""
    if isinstance(value, float) and not isfinite(value):
        yield Finding(ERROR, path, f"Found {value}; expected a number.")
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from _check_numbers((*path, key), part)


def _finding_of(error: ValidationError) -> Finding:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        unknown = sorted(set(error.instance) - set(known))
        path, message = (*path, unknown[0]), f"Unknown key {unknown[0]!r}; expected one of: {', '.join(sorted(known))}."
    elif error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        message = f"{missing!r} is missing."
    elif error.validator == "enum":
        message = f"Found {error.instance!r}; expected one of: {', '.join(map(str, error.validator_value))}."
    elif error.validator == "type":
        message = f"Found {_kind_of(error.instance)}; expected {_a(error.validator_value)}."
    else:
        message = _bound_words(error)
    return Finding(ERROR, path, message)


def _bound_words(error: ValidationError) -> str:
    limit = error.validator_value
    expected = {
        "minimum": f"{limit} or more",
        "maximum": f"{limit} at most",
        "exclusiveMinimum": f"more than {limit}",
        "pattern": "small letters, digits and hyphens, starting with a letter or digit",
        "maxLength": f"at most {limit} characters",
        "minLength": "a text that is not empty",
        "uniqueItems": "every entry once",
    }.get(error.validator)
    if error.validator == "minItems":
        return "Expected at least 1 entry; found none."
    return f"Found {error.instance!r}; expected {expected}." if expected else f"{error.message}."


TYPE_NAMES = {
    "object": "a table",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
}


def _a(name: str) -> str:
    return TYPE_NAMES.get(name, name)


def _kind_of(value: object) -> str:
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return f"{value!r}"
