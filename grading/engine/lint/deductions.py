"""Sense of what is taken off by how often something happened, by a step of a component or off the whole grade."""

from collections.abc import Iterator, Mapping

from grading.engine.lint.finding import ERROR, WARNING, Finding, Path
from grading.engine.lint.walk import walk

Said = tuple[str, str]  # (severity, message)
HAS_DEADLINES = ("reviews", "milestones")
NEVER_MISSING = ("presentations", "discussion", "manual")


def check_how_much(raw: Mapping, off: str) -> Iterator[Said]:
    """`off` is the key of a tier that says how much."""
    if ("tiers" in raw) == ("each" in raw):
        yield ERROR, "Say how much is taken off by one of tiers and each."
    elif "free" in raw and "each" not in raw:
        yield ERROR, "free goes with each: that many are free."
    starts = [tier["from"] for tier in raw.get("tiers", [])]
    if twice := next((start for start in starts if starts.count(start) > 1), None):
        yield ERROR, f"Two tiers start from {twice}."
    much = [tier[off] for tier in sorted(raw.get("tiers", []), key=lambda tier: tier["from"])]
    if much != sorted(much):
        yield WARNING, "More of it takes less off here, so a better mark can lower the total."


def check_counted(raw: Mapping, sources: set[str]) -> Iterator[Said]:
    """Whether it can happen to work of these sources."""
    counted = " and ".join(sorted(sources))
    if raw["count_of"] == "bad_ratings" and "reviews" not in sources:
        yield ERROR, f"Ratings are of reviews, and this component counts {counted}."
    if raw["count_of"] == "missing" and sources <= set(NEVER_MISSING):
        yield WARNING, f"Nothing of the source {counted!r} is ever missing; without_points counts what has no points."
    if raw["count_of"] == "late":
        if not sources & set(HAS_DEADLINES):
            yield ERROR, f"Nothing of the source {counted!r} has a deadline to be late for."
        else:
            yield (
                WARNING,
                "Late work is counted and work that never comes is not, so handing in late can lower the total.",
            )


def check_deductions(document: Mapping) -> Iterator[Finding]:
    """Off the whole grade."""
    components = {raw["key"]: raw for _, raw in walk(document)}
    for place, raw in enumerate(document.get("deductions", [])):
        path: Path = ("deductions", place)
        if raw["component"] not in components:
            there = ", ".join(sorted(components))
            message = f"No component has the key {raw['component']!r}; there are: {there}."
            yield Finding(ERROR, (*path, "component"), message)
        else:
            for severity, message in check_counted(raw, _sources(components[raw["component"]])):
                yield Finding(severity, path, message)
        for severity, message in (*check_how_much(raw, "off"), *_check_unit(raw, document)):
            yield Finding(severity, path, message)


def _sources(raw: Mapping) -> set[str]:
    return {source for part in raw["parts"] for source in _sources(part)} if "parts" in raw else {raw["source"]}


def _check_unit(raw: Mapping, document: Mapping) -> Iterator[Said]:
    if raw.get("unit") != "letters":
        return
    if not (document.get("letters") or document.get("specification")):
        yield ERROR, "The policy has no letters that could be lowered."
    much = [raw["each"]] if "each" in raw else [tier["off"] for tier in raw.get("tiers", [])]
    if any(number != int(number) for number in much):
        yield ERROR, "A letter is lowered by whole steps."
