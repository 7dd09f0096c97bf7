"""Sense of the components: their keys, what their sources can take, how marks are entered."""

from collections import Counter
from collections.abc import Iterator, Mapping

from grading.engine.entry import MARKED_SOURCES, agreement_problems, entry_problems
from grading.engine.exact import plain
from grading.engine.lint.finding import ERROR, Finding, Path
from grading.engine.lint.steps import check_steps
from grading.engine.lint.walk import leaves_of, walk, wholes
from grading.engine.policy import exact


def check_components(document: Mapping) -> Iterator[Finding]:
    yield from _check_keys(document)
    for path, raw in leaves_of(document):
        yield from _check_source(path, raw)
        yield from check_steps(path, raw)
        for within, message in entry_problems(raw):
            yield Finding(ERROR, (*path, *within), message)


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


def _check_source(path: Path, raw: Mapping) -> Iterator[Finding]:
    for key, sources in FOR_SOURCES.items():
        if key in raw and raw["source"] not in sources:
            message = f"{key!r} has no meaning for the source {raw['source']!r}; only for {' and '.join(sources)}."
            yield Finding(ERROR, (*path, key), message)
    if raw["source"] == "discussion" and not _says_how_many(raw):
        yield Finding(
            ERROR,
            (*path, "source"),
            "Every comment counts one, so say how many are full credit: "
            'steps = [{ step = "required_count", count = 5 }], or sum with full_points.',
        )


def _says_how_many(raw: Mapping) -> bool:
    return any(step["step"] == "required_count" or "full_points" in step for step in raw.get("steps", []))


# Over the policy and its tracks: whatever counts the same work must say the same of it


def check_agreement(document: Mapping) -> Iterator[Finding]:
    leaves = [((*prefix, *path), raw) for prefix, whole in wholes(document) for path, raw in leaves_of(whole)]
    # What a track takes over from the policy around it stands there once.
    leaves = list({id(raw): (path, raw) for path, raw in reversed(leaves)}.values())[::-1]
    for path, message in agreement_problems(leaves):
        yield Finding(ERROR, path, message)
    yield from _check_one_maximum(leaves)
    yield from _check_same_keys(leaves)


def _check_one_maximum(leaves: list[tuple[Path, Mapping]]) -> Iterator[Finding]:
    talks = [(path, raw) for path, raw in leaves if raw["source"] == "presentations"]
    for path, raw in talks[1:]:
        other, points = talks[0][1]["key"], exact(talks[0][1].get("max_points", 10))
        if points != exact(raw.get("max_points", 10)):
            message = f"A presentation has one mark, and {other!r} takes it out of {plain(points)}."
            yield Finding(ERROR, (*path, "max_points"), message)


SAME = ("source", "milestones", "credit", "max_points", "rubric", "scale")


def _check_same_keys(leaves: list[tuple[Path, Mapping]]) -> Iterator[Finding]:
    first: dict[str, Mapping] = {}
    for path, raw in leaves:
        other = first.setdefault(raw["key"], raw)
        for key in SAME:
            if raw.get(key) != other.get(key):
                message = f"{raw['key']!r} stands elsewhere with another {key}; give this one a key of its own."
                yield Finding(ERROR, (*path, "key"), message)
                break
