"""Sense of the tracks among one another."""

from collections.abc import Iterator, Mapping

from grading.engine.lint.finding import ERROR, WARNING, Finding, Known
from grading.engine.lint.walk import walk
from grading.engine.policy import of_track

NAMES_COMPONENTS = ("gates", "specification", "deductions")


def check_tracks(document: Mapping, known: Known) -> Iterator[Finding]:
    yield from _check_sections(document, known)
    for place, track in enumerate(document.get("tracks", [])):
        yield from _check_taken_over(place, track, of_track(document, track))


def _check_taken_over(place: int, track: Mapping, whole: Mapping) -> Iterator[Finding]:
    """What the track does not state itself may name components that it does not have; nobody could meet a gate of such."""
    keys = {raw["key"] for _, raw in walk(whole)}
    for rule in NAMES_COMPONENTS:
        named = {raw["component"] for raw in _named(whole.get(rule, []))}
        for key in sorted(named - keys) if rule not in track else ():
            none = "" if rule == "specification" else " ([] for none)"
            message = f"The track takes over {rule} of {key!r}, a component that it does not have; let it state its own{none}."
            yield Finding(ERROR, ("tracks", place), message)


def _named(rules: list[Mapping]) -> Iterator[Mapping]:
    for raw in rules:
        yield from [raw] if "component" in raw else raw.get("needs", [])


def _check_sections(document: Mapping, known: Known) -> Iterator[Finding]:
    taken: dict[str, str] = {}
    for place, track in enumerate(document.get("tracks", [])):
        for index, section in enumerate(track["sections"]):
            path = ("tracks", place, "sections", index)
            other = taken.setdefault(section, track["title"])
            if other != track["title"]:
                yield Finding(ERROR, path, f"Section {section!r} is in the track {other!r} already.")
            elif known.sections is not None and section not in known.sections:
                yield Finding(WARNING, path, f"No student is in section {section!r}.")
