"""The full form of a course file: every default filled in, dates as dates, lists in the order that the portal shows.

File and database are both read into this form, so that what a file would change is the difference of two
documents, and the dump is the document written out.
"""

import copy
from datetime import date, timedelta

from coursefile.facts import RULE_MOMENTS, SLOT_MOMENTS
from coursefile.schema import PRESENTER, SCHEMA, is_policy
from coursefile.shape import NATIVE, as_moment, validator


def readable(value, schema: dict = SCHEMA):
    """The part of the value that has the schema's shape, defaults filled in, dates as dates.

    What has another shape is left out: `shape_faults` names it, and the rest can still be checked for sense.
    A list keeps the places of its tables, so that a check can name them.
    """
    if is_policy(schema):
        return copy.deepcopy(value)
    if schema.get("type") == "object":
        return _readable_table(value if isinstance(value, dict) else {}, schema)
    if schema.get("type") == "array":
        items = [readable(item, schema["items"]) for item in value] if isinstance(value, list) else []
        return [item for item in items if item is not None]
    if not validator.evolve(schema=schema).is_valid(value):
        return None
    return as_moment(schema["format"], value) if schema.get("format") in NATIVE else value


def readable_document(data: dict) -> dict:
    """`readable` of a whole file; the [course] table is there even when the file forgot it."""
    return readable({"course": {}} | data)


def _readable_table(table: dict, schema: dict) -> dict:
    result = {}
    for key, inner in schema["properties"].items():
        value = table[key] if key in table else copy.deepcopy(inner.get("default"))
        read = readable(value, inner) if value is not None else None
        if read is not None:
            result[key] = read
    return result


def shifted(document: dict, start: date) -> dict:
    """The document moved by whole weeks so that the course starts in the week (from Monday) of `start`.

    Days of the week and clock times stay as they are.
    """
    document = copy.deepcopy(document)
    first = document["course"]["starts_on"]
    weeks = ((start - timedelta(days=start.weekday())) - (first - timedelta(days=first.weekday()))) // timedelta(days=7)
    move = timedelta(weeks=weeks)
    for table, key in _dated(document):
        if key in table:
            table[key] += move
    return document


def _dated(document: dict):
    yield document["course"], "starts_on"
    yield document["course"], "ends_on"
    for meeting in document["meetings"]:
        yield meeting, "date"
        for paper in meeting["papers"]:
            yield paper, "review_due_at"
        for slot in meeting.get("slots", []):
            for key in SLOT_MOMENTS:
                yield slot, key
    for key in RULE_MOMENTS:
        yield document.get("presentations", {}), key
    yield document.get("reviews", {}), "names_from"
    for milestone in document.get("projects", {}).get("milestones", []):
        yield milestone, "due_at"
    for round in document.get("reviews", {}).get("rounds", []):
        for key in ("opens_at", "due_at", "hard_at"):
            yield round, key


def completed(document: dict) -> dict:
    """The document with what it takes from elsewhere in the file written out, in the portal's order."""
    document = copy.deepcopy(document)
    for meeting in document["meetings"]:
        for key, default in inherited(document["course"]).items():
            meeting.setdefault(key, default)
        meeting.setdefault("slots", [{"paper": key} for key in presented(document, meeting)])
        meeting["slots"] = [_completed_slot(slot, document) for slot in meeting["slots"]]
    document["meetings"].sort(key=lambda meeting: (meeting["date"], meeting["starts_at"], meeting["key"]))
    if "projects" in document:
        document["projects"]["milestones"].sort(key=lambda milestone: milestone["due_at"])
    return document


def inherited(course: dict) -> dict:
    """What a meeting takes from the course where it says nothing."""
    return {"starts_at": course["meets_from"], "ends_at": course["meets_until"], "room": course["room"]}


def presented(document: dict, meeting: dict) -> list[str]:
    """The papers that have a slot each at a meeting that says nothing of slots; a cancelled meeting takes nobody's away."""
    if "presentations" not in document:
        return []
    return [paper["key"] for paper in meeting["papers"]]


def _completed_slot(slot: dict, document: dict) -> dict:
    guest = slot.pop("guest", None)
    roles = document.get("presentations", {}).get("roles", [PRESENTER])
    return {
        "key": slot.get("key") or slot["paper"],
        "paper": slot.get("paper"),
        "title": slot.get("title", ""),
        "guests": slot.get("guests", [guest] if guest else []),
        "roles": copy.deepcopy(slot.get("roles", roles)),
    } | {name: slot[name] for name in ("minutes", *SLOT_MOMENTS) if name in slot}
