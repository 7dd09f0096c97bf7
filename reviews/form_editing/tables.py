"""A form's fields as tables with the keys of the course file, and what is wrong with them. No database here."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from itertools import pairwise

from core.errors import DomainError
from core.text import text_problem
from reviews.form_editing.conditions import Fault, condition_faults
from reviews.models import Field, FieldColours, FieldKind, FieldVisibility
from reviews.symbols import symbol_faults

COLUMNS = (
    *("key", "label", "kind", "description", "is_required", "min_words", "max_words", "options"),
    *("visible_to", "colours", "shown_when", "shown_when_is", "rounds"),
)
MAX_FIELDS = MAX_OPTIONS = 100
WITH_OPTIONS = {FieldKind.SCORE: int, FieldKind.CHOICE: str, FieldKind.CHOICES: str}
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


class FormFaults(DomainError):  # noqa: N818 - named for the state
    """The fields cannot be a form; `faults` are (place of the field, key at fault, message), `keys` the fields' own."""

    def __init__(self, faults: list[Fault], fields: list[dict]):
        self.faults = faults
        self.keys = [field.get("key", "") for field in fields]
        said = "; ".join(
            f"{self.keys[place] if place >= 0 else 'form'}, {key}: {message}" for place, key, message in faults[:5]
        )
        super().__init__(f"Nothing was changed. {said}.", field="fields", code="bad_form")


def table_of(field: Field) -> dict:
    return {name: getattr(field, name) for name in COLUMNS}


def complete(field: dict) -> dict:
    """The table with what it leaves out."""
    blank = Field(key="", label="")
    return {name: field[name] if name in field else getattr(blank, name) for name in COLUMNS}


def form_faults(fields: list[dict], rounds: Container[str] = ()) -> list[Fault]:
    """Of complete tables: everything that the course file would refuse too; `rounds` are the keys of the course's."""
    faults = [] if 0 < len(fields) <= MAX_FIELDS else [(-1, "fields", f"expected 1 to {MAX_FIELDS} fields")]
    if fields and all(field["visible_to"] == FieldVisibility.STAFF_ONLY for field in fields):
        faults.append((-1, "fields", "expected at least one field that reviewers answer"))
    keys = Counter(field["key"] for field in fields)
    for place, field in enumerate(fields):
        if keys[field["key"]] > 1:
            faults.append((place, "key", f'found "{field["key"]}" twice, expected a key of its own'))
        faults += ((place, *fault) for fault in _field_faults(field))
        faults += (
            (place, "rounds", f'found "{key[:60]}", expected the key of a round of the course')
            for key in field["rounds"]
            if key not in rounds
        )
    return [*faults, *condition_faults(fields)]


def _field_faults(field: dict) -> Iterator[tuple[str, str]]:
    if not _KEY.fullmatch(field["key"]):
        yield "key", "expected small letters, digits and hyphens, such as week-1"
    if problem := _line_problem(field["label"], 120):
        yield "label", problem
    if problem := text_problem(field["description"], limit=100_000):
        yield "description", problem
    for name, known in (("kind", FieldKind), ("visible_to", FieldVisibility), ("colours", FieldColours)):
        if field[name] not in known.values:
            yield name, f"expected one of {', '.join(known.values)}"
    if field["colours"] != FieldColours.PLAIN and field["kind"] != FieldKind.SCORE:
        yield "colours", "expected on score fields only"
    yield from _word_faults(field)
    yield from _option_faults(field["kind"], field["options"])


def _line_problem(text: str, limit: int) -> str:
    if not text.strip():
        return "expected a text, not empty"
    if "\n" in text or "\r" in text:
        return "expected one line"
    return text_problem(text, limit=limit) or ""


def _word_faults(field: dict) -> Iterator[tuple[str, str]]:
    least, most = field["min_words"], field["max_words"]
    for name, number in (("min_words", least), ("max_words", most)):
        if number is not None and field["kind"] != FieldKind.TEXT:
            yield name, "expected on text fields only"
        elif number is not None and not (0 if name == "min_words" else 1) <= number <= 100_000:
            yield name, "expected a whole number up to 100000"
    if least is not None and most is not None and least > most:
        yield "max_words", f"found {most}, expected {least} (the least) or more"


def _option_faults(kind: str, options: list[dict]) -> Iterator[tuple[str, str]]:
    wanted = WITH_OPTIONS.get(kind)
    if wanted is None:
        if options:
            yield "options", "expected none: only scores and choices have options"
        return
    if not 0 < len(options) <= MAX_OPTIONS:
        yield "options", f"expected 1 to {MAX_OPTIONS} options"
    values = [option["value"] for option in options]
    for place, problem in symbol_faults(options, is_score=kind == FieldKind.SCORE):
        yield "options", f"{values[place]}: {problem}"
    for option in options:
        if problem := _line_problem(option["label"], 200) or _value_problem(option["value"], wanted):
            yield "options", f"{option['value']}: {problem}"
    if wanted is int and all(type(value) is int for value in values):
        if any(value <= below for below, value in pairwise(values)):
            yield "options", "expected ascending values"
    elif len(set(map(str, values))) < len(values):
        yield "options", "expected each value once"


def _value_problem(value, wanted: type) -> str:
    if type(value) is not wanted:
        return "expected a whole number" if wanted is int else "expected a text"
    if wanted is int:
        return "" if -32_768 <= value <= 32_767 else "expected a number from -32768 to 32767"
    return _line_problem(value, 200)


def changed_values(fields: Iterable[dict], key: str, moved: dict) -> list[dict]:
    """The tables with the conditions on field `key` following its values; `moved` is {value: its new value, or None}."""
    return [_following(field, moved) if field["shown_when"] == key else field for field in fields]


def _following(field: dict, moved: dict) -> dict:
    values = [moved.get(value, value) if not isinstance(value, bool) else value for value in field["shown_when_is"]]
    return field | {"shown_when_is": list(dict.fromkeys(value for value in values if value is not None))}
