"""Two texts of one review beside one another: the two sides of a conflict, and a version and the one before."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

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


def conflict_between(fields: Iterable[Field], mine: dict, saved: Review) -> Conflict:
    sides = [
        Side(field.label, _as_text(field, mine.get(field.key)), _as_text(field, saved.answers.get(field.key)))
        for field in fields
        if mine.get(field.key) != saved.answers.get(field.key)
    ]
    return Conflict(revision=saved.revision, saved_at=saved.saved_at, sides=sides)


def _as_text(field: Field, value) -> str:
    return value or "" if field.kind == FieldKind.TEXT else shown_answer(field, value)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diff; `mark` is "+", "-", " ", or "@" where unchanged lines are left out."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    lines: list[Line]


def changes_since_previous(viewer: Enrollment, review: Review, version: ReviewVersion) -> list[Change]:
    """Field by field, what this version changed; empty for the first."""
    previous = review.versions.filter(number=version.number - 1).first()
    if previous is None:
        return []
    fields = policies.readable_fields(reading_fields(viewer), viewer, is_own=review.reviewer_id == viewer.pk)
    pairs = (
        (field.label, _as_text(field, previous.answers.get(field.key)), _as_text(field, version.answers.get(field.key)))
        for field in fields
    )
    return [Change(label, _diff(old, new)) for label, old, new in pairs if old != new]


def _diff(old: str, new: str) -> list[Line]:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2)
    without_head = islice(lines, 3, None)  # two file names and the place of the first change
    return [Line("@", "") if line.startswith("@@") else Line(line[0], line[1:]) for line in without_head]
