"""What a mark is to be, before it is one: what stands beside its points, and why it cannot be."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from core.errors import DomainError
from core.text import text_problem
from grading.engine import Criterion, plain
from grading.models import Mark
from grading.work import Work

MAX_COMMENT = 10_000  # characters


class Given(NamedTuple):
    """What a mark is to be; `levels` as it keeps them, None where points are given without."""

    points: Decimal | None
    comment: str
    levels: list[dict[str, str]] | None
    version: int | None


def check_mark(work: Work, given: Given) -> None:
    """Raises DomainError for what cannot be a mark of this work."""
    points = given.points
    if problem := text_problem(given.comment, limit=MAX_COMMENT):
        raise DomainError(problem, field="comment")
    if points is None:
        return
    if not points.is_finite():
        raise DomainError(f"Found {points}; expected a number from 0 to {plain(work.max_points)}.", field="points")
    if not 0 <= points <= work.max_points:
        raise DomainError(f"Found {points.normalize():f}; points here go from 0 to {plain(work.max_points)}.", field="points")
    if points != round(points, 2):
        raise DomainError(f"Found {points.normalize():f}; points have two decimals at most.", field="points")


def chosen_levels(rubric: tuple[Criterion, ...], chosen: Mapping[str, Decimal]) -> list[dict[str, str]]:
    """The levels as a mark keeps them. Raises DomainError unless every part has one of its levels, and nothing else."""
    if not rubric:
        raise DomainError("This work is not marked by a rubric; give points.", field="levels", code="no_rubric")
    if unknown := sorted(set(chosen) - {part.key for part in rubric}):
        parts = ", ".join(part.key for part in rubric)
        raise DomainError(f"The rubric has no part {unknown[0]!r}; it has: {parts}.", field="levels")
    return [_chosen(part, chosen.get(part.key)) for part in rubric]


def _chosen(part: Criterion, points: Decimal | None) -> dict[str, str]:
    if points is None:
        raise DomainError(f"Choose a level for {part.title}.", field="levels", code="level_is_missing")
    level = part.level(points)
    if level is None:
        there = ", ".join(plain(level.points) for level in part.levels)
        raise DomainError(f"{part.title}: found {points}; its levels are {there}.", field="levels")
    return {"key": part.key, "title": part.title, "points": plain(level.points), "level": level.title}


def stale_words(mark: Mark) -> str:
    if not mark.pk:
        return "There is no mark here yet; the first one has revision 0."
    return f"{mark.marked_by} has changed this mark since you opened it. Nothing was saved over it."
