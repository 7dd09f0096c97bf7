"""Ways through a document whose shape is right."""

from collections.abc import Iterator, Mapping

from grading.engine.lint.finding import Path
from grading.engine.policy import of_track


def walk(document: Mapping) -> Iterator[tuple[Path, Mapping]]:
    """Every component of the document with its path, groups before their parts."""
    pending = [(("components", place), raw) for place, raw in enumerate(document["components"])]
    while pending:
        path, raw = pending.pop(0)
        yield path, raw
        pending += [((*path, "parts", place), part) for place, part in enumerate(raw.get("parts", []))]


def leaves_of(document: Mapping) -> list[tuple[Path, Mapping]]:
    return [(path, raw) for path, raw in walk(document) if "parts" not in raw]


def wholes(document: Mapping) -> Iterator[tuple[Path, Mapping]]:
    """The policy itself and, for each track, the policy that holds for its students."""
    yield (), of_track(document, {})
    for place, track in enumerate(document.get("tracks", [])):
        yield ("tracks", place), of_track(document, track)
