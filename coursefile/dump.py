"""A course -> its course file, written so that people like to read it and loading it changes nothing."""

import hashlib
from collections.abc import Sequence

from core.toml.write import write_table
from coursefile.document import inherited, presented
from coursefile.schema import SCHEMA, is_policy
from coursefile.snapshot import document_of
from courses.models import Course
from grading.text import POLICY_ORDER


def dump_course(course: Course) -> str:
    return toml_of(document_of(course))


def digest_of(text: str) -> str:
    """Tells one state of a course from another, when the text is its dump."""
    return hashlib.sha256(text.encode()).hexdigest()


def toml_of(document: dict) -> str:
    """The document, in full form, as TOML; what the loader fills in by itself is left out."""
    return text_of(_shortened(document))


def text_of(data: dict) -> str:
    """The data of a course file, as it was parsed, as a course file."""
    lines: list[str] = []
    write_table(lines, "", data, SCHEMA, _keys_of)
    return "\n".join(lines).lstrip("\n") + "\n"


# Leaving out what the loader restores


def _shortened(document: dict) -> dict:
    meetings = [_shortened_meeting(document, meeting) for meeting in document["meetings"]]
    return _without_defaults(document | {"meetings": meetings}, SCHEMA)


def _shortened_meeting(document: dict, meeting: dict) -> dict:
    taken = inherited(document["course"])
    meeting = {key: value for key, value in meeting.items() if key not in taken or value != taken[key]}
    slots = [_shortened_slot(document, slot) for slot in meeting["slots"]]
    if slots == [{"paper": key} for key in presented(document, meeting)]:
        del meeting["slots"]
        return meeting
    return meeting | {"slots": slots}


def _shortened_slot(document: dict, slot: dict) -> dict:
    short = {key: value for key, value in slot.items() if value}
    guests = short.pop("guests", [])
    if slot["key"] == slot["paper"]:
        del short["key"]
    if "presentations" in document and slot["roles"] == document["presentations"]["roles"]:
        del short["roles"]
    if guests:
        short |= {"guest": guests[0]} if len(guests) == 1 else {"guests": guests}
    return short


def _without_defaults(table: dict, schema: dict) -> dict:
    properties = schema.get("properties", {})
    kept = {key: _without_nested_defaults(value, properties.get(key, {})) for key, value in table.items()}
    return {key: value for key, value in kept.items() if value is not None and not _is_default(value, properties.get(key, {}))}


def _without_nested_defaults(value, schema: dict):
    if isinstance(value, dict) and "properties" in schema and not is_policy(schema):
        return _without_defaults(value, schema)
    if isinstance(value, list) and "properties" in schema.get("items", {}):
        return [_without_defaults(item, schema["items"]) for item in value]
    return value


def _is_default(value, schema: dict) -> bool:
    if "default" not in schema:
        return False
    default = schema["default"]
    if schema.get("type") == "array" and default and "properties" in schema["items"]:
        default = [_without_defaults(item, schema["items"]) for item in default]
    return value == default or (schema.get("format") == "time" and value.isoformat() == default)


def _keys_of(schema: dict) -> Sequence[str]:
    """The order of a table's keys; the [grading] table's schema, made of cases, names none."""
    return list(schema["properties"]) if "properties" in schema and not is_policy(schema) else POLICY_ORDER
