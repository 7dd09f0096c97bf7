"""Whether the fields of a form may wait for one another as they say. Pure: fields are tables as in the course file."""

from collections.abc import Iterable, Iterator, Mapping

from reviews.models import FieldKind, FieldVisibility

Fault = tuple[int, str, str]  # place of the field, key at fault, message
RANKS = (FieldVisibility.READERS, FieldVisibility.STAFF, FieldVisibility.STAFF_ONLY)


def condition_faults(fields: Iterable[Mapping]) -> Iterator[Fault]:
    """What is wrong with `shown_when` and `shown_when_is`; reads key, kind, options and visible_to where they are there."""
    fields = list(fields)
    by_key = {field.get("key"): field for field in fields}
    for place, field in enumerate(fields):
        when, values = field.get("shown_when", ""), field.get("shown_when_is", [])
        if not when:
            if values:
                yield place, "shown_when_is", 'found without "shown_when", expected both or none'
            continue
        yield from ((place, *fault) for fault in _faults(field, by_key.get(when), when, values, by_key))


def _faults(field: Mapping, other: Mapping | None, when: str, values: list, by_key: Mapping) -> Iterator[tuple[str, str]]:
    if other is None or other is field:
        yield "shown_when", f'found "{when}", expected the key of another field of this form'
        return
    kind = other.get("kind")
    if kind == FieldKind.TEXT:
        yield "shown_when", f'found "{when}", which is a text; expected a score, choice, several choices or a checkbox'
        return
    if _is_in_circle(field.get("key"), by_key):
        yield "shown_when", f'found "{when}", which waits for this field itself'
    if problem := _readers_problem(field, other):
        yield "shown_when", f'found "{when}", {problem}'
    if kind:
        yield from _value_faults(other, kind, values)


def _is_in_circle(key, by_key: Mapping) -> bool:
    seen, at = set(), key
    while at and at in by_key and at not in seen:
        seen.add(at)
        at = by_key[at].get("shown_when")
    return bool(at) and at == key


def _readers_problem(field: Mapping, other: Mapping) -> str:
    """That a field was answered tells what the field it waits for holds, so it may not be read by more people."""
    if "visible_to" not in field or "visible_to" not in other:
        return ""
    mine, theirs = (RANKS.index(one["visible_to"]) for one in (field, other))
    if mine < theirs:
        return "which fewer people may read than this field; expected one that all its readers may read"
    if mine != theirs and field["visible_to"] == FieldVisibility.STAFF_ONLY:
        return "which reviewers answer; expected a field that is staff's alone, as this one is"
    return ""


def _value_faults(other: Mapping, kind: str, values: list) -> Iterator[tuple[str, str]]:
    offered = [True, False] if kind == FieldKind.CHECKBOX else [option.get("value") for option in other.get("options", [])]
    words = ["true", "false"] if kind == FieldKind.CHECKBOX else list(map(str, offered))
    if not values:
        yield "shown_when_is", f"expected at least one of {', '.join(words)}"
    for value in values:
        if not any(type(value) is type(one) and value == one for one in offered):
            shown = str(value).lower() if isinstance(value, bool) else str(value)
            yield "shown_when_is", f"found {shown[:60]}, expected some of {', '.join(words)}"
