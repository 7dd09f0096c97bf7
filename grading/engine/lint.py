"""What is wrong with a policy document, found before it is saved."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from grading.engine.entry import MARKED_SOURCES, agreement_problems, entry_problems
from grading.engine.exact import plain
from grading.engine.policy import DEFAULT_AGGREGATE, Component, Policy, exact, read_policy
from grading.engine.schema import POLICY_SCHEMA
from grading.engine.steps import STEPS

ERROR, WARNING = "error", "warning"
VALIDATOR = Draft202012Validator(POLICY_SCHEMA)
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` leads into the document: ("components", 2, "weight")."""

    severity: str
    path: Path
    message: str

    @property
    def where(self) -> str:
        """The path as an author reads it: components[3].weight, counted from one."""
        text = ""
        for part in self.path:
            text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
        return text or "grading"


@dataclass(frozen=True, slots=True)
class Known:
    """What the course has, so far as the caller knows; None leaves the question out."""

    milestones: frozenset[str] | None = None
    papers: int | None = None
    meetings: int | None = None
    slots: int | None = None


def lint(document: object, known: Known | None = None) -> list[Finding]:
    """Every finding, errors first; a document without errors can be read and computed."""
    shape = [_finding_of(error) for error in VALIDATOR.iter_errors(document)] + list(_check_numbers((), document))
    if shape:
        return sorted(set(shape), key=lambda finding: [str(part) for part in finding.path])
    findings = [
        *_check_keys(document),
        *_check_components(document),
        *_check_entry(document),
        *_check_letters(document),
        *_check_weights(document),
    ]
    if not any(finding.severity == ERROR for finding in findings):
        findings += _check_against_course(read_policy(document), document, known or Known())
    return sorted(findings, key=lambda finding: finding.severity)


# Shape


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


# Sense


def walk(document: Mapping) -> Iterator[tuple[Path, Mapping]]:
    """Every component of the document with its path, groups before their parts."""
    pending = [(("components", place), raw) for place, raw in enumerate(document["components"])]
    while pending:
        path, raw = pending.pop(0)
        yield path, raw
        pending += [((*path, "parts", place), part) for place, part in enumerate(raw.get("parts", []))]


def _check_keys(document: Mapping) -> Iterator[Finding]:
    counts = Counter(raw["key"] for _, raw in walk(document))
    seen: set[str] = set()
    for path, raw in walk(document):
        if counts[raw["key"]] > 1 and raw["key"] in seen:
            yield Finding(ERROR, (*path, "key"), f"The key {raw['key']!r} is used twice; every component needs its own.")
        seen.add(raw["key"])


FOR_SOURCES = {
    "milestones": ("milestones",),
    "credit": ("reviews",),
    "max_points": ("presentations", "manual"),
    "rubric": MARKED_SOURCES,
    "scale": MARKED_SOURCES,
    # A talk shows who gives it, and without a name nobody could tell whose mark by hand it is.
    "anonymous": ("reviews", "milestones"),
}


def _check_components(document: Mapping) -> Iterator[Finding]:
    maxima: dict[str, tuple[str, Fraction]] = {}
    for path, raw in walk(document):
        if "parts" in raw:
            continue
        for key, sources in FOR_SOURCES.items():
            if key in raw and raw["source"] not in sources:
                yield Finding(
                    ERROR,
                    (*path, key),
                    f"{key!r} has no meaning for the source {raw['source']!r}; only for {' and '.join(sources)}.",
                )
        yield from _check_steps(path, raw)
        if raw["source"] == "discussion" and not _says_how_many(raw):
            yield Finding(
                ERROR,
                (*path, "source"),
                "Every comment counts one, so say how many are full credit: "
                'steps = [{ step = "required_count", count = 5 }], or sum with full_points.',
            )
        if raw["source"] == "presentations":
            other, points = maxima.setdefault("presentations", (raw["key"], exact(raw.get("max_points", 10))))
            if points != exact(raw.get("max_points", 10)):
                yield Finding(
                    ERROR, (*path, "max_points"), f"A presentation has one mark, and {other!r} takes it out of {plain(points)}."
                )


def _check_entry(document: Mapping) -> Iterator[Finding]:
    leaves = [(path, raw) for path, raw in walk(document) if "parts" not in raw]
    for path, raw in leaves:
        for within, message in entry_problems(raw):
            yield Finding(ERROR, (*path, *within), message)
    for path, message in agreement_problems(leaves):
        yield Finding(ERROR, path, message)


def _says_how_many(raw: Mapping) -> bool:
    return any(step["step"] == "required_count" or "full_points" in step for step in raw.get("steps", []))


def _check_steps(path: Path, raw: Mapping) -> Iterator[Finding]:
    names = [step["step"] for step in raw.get("steps", [])]
    aggregates = [place for place, name in enumerate(names) if STEPS[name].is_aggregate]
    if len(aggregates) > 1:
        yield Finding(ERROR, (*path, "steps", aggregates[1]), "A component has one of mean and sum; this is the second.")
    end = aggregates[0] if aggregates else next((place for place, name in enumerate(names) if name == "cap"), len(names))
    for place, name in enumerate(names):
        if name == "cap" and place < end:
            yield Finding(ERROR, (*path, "steps", place), f"cap bounds a result; write it after {names[end]}.")
        if name not in ("cap", "mean", "sum") and place > end:
            yield Finding(ERROR, (*path, "steps", place), f"{name} chooses among results; write it before {names[end]}.")
    yield from _check_choosing(path, raw, names, names[aggregates[0]] if aggregates else DEFAULT_AGGREGATE[raw["source"]])


def _check_choosing(path: Path, raw: Mapping, names: list[str], aggregate: str) -> Iterator[Finding]:
    if "required_count" in names and aggregate == "sum":
        yield Finding(
            ERROR, (*path, "steps"), "required_count needs mean: pieces of work that never came have no points to add up."
        )
    elif raw["source"] == "milestones" and aggregate == "sum" and {"drop_lowest", "best_of"} & set(names):
        yield Finding(
            WARNING,
            (*path, "steps"),
            "Dropping from milestones that are worth different points and then adding the points up can make a better mark "
            "lower the total; use mean.",
        )


def _check_letters(document: Mapping) -> Iterator[Finding]:
    bands = document.get("letters", [])
    names = Counter(band["letter"] for band in bands)
    for place, band in enumerate(bands):
        path = ("letters", place)
        if names[band["letter"]] > 1 and band["letter"] in [other["letter"] for other in bands[:place]]:
            yield Finding(ERROR, (*path, "letter"), f"The letter {band['letter']!r} stands twice.")
        if place:
            yield from _check_band(path, bands[place - 1], band)
    if bands and exact(bands[-1]["from"]) != 0:
        yield Finding(
            ERROR,
            ("letters",),
            f"Totals below {plain(exact(bands[-1]['from']))} have no letter; let the last band start from 0.",
        )


def _check_band(path: Path, above: Mapping, band: Mapping) -> Iterator[Finding]:
    bound, below = exact(above["from"]), exact(band["from"])
    if below >= bound:
        yield Finding(
            ERROR,
            (*path, "from"),
            f"{band['letter']} from {plain(below)} stands below {above['letter']} from {plain(bound)}; "
            "write the bands in descending order.",
        )
    elif "to" in band and exact(band["to"]) != bound:
        stated = exact(band["to"])
        fault = (
            f"totals from {plain(stated)} up to {plain(bound)} have no letter"
            if stated < bound
            else f"both claim {plain(bound)} and above"
        )
        yield Finding(
            ERROR,
            (*path, "to"),
            f"{band['letter']} ends at {plain(stated)} and {above['letter']} starts at {plain(bound)}: {fault}.",
        )


def _check_weights(document: Mapping) -> Iterator[Finding]:
    for path, raw in walk(document):
        if "parts" in raw and "weight" in raw:
            parts = sum((_weight_of(part) for part in raw["parts"]), Fraction(0))
            if exact(raw["weight"]) != parts:
                yield Finding(
                    ERROR, (*path, "weight"), f"States {plain(exact(raw['weight']))}, but its parts add up to {plain(parts)}."
                )
    total = sum((_weight_of(raw) for raw in document["components"]), Fraction(0))
    meaning = document.get("weights")
    if total != 100 and meaning is None:
        yield Finding(
            ERROR,
            ("weights",),
            f"The weights add up to {plain(total)}, not 100. State which is meant: "
            f'weights = "scale" (scaled up to 100) or weights = "sum" (out of {plain(total)}).',
        )
    elif total != 100:
        way = "the total is scaled to 100" if meaning == "scale" else f"the total is out of {plain(total)}"
        yield Finding(WARNING, ("weights",), f"The weights add up to {plain(total)}, not 100; as stated, {way}.")
    yield from _check_reach(document, Fraction(100) if meaning != "sum" else total)


def _check_reach(document: Mapping, highest: Fraction) -> Iterator[Finding]:
    for place, band in enumerate(document.get("letters", [])):
        if exact(band["from"]) > highest:
            yield Finding(
                WARNING,
                ("letters", place, "from"),
                f"Nobody can reach {band['letter']} from {plain(exact(band['from']))}: the total is at most {plain(highest)}.",
            )


def _weight_of(raw: Mapping) -> Fraction:
    return sum((_weight_of(part) for part in raw["parts"]), Fraction(0)) if "parts" in raw else exact(raw["weight"])


# Against the course


def _check_against_course(policy: Policy, document: Mapping, known: Known) -> Iterator[Finding]:
    paths = {raw["key"]: path for path, raw in walk(document)}
    for component in policy.leaves():
        yield from _check_source(component, paths[component.key], known)
    if known.milestones is not None:
        yield from _unread_milestones(policy, known.milestones)


def _check_source(component: Component, path: Path, known: Known) -> Iterator[Finding]:
    if component.source == "milestones" and known.milestones is not None:
        if not known.milestones:
            yield Finding(WARNING, (*path, "source"), f"Nothing can fill {component.title!r}: the course has no milestones.")
        for place, key in enumerate(component.milestones or ()):
            if key not in known.milestones:
                there = ", ".join(sorted(known.milestones)) or "none"
                yield Finding(
                    ERROR, (*path, "milestones", place), f"No milestone has the key {key!r}; the course has: {there}."
                )
    counts = {"reviews": (known.papers, "papers"), "participation": (known.meetings, "meetings")}
    counts["presentations"] = (known.slots, "presentation slots")
    have, noun = counts.get(component.source, (None, ""))
    if have == 0:
        yield Finding(WARNING, (*path, "source"), f"Nothing can fill {component.title!r}: the course has no {noun}.")
    elif have is not None and component.source == "reviews":
        needed = next((step.params["count"] for step in component.steps if step.name == "required_count"), 0)
        if needed > have:
            message = f"{needed} reviews are needed for full credit, but the course has only {have} papers."
            yield Finding(WARNING, (*path, "steps"), message)


def _unread_milestones(policy: Policy, milestones: frozenset[str]) -> Iterator[Finding]:
    readers = [component for component in policy.leaves() if component.source == "milestones"]
    if any(component.milestones is None for component in readers):
        return
    read = {key for component in readers for key in component.milestones}
    for key in sorted(milestones - read):
        yield Finding(WARNING, ("components",), f"No component counts the milestone {key!r}.")
