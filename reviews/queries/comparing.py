"""Two texts of one review beside one another: the two sides of a conflict, and any two versions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import NamedTuple

from courses.models import Enrollment
from reviews import policies
from reviews.answers import shown_answer
from reviews.models import Field, FieldKind, Review, ReviewVersion
from reviews.queries.reading import reading_fields


@dataclass(frozen=True, slots=True)
class Side:
    label: str
    mine: str
    other: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """What was typed here against what was saved elsewhere, for the fields that differ."""

    revision: int
    saved_at: datetime
    sides: list[Side]


YOUR_NAME = "Your name"


def conflict_between(fields: Iterable[Field], mine: dict, saved: Review, *, shows_name: bool | None = None) -> Conflict:
    """`shows_name` is what was chosen here about the reviewer's name; None where nothing was."""
    sides = [
        Side(field.label, _as_text(field, mine.get(field.key)), _as_text(field, saved.answers.get(field.key)))
        for field in fields
        if mine.get(field.key) != saved.answers.get(field.key)
    ]
    if shows_name is not None and shows_name != saved.shows_name:
        sides.append(Side(YOUR_NAME, name_in_words(shows_name), name_in_words(saved.shows_name)))
    return Conflict(revision=saved.revision, saved_at=saved.saved_at, sides=sides)


def name_in_words(is_shown: bool) -> str:
    return "Shown" if is_shown else "Hidden from students"


def _as_text(field: Field, value) -> str:
    return value or "" if field.kind == FieldKind.TEXT else shown_answer(field, value)


class Piece(NamedTuple):
    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diff; `mark` is "+", "-", " ", or "@" where unchanged lines are left out."""

    mark: str
    pieces: tuple[Piece, ...] = ()

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    lines: list[Line]


def changes_between(viewer: Enrollment, review: Review, old: ReviewVersion, new: ReviewVersion) -> list[Change]:
    """Field by field, what differs from one version to another, in the form's order."""
    fields = policies.readable_fields(reading_fields(viewer), viewer, is_own=review.reviewer_id == viewer.pk)
    pairs = (
        (field.label, _as_text(field, old.answers.get(field.key)), _as_text(field, new.answers.get(field.key)))
        for field in fields
    )
    name = ("Reviewer’s name", name_in_words(old.shows_name), name_in_words(new.shows_name))
    return [Change(label, _diff(before, after)) for label, before, after in [*pairs, name] if before != after]


def changes_since_previous(viewer: Enrollment, review: Review, version: ReviewVersion) -> list[Change]:
    """What this version changed; empty for the first."""
    previous = review.versions.filter(number=version.number - 1).first()
    return changes_between(viewer, review, previous, version) if previous else []


AROUND = 2  # unchanged lines that are shown around a change
PARTS_MOST = 5_000  # comparing is quadratic in the worst case
_WORDS = re.compile(r"\s+|\S+")


def _diff(old: str, new: str) -> list[Line]:
    before, after = old.splitlines(), new.splitlines()
    lines: list[Line] = []
    for number, group in enumerate(SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND)):
        if number:
            lines.append(Line("@"))
        for kind, start, end, new_start, new_end in group:
            lines += _lines(kind, before[start:end], after[new_start:new_end])
    return lines


def _lines(kind: str, before: list[str], after: list[str]) -> list[Line]:
    """A paragraph is one line, so within lines that were replaced the changed words are marked."""
    if kind == "equal":
        return [Line(" ", (Piece(text),)) for text in before]
    if kind != "replace":
        marked = [("-", text) for text in before] + [("+", text) for text in after]
        return [Line(mark, (Piece(text),)) for mark, text in marked]
    removed, added = _words("\n".join(before), "\n".join(after))
    return [*(Line("-", pieces) for pieces in _by_line(removed)), *(Line("+", pieces) for pieces in _by_line(added))]


def _words(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, those marked that the other does not have; unmarked where they have little in common."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > PARTS_MOST:
        return [Piece(before)], [Piece(after)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    removed, added = [], []
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        removed.append(Piece("".join(old[start:end]), kind != "equal"))
        added.append(Piece("".join(new[new_start:new_end]), kind != "equal"))
    if matcher.ratio() < 0.5:
        return [Piece(before)], [Piece(after)]
    return removed, added


def _by_line(pieces: Iterable[Piece]) -> list[tuple[Piece, ...]]:
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        first, *rest = piece.text.split("\n")
        lines[-1].append(Piece(first, piece.is_changed))
        lines += [[Piece(text, piece.is_changed)] for text in rest]
    return [tuple(piece for piece in line if piece.text) for line in lines]
