from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError, StaleVersion
from core.text import text_problem, tidy
from courses.actions import stamp_grade_change
from grading.engine import plain
from grading.models import ChangeKind, Mark, MarkChange
from grading.work import Work, work_of

MAX_COMMENT = 10_000  # characters


@transaction.atomic
def set_mark(*, points: Decimal | None, comment: str = "", revision: int, by, version: int | None = None, **target) -> Mark:
    """Give the work that `target` names (see work_of) these points; None clears the mark.

    `revision` is that of the mark it replaces, 0 for the first; `version` the review's version that the marker read, the
    current one when left out. Raises StaleVersion when somebody has marked since; setting what stands already changes nothing.
    """
    work = work_of(**target)
    comment = tidy(comment)
    _check(work, points, comment)
    _check_version(work, version)
    # The owner's row serialises two first marks; the unique constraint alone would answer one with a fault.
    type(work.owner).objects.select_for_update(no_key=True).only("pk").get(pk=work.owner.pk)
    mark = Mark.objects.select_for_update(no_key=True, of=("self",)).filter(**work.target).first()
    mark = mark or Mark(course=work.course, marked_by=by, **work.target)
    read = version if version is not None else work.version
    if mark.pk and (mark.points, mark.comment, mark.review_version) == (points, comment, read):
        return mark
    if mark.revision != revision:
        raise StaleVersion(_stale_words(mark), current=mark)
    before = mark.points, mark.comment
    mark.points, mark.comment, mark.review_version = points, comment, read
    mark.marked_by, mark.changed_at, mark.revision = by, timezone.now(), mark.revision + 1
    mark.save()
    _record(mark, before, by)
    stamp_grade_change(enrollments=work.enrollment_ids, seen_by_student=False)
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


def _record(mark: Mark, before: tuple[Decimal | None, str], by) -> None:
    points_before, comment_before = before
    MarkChange.objects.create(
        mark=mark,
        kind=ChangeKind.MARKED,
        points_before=points_before,
        points_after=mark.points,
        comment_before=comment_before,
        comment_after=mark.comment,
        changed_by=by,
        changed_at=mark.changed_at,
    )
