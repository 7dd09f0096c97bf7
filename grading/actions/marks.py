from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError, StaleVersion
from core.text import text_problem, tidy
from courses.actions import lock_enrollments, stamp_grade_change
from grading.engine import Criterion, plain
from grading.models import ChangeKind, Mark, MarkChange
from grading.work import Work, work_of

MAX_COMMENT = 10_000  # characters


@transaction.atomic
def set_mark(
    *,
    points: Decimal | None,
    comment: str = "",
    revision: int,
    by,
    version: int | None = None,
    levels: Mapping[str, Decimal] | None = None,
    **target,
) -> Mark:
    """Give the work that `target` names (see work_of) these points; None clears the mark.

    `levels` are the rubric's, {part: points}; the mark's points are then their sum, and `points` may be left None. Without
    them, points that stay as they are keep the levels they came from.
    `revision` is that of the mark it replaces, 0 for the first; `version` the review's version that the marker read, the
    current one when left out. Raises StaleVersion when somebody has marked since; setting what stands already changes nothing.
    """
    work = work_of(**target)
    comment = tidy(comment)
    chosen = None if levels is None else chosen_levels(work.entry.rubric, levels)
    points = points if chosen is None else _sum(chosen, points)
    _check(work, points, comment)
    _check_version(work, version)
    # The owner's row serialises two first marks; the unique constraint alone would answer one with a fault.
    type(work.owner).objects.select_for_update(no_key=True).only("pk").get(pk=work.owner.pk)
    # What is marked, then its students, then the marks: whoever marks or releases locks in this order (see release.py).
    # A team's members are read once it is locked: whoever joins from now on waits, and is told of the change by joining.
    students = work.students()
    lock_enrollments(students)
    mark = Mark.objects.select_for_update(no_key=True, of=("self",)).filter(**work.target).first()
    mark = mark or Mark(course=work.course, marked_by=by, **work.target)
    read = version if version is not None else work.version
    if chosen is None:
        chosen = mark.levels if mark.points == points else []
    if mark.pk and (mark.points, mark.comment, mark.review_version, mark.levels) == (points, comment, read, chosen):
        return mark
    if mark.revision != revision:
        raise StaleVersion(_stale_words(mark), current=mark)
    before = mark.points, mark.comment, mark.levels
    mark.points, mark.comment, mark.levels, mark.review_version = points, comment, chosen, read
    mark.marked_by, mark.changed_at, mark.revision = by, timezone.now(), mark.revision + 1
    mark.save()
    _record(mark, before, by)
    stamp_grade_change(enrollments=students, seen_by_student=False)
    return mark


def _check(work: Work, points: Decimal | None, comment: str) -> None:
    if problem := text_problem(comment, limit=MAX_COMMENT):
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


def _sum(chosen: list[dict[str, str]], points: Decimal | None) -> Decimal:
    total = sum((Decimal(level["points"]) for level in chosen), Decimal(0))
    if points is not None and points != total:
        raise DomainError(f"The chosen levels add up to {plain(total)}, not {points}; leave the points out.", field="points")
    return total


def _check_version(work: Work, version: int | None) -> None:
    """A mark for a version that is yet to come would not be told from one that is up to date when it comes."""
    if version is None or 1 <= version <= (work.version or 0):
        return
    there = f"the latest is {work.version}" if work.version else "only a review has versions"
    raise DomainError(f"There is no version {version} of this work; {there}.", field="version", code="no_version")


def _stale_words(mark: Mark) -> str:
    if not mark.pk:
        return "There is no mark here yet; the first one has revision 0."
    return f"{mark.marked_by} has changed this mark since you opened it. Nothing was saved over it."


def _record(mark: Mark, before: tuple[Decimal | None, str, list], by) -> None:
    points_before, comment_before, levels_before = before
    MarkChange.objects.create(
        mark=mark,
        kind=ChangeKind.MARKED,
        points_before=points_before,
        points_after=mark.points,
        comment_before=comment_before,
        comment_after=mark.comment,
        levels_before=levels_before,
        levels_after=mark.levels,
        changed_by=by,
        changed_at=mark.changed_at,
    )
