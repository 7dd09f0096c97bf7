"""What a schema cannot say: dates in order, keys once, references that lead somewhere, a policy that adds up.

The checks take a document as `document.readable` gives it, so any key may be missing; every check goes on
after a fault. A fault is (path, message).
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

from core.toml.problems import Path
from coursefile.facts import MOMENTS
from coursefile.shape import Fault, found
from grading import engine
from reviews.form_editing.conditions import condition_faults
from reviews.symbols import symbol_faults


def errors_of(document: dict) -> list[Fault]:
    checks = (_course, _keys, _meetings, _sign_up, _slots, _fields, _rounds, _names, _points, _policy_errors)
    return [fault for check in checks for fault in check(document)]


def warnings_of(document: dict) -> list[Fault]:
    """What the instructor is told and nothing corrects. The document must be free of errors."""
    checks = (_unusual_days, _cancelled, _required_count, _late_milestones, _sources, _policy_warnings)
    return [fault for check in checks for fault in check(document)]


# Course


def _course(document: dict) -> Iterator[Fault]:
    course = document["course"]
    if zone := course.get("time_zone"):
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            yield ("course", "time_zone"), f"found {found(zone)}, expected a time zone such as America/New_York"
    starts, ends = course.get("starts_on"), course.get("ends_on")
    if starts and ends and ends < starts:
        yield ("course", "ends_on"), f"found {ends}, expected {starts} (starts_on) or later"
    if course["meets_until"] <= course["meets_from"]:
        yield (
            ("course", "meets_until"),
            f"found {course['meets_until']}, expected later than {course['meets_from']} (meets_from)",
        )


def _names(document: dict) -> Iterator[Fault]:
    reviews = document.get("reviews", {})
    if reviews.get("names") == "dated" and "names_from" not in reviews:
        yield ("reviews", "names"), 'found "dated" without names_from, expected the moment from which students see names'
    if "names_from" in reviews and reviews.get("names") != "dated":
        yield ("reviews", "names_from"), 'found a moment, expected it only with names = "dated"'


# Keys


def numbered(items: list, *path) -> Iterator[tuple[Path, dict]]:
    for place, item in enumerate(items):
        yield (*path, place), item


def every_paper(document: dict) -> Iterator[tuple[Path, dict]]:
    for path, meeting in numbered(document["meetings"], "meetings"):
        yield from numbered(meeting["papers"], *path, "papers")


def every_slot(document: dict) -> Iterator[tuple[Path, dict]]:
    for path, meeting in numbered(document["meetings"], "meetings"):
        yield from numbered(meeting.get("slots", []), *path, "slots")


def every_milestone(document: dict) -> Iterator[tuple[Path, dict]]:
    yield from numbered(document.get("projects", {}).get("milestones", []), "projects", "milestones")


def every_field(document: dict) -> Iterator[tuple[Path, dict]]:
    yield from numbered(document.get("reviews", {}).get("fields", []), "reviews", "fields")


def _role_lists(document: dict) -> Iterator[Iterator[tuple[Path, dict]]]:
    yield numbered(document.get("presentations", {}).get("roles", []), "presentations", "roles")
    for path, slot in every_slot(document):
        yield numbered(slot.get("roles", []), *path, "roles")


def _keys(document: dict) -> Iterator[Fault]:
    groups = (
        numbered(document["pages"], "pages"),
        numbered(document["meetings"], "meetings"),
        every_paper(document),
        every_milestone(document),
        every_field(document),
        numbered(document.get("talks", {}).get("feedback", []), "talks", "feedback"),
        every_round(document),
        *_role_lists(document),
    )
    yield from chain.from_iterable(_repeated(group, "key") for group in groups)
    yield from _repeated(((path, {"key": slot.get("key") or slot.get("paper")}) for path, slot in every_slot(document)), "key")


def _repeated(tables, key: str, noun: str = "a key of its own") -> Iterator[Fault]:
    first: dict[object, Path] = {}
    for path, table in tables:
        value = table.get(key)
        if value is not None and first.setdefault(value, path) != path:
            yield (*path, key), f"found {found(value)} a second time, expected {noun}"


# Calendar and reading list


def _meetings(document: dict) -> Iterator[Fault]:
    course = document["course"]
    starts, ends = course.get("starts_on"), course.get("ends_on")
    for path, meeting in numbered(document["meetings"], "meetings"):
        day = meeting.get("date")
        if day and starts and ends and starts <= ends and not starts <= day <= ends:
            yield (*path, "date"), f"found {day}, expected a day of the course, {starts} to {ends}"
        since, until = meeting.get("starts_at", course["meets_from"]), meeting.get("ends_at", course["meets_until"])
        if {"starts_at", "ends_at"} & set(meeting) and until <= since:
            yield (
                (*path, "ends_at" if "ends_at" in meeting else "starts_at"),
                f"found {since} to {until}, expected an end after the start",
            )


def _cancelled(document: dict) -> Iterator[Fault]:
    """A meeting that was cancelled keeps its papers and slots until they are given another; nobody's work goes with it."""
    for path, meeting in numbered(document["meetings"], "meetings"):
        if meeting["kind"] == "holiday" and (here := len(meeting["papers"])):
            words = "1 paper is" if here == 1 else f"{here} papers are"
            yield (*path, "kind"), f"the meeting does not take place: {words} neither reviewed nor presented until moved."


def _sign_up(document: dict) -> Iterator[Fault]:
    rules = document.get("presentations", {})
    for path, table in [(("presentations",), rules), *every_slot(document)]:
        opens, closes = table.get("opens_at", rules.get("opens_at")), table.get("closes_at", rules.get("closes_at"))
        if {"opens_at", "closes_at"} & set(table) and opens and closes and closes <= opens:
            key = "closes_at" if "closes_at" in table else "opens_at"
            yield (*path, key), f"found {opens} to {closes}, expected sign-up to close after it opens"
    if "at_most" in rules and rules["at_most"] < rules["at_least"]:
        yield ("presentations", "at_most"), f"found {rules['at_most']}, expected {rules['at_least']} (at_least) or more"


def _slots(document: dict) -> Iterator[Fault]:
    papers = {paper.get("key") for _, paper in every_paper(document)}
    for path, slot in every_slot(document):
        if "paper" in slot and slot["paper"] not in papers:
            yield (*path, "paper"), f"found {found(slot['paper'])}, expected the key of a paper of this file"
        if "paper" not in slot and "key" not in slot:
            yield path, 'expected a "paper", or a "key" and a "title"'
        elif "paper" not in slot and not slot.get("title", "").strip():
            yield path, 'the key "title" is missing, expected one: the slot has no paper'
        if "paper" in slot and slot.get("title"):
            yield (*path, "title"), f"found {found(slot['title'])}, expected none: a slot of a paper is called like the paper"
        if "guest" in slot and "guests" in slot:
            yield (*path, "guests"), 'found beside "guest", expected one of the two'
        yield from _guests_fit(path, slot, document)


def _guests_fit(path: Path, slot: dict, document: dict) -> Iterator[Fault]:
    roles = slot.get("roles") or document.get("presentations", {}).get("roles", [])
    places = roles[0].get("capacity", 1) if roles else 1
    if len(slot.get("guests", [])) > places:
        yield (*path, "guests"), f"found {len(slot['guests'])}, expected at most {places}, the capacity of the first role"


# Review form


def _fields(document: dict) -> Iterator[Fault]:
    for path, field in every_field(document):
        least, most = field.get("min_words"), field.get("max_words")
        if least is not None and most is not None and least > most:
            yield (*path, "max_words"), f"found {most}, expected {least} (min_words) or more"
        if kind := field.get("kind"):
            for key in ("min_words", "max_words"):
                if key in field and kind != "text":
                    yield (*path, key), f"found on a {kind} field, expected on text fields only"
            if field["colours"] != "plain" and kind != "score":
                yield (*path, "colours"), f"found on a {kind} field, expected on score fields only"
            yield from _options(path, kind, field["options"])
            for option, problem in symbol_faults(field["options"], is_score=kind == "score"):
                yield (*path, "options", option, "symbol"), problem
    places = list(every_field(document))
    for place, key, message in condition_faults(field for _, field in places):
        path = places[place][0]
        yield (*path, key if key in places[place][1] else "key"), message


def _options(path: Path, kind: str, options: list[dict]) -> Iterator[Fault]:
    path = (*path, "options")
    if kind in ("text", "checkbox"):
        if options:
            yield path, f"found on a {kind} field, expected on score, choice and choices fields only"
        return
    if not options:
        value = "1" if kind == "score" else '"yes"'
        yield path, f'expected a list such as [{{ value = {value}, label = "..." }}]: a {kind} needs it'
    wanted, words = (int, "a whole number") if kind == "score" else (str, "a text in quotes")
    for place, option in enumerate(options):
        if "value" in option and type(option["value"]) is not wanted:
            yield (*path, place, "value"), f"found {found(option['value'])}, expected {words}: the field is a {kind}"
    values = [option.get("value") for option in options]
    if kind in ("choice", "choices"):
        yield from _repeated(numbered(options, *path), "value", "each value once")
    elif all(type(value) is int for value in values):
        for place, (below, value) in enumerate(pairwise(values), start=1):
            if value <= below:
                yield (*path, place, "value"), f"found {value} after {below}, expected ascending values"


# Rounds


def every_round(document: dict) -> Iterator[tuple[Path, dict]]:
    yield from numbered(document.get("reviews", {}).get("rounds", []), "reviews", "rounds")


def _rounds(document: dict) -> Iterator[Fault]:
    known = {round.get("key") for _, round in every_round(document)}
    for path, paper in every_paper(document):
        if "review_round" in paper and paper["review_round"] not in known:
            yield (*path, "review_round"), f"found {found(paper['review_round'])}, expected the key of a round in [reviews]"
    for path, field in every_field(document):
        for place, key in enumerate(field.get("rounds", [])):
            if key not in known:
                yield (*path, "rounds", place), f"found {found(key)}, expected the key of a round in [reviews]"
    for path, round in every_round(document):
        for name in MOMENTS:
            yield from _said_once(path, name, round)
        yield from _in_order(path, round)


def _said_once(path: Path, name: str, round: dict) -> Iterator[Fault]:
    at, days, clock = (f"{name}_at", f"{name}_days_before", f"{name}_time")
    if at in round and (days in round or clock in round):
        yield (*path, at), f'found beside "{days}", expected one of the two'
    elif (days in round) != (clock in round):
        there, missing = (days, clock) if days in round else (clock, days)
        yield (*path, there), f'found without "{missing}", expected both'


def _in_order(path: Path, round: dict) -> Iterator[Fault]:
    """Opening, soft and hard deadline, as far as they are said in the same way."""
    moments = [f"{name}_at" for name in MOMENTS if f"{name}_at" in round]
    for before, after in pairwise(moments):
        if round[after] < round[before]:
            yield (*path, after), f"found {round[after]}, expected {round[before]} ({before}) or later"
    relative = [name for name in MOMENTS if f"{name}_days_before" in round and f"{name}_time" in round]
    for before, after in pairwise(relative):
        days, days_after = (round[f"{name}_days_before"] for name in (before, after))
        if days_after > days or (days_after == days and round[f"{after}_time"] < round[f"{before}_time"]):
            yield (*path, f"{after}_days_before"), f"found {days_after}, expected a moment that is not before {before}"


# Numbers


def _points(document: dict) -> Iterator[Fault]:
    tables = [(("reviews",), document.get("reviews", {})), (("participation",), document.get("participation", {}))]
    for path, table in [*tables, *every_milestone(document)]:
        for key in ("max_points", "attended_points", "discussed_points"):
            if key in table and round(table[key], 2) != table[key]:
                yield (*path, key), f"found {table[key]}, expected at most two decimals"
            elif key == "max_points" and table.get(key, 1) < 0.01:
                yield (*path, key), f"found {table[key]}, expected 0.01 or more"
    hours = document.get("reminders", {}).get("hours_before", [])
    for place, (before, hour) in enumerate(pairwise(hours), start=1):
        if hour > before:
            yield ("reminders", "hours_before", place), f"found {hour} after {before}, expected descending hours"


# Grading


# The table without which a course has no work of a source.
TABLE_OF = {"reviews": "reviews", "participation": "participation", "milestones": "projects"}


def _known(document: dict) -> engine.Known:
    takes_place = [meeting for meeting in document["meetings"] if meeting.get("kind") != "holiday"]
    slots = [meeting.get("slots", meeting["papers"] if "presentations" in document else []) for meeting in takes_place]
    return engine.Known(
        milestones=frozenset(milestone["key"] for _, milestone in every_milestone(document) if "key" in milestone),
        papers=sum(len(meeting["papers"]) for meeting in takes_place),
        meetings=len(takes_place),
        slots=sum(map(len, slots)),
        # Without the table no component may count participation, which `_sources` refuses.
        participation=sum(map(Decimal, document["participation"].values())) if "participation" in document else None,
        takes=lambda source: TABLE_OF.get(source) is None or TABLE_OF[source] in document,
    )


def _findings(document: dict, severity: str) -> Iterator[Fault]:
    if "grading" in document:
        for finding in engine.lint(document["grading"], _known(document)):
            if finding.severity == severity:
                yield ("grading", *finding.path), finding.message


def _policy_errors(document: dict) -> Iterator[Fault]:
    yield from _findings(document, engine.ERROR)


def _policy_warnings(document: dict) -> Iterator[Fault]:
    yield from _findings(document, engine.WARNING)


def _sources(document: dict) -> Iterator[Fault]:
    """Components that nothing can feed, because the course does not have that part."""
    if "grading" not in document:
        return
    for component in engine.read_policy(document["grading"]).leaves():
        table = component.source if component.source in ("reviews", "participation") else None
        if table and table not in document:
            yield ("grading", "components"), f"{component.title!r} counts {table}, but the file has no [{table}] table."


# Told, never corrected


def _unusual_days(document: dict) -> Iterator[Fault]:
    usual = document["course"]["meets_on"]
    for path, meeting in numbered(document["meetings"], "meetings"):
        day = meeting["date"].strftime("%A")
        if usual and day not in usual:
            yield (*path, "date"), f"{meeting['date']} is a {day}; the course meets on {' and '.join(usual)}."


def _required_count(document: dict) -> Iterator[Fault]:
    needed, have = document.get("reviews", {}).get("required_count"), _known(document).papers
    if needed is not None and needed > have:
        yield ("reviews", "required_count"), f"{needed} reviews are required, but the course has only {have} papers."


def _late_milestones(document: dict) -> Iterator[Fault]:
    starts, ends = document["course"]["starts_on"], document["course"]["ends_on"]
    for path, milestone in every_milestone(document):
        if not starts <= milestone["due_at"].date() <= ends:
            yield (*path, "due_at"), f"{milestone['due_at'].date()} is outside the course, {starts} to {ends}."
