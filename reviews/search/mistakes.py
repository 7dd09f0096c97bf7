"""A mistake in a search, as a page shows it at its place."""

from typing import NamedTuple

from reviews.search.errors import SearchError

AROUND = 40  # characters shown on either side of a mistake


class Mistake(NamedTuple):
    """The line around a mistake in three parts, and a line of carets to stand below it."""

    message: str
    column: int  # counted from 1
    before: str
    at: str
    after: str
    carets: str


def shown_mistake(text: str, mistake: SearchError) -> Mistake:
    """One line whatever the text: every blank is one blank, so that carets stand where they belong."""
    line = "".join(" " if letter.isspace() or not letter.isprintable() else letter for letter in text)
    start, end = mistake.position, min(mistake.position + mistake.length, mistake.position + AROUND)
    before = line[max(0, start - AROUND) : start]
    if start > AROUND:
        before = f"…{before}"
    after = line[end : end + AROUND]
    at = line[start:end] or " "
    carets = " " * len(before) + "^" * len(at)
    return Mistake(mistake.message, start + 1, before, at, f"{after}…" if len(line) > end + AROUND else after, carets)
