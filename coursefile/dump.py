"""A course -> its course file, written so that people like to read it and loading it changes nothing."""

import hashlib

import tomlkit

from coursefile.document import inherited, presented
from coursefile.schema import SCHEMA, is_policy
from coursefile.snapshot import document_of
from courses.models import Course

# Lists of small tables that read better one a line than one a header.
INLINE = {"options", "steps", "letters", "levels", "scale"}
# The order of keys in [grading], whose schema is made of cases; JSON in the database keeps no order.
POLICY_ORDER = (
    *("weights", "key", "title", "weight", "source", "milestones", "credit", "max_points", "anonymous"),
    *("scale", "rubric", "steps", "regrade_days", "symbol", "points"),
    *(
        "value",
        "label",
        "step",
        "count",
        "at",
        "letter",
        "from",
        "to",
        "decimals",
        "mode",
        "letters",
        "rounding",
        "components",
        "parts",
    ),
)


def dump_course(course: Course) -> str:
    return toml_of(document_of(course))


def digest_of(text: str) -> str:
    """Tells one state of a course from another, when the text is its dump."""
    return hashlib.sha256(text.encode()).hexdigest()


def toml_of(document: dict) -> str:
    """The document, in full form, as TOML; what the loader fills in by itself is left out."""
    lines: list[str] = []
    _write_table(lines, "", _shortened(document), SCHEMA)
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


# Writing


def _write_table(lines: list[str], path: str, table: dict, schema: dict) -> None:
    ordered = sorted(table.items(), key=lambda pair: _rank(pair[0], schema))
    later = [(key, value) for key, value in ordered if _has_header(key, value)]
    lines += [f"{key} = {_value(value, is_long=key in INLINE)}" for key, value in ordered if not _has_header(key, value)]
    for key, value in later:
        inner_path, inner = (f"{path}.{key}" if path else key), schema.get("properties", {}).get(key, {})
        if isinstance(value, dict):
            lines += ["", f"[{inner_path}]"]
            _write_table(lines, inner_path, value, inner)
        for item in value if isinstance(value, list) else ():
            lines += ["", f"[[{inner_path}]]"]
            _write_table(lines, inner_path, item, inner.get("items", {}))


def _has_header(key: str, value) -> bool:
    if isinstance(value, list):
        return key not in INLINE and bool(value) and isinstance(value[0], dict)
    return isinstance(value, dict)


def _rank(key: str, schema: dict) -> tuple[int, str]:
    order = list(schema["properties"]) if "properties" in schema and not is_policy(schema) else POLICY_ORDER
    return (order.index(key) if key in order else len(order), key)


def _value(value, *, is_long: bool = False) -> str:
    if isinstance(value, list):
        items = [_value(item) for item in value]
        if is_long and len(items) > 1:
            return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
        return f"[{', '.join(items)}]"
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: _rank(pair[0], {}))
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in pairs) + " }"
    if isinstance(value, str) and "\n" in value and "\r" not in value:
        return _block(value)
    return tomlkit.item(value).as_string()


def _block(text: str) -> str:
    """Text of several lines as it reads; backslashes (maths) stay single where quotes allow it."""
    is_plain = all(letter.isprintable() or letter in "\n\t" for letter in text)
    if "\\" in text and "'''" not in text and not text.endswith("'") and is_plain:
        return f"'''\n{text}'''"
    # Behind a letter: to a text that begins with a line end, tomlkit adds another.
    return '"""\n' + tomlkit.string("x" + text, multiline=True).as_string()[4:-3] + '"""'
