"""Sense of the tracks among one another."""

from collections.abc import Iterator, Mapping

from grading.engine.lint.finding import ERROR, WARNING, Finding, Known


def check_tracks(document: Mapping, known: Known) -> Iterator[Finding]:
    taken: dict[str, str] = {}
    for place, track in enumerate(document.get("tracks", [])):
        for index, section in enumerate(track["sections"]):
            path = ("tracks", place, "sections", index)
            other = taken.setdefault(section, track["title"])
            if other != track["title"]:
                yield Finding(ERROR, path, f"Section {section!r} is in the track {other!r} already.")
            elif known.sections is not None and section not in known.sections:
                yield Finding(WARNING, path, f"No student is in section {section!r}.")
