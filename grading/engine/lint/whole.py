"""Sense of the whole: letters, weights, gates, curve; deductions.py has those."""

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

from grading.engine.exact import plain
from grading.engine.lint.deductions import NEVER_MISSING, check_deductions
from grading.engine.lint.finding import ERROR, WARNING, Finding, Path
from grading.engine.lint.walk import walk
from grading.engine.policy import exact


def check_whole(document: Mapping) -> Iterator[Finding]:
    yield from _check_letters(document)
    yield from _check_weights(document)
    yield from _check_needs(document)
    yield from _check_curve(document)
    yield from check_deductions(document)


def _check_letters(document: Mapping) -> Iterator[Finding]:
    bands = document.get("letters", [])
    yield from _check_top(document, bands[0]) if bands else ()
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


def _check_top(document: Mapping, band: Mapping) -> Iterator[Finding]:
    """The highest band reaches up to the end of the scale, whatever it states."""
    highest = _scale_of(document)
    if "to" in band and exact(band["to"]) < highest:
        stated = plain(exact(band["to"]))
        message = f"{band['letter']} ends at {stated}: totals from {stated} up to {plain(highest)} have no letter."
        yield Finding(ERROR, ("letters", 0, "to"), message)


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
        if "parts" in raw and not _weight_of(raw):
            yield Finding(ERROR, path, "Nothing in this group weighs anything; take its parts out of the group.")
    total = sum((_weight_of(raw) for raw in document["components"]), Fraction(0))
    meaning = document.get("weights")
    if not total:
        yield Finding(ERROR, ("components",), "No component weighs anything, so there is no total.")
        return
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
    yield from _check_reach(document)


def _check_reach(document: Mapping) -> Iterator[Finding]:
    highest = _highest(document)
    for place, band in enumerate(document.get("letters", [])):
        if exact(band["from"]) > highest:
            yield Finding(
                WARNING,
                ("letters", place, "from"),
                f"Nobody can reach {band['letter']} from {plain(exact(band['from']))}: the total is at most {plain(highest)}.",
            )


def _weight_of(raw: Mapping) -> Fraction:
    return sum((_weight_of(part) for part in raw["parts"]), Fraction(0)) if "parts" in raw else exact(raw["weight"])


def _scale_of(document: Mapping) -> Fraction:
    """The upper end of the policy's scale."""
    total = sum((_weight_of(raw) for raw in document["components"]), Fraction(0))
    return total if document.get("weights") == "sum" else Fraction(100)


def _highest(document: Mapping) -> Fraction:
    """The highest total, with extra credit and curve."""
    if document.get("curve"):
        return exact(document["curve"][-1]["to"])
    return _with_extra(document)


def _with_extra(document: Mapping) -> Fraction:
    """The highest total before a curve."""
    total = sum((_weight_of(raw) for raw in document["components"]), Fraction(0))
    best = sum((_most_of(raw) for _, raw in walk(document) if "parts" not in raw), Fraction(0))
    return _scale_of(document) * best / total if total else total


def _most_of(leaf: Mapping) -> Fraction:
    """Only a cap above 100 % lets more than full credit count."""
    caps = [exact(step["at"]) / 100 for step in leaf.get("steps", []) if step["step"] == "cap"]
    return max([Fraction(1), *caps]) * exact(leaf["weight"])


def _check_needs(document: Mapping) -> Iterator[Finding]:
    keys = {raw["key"]: raw for _, raw in walk(document)}
    specification = document.get("specification", [])
    for place, gate in enumerate(document.get("gates", [])):
        yield from _check_need(("gates", place), gate, keys)
        yield from _check_gate_letter(("gates", place, "letter"), gate, document)
    for place, band in enumerate(specification):
        for index, need in enumerate(band.get("needs", [])):
            yield from _check_need(("specification", place, "needs", index), need, keys)
        if not band.get("needs") and place < len(specification) - 1:
            message = f"{band['letter']} needs nothing, so nobody gets a letter below it."
            yield Finding(ERROR, ("specification", place), message)
    if specification and specification[-1].get("needs"):
        message = "Who meets none of this has no letter; let the last one need nothing."
        yield Finding(ERROR, ("specification",), message)
    if specification and document.get("letters"):
        yield Finding(ERROR, ("specification",), "Letters come from the total or by specification, not both.")


def _check_need(path: Path, need: Mapping, keys: Mapping[str, Mapping]) -> Iterator[Finding]:
    if need["component"] not in keys:
        there = ", ".join(sorted(keys))
        yield Finding(ERROR, (*path, "component"), f"No component has the key {need['component']!r}; there are: {there}.")
    if sum(key in need for key in ("least", "count", "all_handed_in")) != 1:
        yield Finding(ERROR, path, "Say what is needed by one of least, count and all_handed_in.")
    elif "all_handed_in" in need and (titles := _never_missing(keys.get(need["component"]))):
        message = f"Nothing of {titles} is ever missing, so this asks nothing of it; say how much is needed by count or least."
        yield Finding(WARNING, path, message)
    elif "at" in need and "count" not in need:
        yield Finding(ERROR, (*path, "at"), "at goes with count: so many pieces of work at so many percent.")


def _never_missing(raw: Mapping | None) -> str:
    """Titles of the component's leaves whose work has no time by which it must be there."""
    leaves = [leaf for _, leaf in walk({"components": [raw]}) if "parts" not in leaf] if raw else []
    return " and ".join(repr(leaf["title"]) for leaf in leaves if leaf["source"] in NEVER_MISSING)


def _check_gate_letter(path: Path, gate: Mapping, document: Mapping) -> Iterator[Finding]:
    letters = [band["letter"] for band in (document.get("letters") or document.get("specification", []))]
    if letters and "letter" not in gate:
        yield Finding(ERROR, path, f"Say which letter who does not meet it gets: one of {', '.join(letters)}.")
    elif "letter" in gate and gate["letter"] not in letters:
        there = ", ".join(letters) or "none"
        yield Finding(ERROR, path, f"The policy has no letter {gate['letter']!r}; it has: {there}.")
    elif letters and gate["letter"] == letters[0]:
        yield Finding(WARNING, path, f"{letters[0]} is the best letter, so who does not meet this loses nothing.")


def _check_curve(document: Mapping) -> Iterator[Finding]:
    points = [(exact(point["from"]), exact(point["to"])) for point in document.get("curve", [])]
    for place, (before, point) in enumerate(zip(points, points[1:], strict=False), start=1):
        if point[0] <= before[0]:
            yield Finding(ERROR, ("curve", place, "from"), "Write the points in ascending order, each total once.")
        elif point[1] < before[1]:
            yield Finding(ERROR, ("curve", place, "to"), "A better total would become a lower one here.")
    if not points:
        return
    highest = _scale_of(document)
    if points[0][0] != 0 or points[-1][0] < highest:
        yield Finding(ERROR, ("curve",), f"Let the curve reach from 0 to {plain(highest)}, or some totals are not on it.")
    elif points[-1][0] < (most := _with_extra(document)):
        end = plain(points[-1][0])
        message = f"With extra credit totals reach {plain(most)}; above {end} the curve makes of all what it makes of {end}."
        yield Finding(WARNING, ("curve",), message)
