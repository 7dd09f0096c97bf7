from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError, StaleVersion
from core.locking import lock_row
from core.reasons import checked_reason
from core.text import tidy
from courses.actions import lock_enrollments, stamp_grade_change
from grading.engine import plain
from grading.given import Given, check_mark, chosen_levels, stale_words
from grading.models import ChangeKind, Mark, MarkChange, RegradeRequest
from grading.work import Work, work_of


@transaction.atomic
def set_mark(
    *,
    points: Decimal | None,
    comment: str = "",
    revision: int,
    by,
    version: int | None = None,
    levels: Mapping[str, Decimal] | None = None,
    regrade: RegradeRequest | None = None,
    reason: str = "",
    **target,
) -> Mark:
    """Give the work that `target` names (see work_of) these points; None clears the mark.

    `levels` are the rubric's, {part: points}; the mark's points are then their sum, and `points` may be left None. Without
    them, points that stay as they are keep the levels they came from.
    `revision` is that of the mark it replaces, 0 for the first; `version` the review's version that the marker read, the
    current one when left out; `regrade` the request that this decides; `reason` is for the history. Raises StaleVersion when
    somebody has marked since; setting what stands already changes nothing.
    """
    work = work_of(**target)
    chosen = None if levels is None else chosen_levels(work.entry.rubric, levels)
    points = points if chosen is None else _sum(chosen, points)
    given = Given(points, tidy(comment), chosen, version if version is not None else work.version)
    check_mark(work, given)
    reason = checked_reason(reason)
    _check_version(work, version)
    # The owner's row serialises two first marks; the unique constraint alone would answer one with a fault.
    lock_row(type(work.owner).objects.select_for_update(no_key=True).only("pk"), work.owner.pk)
    # What is marked, then its students, then the marks: whoever marks or releases locks in this order (see release.py).
    # A team's members are read once it is locked: whoever joins from now on waits, and is told of the change by joining.
    students = work.students()
    lock_enrollments(students)
    mark = Mark.objects.select_for_update(no_key=True, of=("self",)).filter(**work.target).first()
    mark = mark or Mark(course=work.course, marked_by=by, **work.target)
    if mark.pk and stands(mark, given):
        return mark
    if mark.revision != revision:
        raise StaleVersion(stale_words(mark), current=mark)
    change = change_mark(mark, given, by, reason, regrade)
    mark.save()
    change.mark = mark
    change.save()
    stamp_grade_change(enrollments=students, seen_by_student=False)
    return mark


def stands(mark: Mark, given: Given) -> bool:
    """Whether this is what the mark says already."""
    levels = _levels_after(mark, given)
    return (mark.points, mark.comment, mark.review_version, mark.levels) == (given.points, given.comment, given.version, levels)


def change_mark(mark: Mark, given: Given, by, reason: str = "", regrade: RegradeRequest | None = None) -> MarkChange:
    """Make the mark, which is locked, what is given, and tell the history of it; the caller saves both."""
    levels = _levels_after(mark, given)
    change = MarkChange(
        kind=ChangeKind.MARKED,
        points_before=mark.points,
        points_after=given.points,
        comment_before=mark.comment,
        comment_after=given.comment,
        levels_before=mark.levels,
        levels_after=levels,
        reason=reason,
        regrade=regrade,
        changed_by=by,
        changed_at=timezone.now(),
    )
    mark.points, mark.comment, mark.levels, mark.review_version = given.points, given.comment, levels, given.version
    mark.marked_by, mark.changed_at, mark.revision = by, change.changed_at, mark.revision + 1
    return change


def _levels_after(mark: Mark, given: Given) -> list[dict[str, str]]:
    if given.levels is not None:
        return given.levels
    return mark.levels if mark.points == given.points else []


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
