"""A document taken apart into rows by key, so that two of them can be compared and one can be written."""

from datetime import UTC
from decimal import Decimal
from zoneinfo import ZoneInfo

Rows = dict[object, dict]
Facts = dict[str, Rows]

MOMENTS = ("opens", "due", "hard")  # of a round
RULE_MOMENTS = ("opens_at", "closes_at", "wishes_close_at")
SLOT_MOMENTS = ("opens_at", "closes_at", "slides_due_at")
ONE = ""  # the key of what a course has one of


def facts_of(document: dict) -> Facts:
    """{section: {key: values}} of a document in full form, each section in the portal's order.

    Moments are in UTC and points decimals, as the database has them. A part that the course does not have is
    an empty section. A role's key is (slot, role).
    """
    course = document["course"]
    zone = ZoneInfo(course["time_zone"])
    reviews, projects = document.get("reviews"), document.get("projects")
    return {
        "course": {ONE: course},
        "pages": {page["key"]: _without(page, "key") for page in document["pages"]},
        **_calendar(document["meetings"], zone),
        "presentations": _one(_presentations(document.get("presentations"), zone)),
        "reviews": _one(reviews and _reviews(reviews, zone)),
        "rounds": {round["key"]: _round(round, zone) for round in (reviews or {}).get("rounds", [])},
        "fields": {field["key"]: _field(field) for field in (reviews or {}).get("fields", [])},
        "discussion": _one(document.get("discussion")),
        "talks": _one(document.get("talks")),
        "participation": _one(_decimal(document.get("participation"))),
        "projects": _one(projects and _without(projects, "milestones")),
        "milestones": {milestone["key"]: _milestone(milestone, zone) for milestone in (projects or {}).get("milestones", [])},
        "reminders": _one(document.get("reminders")),
        "grading": _one({"policy": document["grading"]} if "grading" in document else None),
    }


def _one(values: dict | None) -> Rows:
    return {} if values is None else {ONE: values}


def _without(table: dict, *keys: str) -> dict:
    return {key: value for key, value in table.items() if key not in keys}


def _decimal(table: dict | None) -> dict | None:
    return table and {key: Decimal(str(value)) if key.endswith("_points") else value for key, value in table.items()}


def _utc(moment, zone: ZoneInfo):
    return moment and moment.replace(tzinfo=zone).astimezone(UTC)


def _presentations(presentations: dict | None, zone: ZoneInfo) -> dict | None:
    optional = ("minutes", "at_most", "withdraw_days_before", "slides_due_days_before")
    return presentations and (
        dict.fromkeys(optional) | presentations | {name: _utc(presentations.get(name), zone) for name in RULE_MOMENTS}
    )


def _slot(slot: dict, zone: ZoneInfo) -> dict:
    moments = {name: _utc(slot.get(name), zone) for name in SLOT_MOMENTS}
    return _without(slot, "key", "roles") | {"minutes": slot.get("minutes")} | moments


def _reviews(reviews: dict, zone: ZoneInfo) -> dict:
    optional = {"required_count": reviews.get("required_count"), "names_from": _utc(reviews.get("names_from"), zone)}
    return _decimal(_without(reviews, "fields", "rounds") | optional)


def _field(field: dict) -> dict:
    return {"min_words": None, "max_words": None} | _without(field, "key")


def _round(round: dict, zone: ZoneInfo) -> dict:
    """Every moment in the three ways of saying it, None for those that say nothing."""
    said = {f"{name}_{way}": round.get(f"{name}_{way}") for name in MOMENTS for way in ("at", "days_before", "time")}
    moments = {key: _utc(value, zone) if key.endswith("_at") else value for key, value in said.items()}
    return {"title": round.get("title", ""), "grace_minutes": round.get("grace_minutes")} | moments


def _milestone(milestone: dict, zone: ZoneInfo) -> dict:
    return _decimal(_without(milestone, "key")) | {"due_at": _utc(milestone["due_at"], zone)}


def _calendar(meetings: list[dict], zone: ZoneInfo) -> Facts:
    found: Facts = {"meetings": {}, "papers": {}, "slots": {}, "roles": {}}
    for meeting in meetings:
        found["meetings"][meeting["key"]] = _without(meeting, "key", "papers", "slots")
        for paper in meeting["papers"]:
            due = _utc(paper.get("review_due_at"), zone)
            found["papers"][paper["key"]] = _without(paper, "key") | {
                "review_due_at": due,
                "review_round": paper.get("review_round"),
                "meeting": meeting["key"],
            }
        for slot in meeting["slots"]:
            found["slots"][slot["key"]] = _slot(slot, zone) | {"meeting": meeting["key"]}
            for role in slot["roles"]:
                found["roles"][slot["key"], role["key"]] = _without(role, "key") | {"slot": slot["key"]}
    return found


# What within each section has an order of its own: the value that the rows of one list share.
LISTS = {
    "pages": None,
    "papers": "meeting",
    "slots": "meeting",
    "roles": "slot",
    "rounds": None,
    "fields": None,
    "milestones": None,
}


def positions(rows: Rows, shared: str | None) -> dict:
    """{key: place in its list}, counted from 0."""
    counts: dict = {}
    places = {}
    for key, values in rows.items():
        group = values[shared] if shared else None
        places[key] = counts[group] = counts.get(group, -1) + 1
    return places


def first_role(facts: Facts, slot: str) -> str | None:
    """The role in which the slot's guests stand."""
    return next((role for of, role in facts["roles"] if of == slot), None)


def removed(before: Facts, after: Facts, section: str) -> list:
    return [key for key in before[section] if key not in after[section]]
