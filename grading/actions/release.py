from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.batches import batches
from core.reasons import checked_reason
from courses.actions import lock_enrollments, stamp_grade_change
from courses.models import Course, Enrollment
from grading.models import ChangeKind, Mark, MarkChange, RegradeRequest
from grading.queries.release import marks_behind, marks_of_student, marks_of_talk, students_behind
from presentations.models import Slot
from talks.actions import release_feedback


@dataclass(frozen=True, slots=True)
class _Act:
    """Who lets students see marks, or takes them back, and why: in words, or as the decision of a regrade request."""

    by: User
    reason: str = ""
    regrade: RegradeRequest | None = None


@transaction.atomic
def release_component(*, course: Course, component_key: str, by, reason: str = "") -> int:
    """Let students see the component's marks as they stand now; how many marks that changed.

    A mark changed later stays as it was released until it is released again. Releasing twice changes nothing.
    `reason` is for the history, here and below. Raises DomainError for a component that does not exist or rests on facts
    that students know anyway.
    """
    act = _Act(by, checked_reason(reason))
    return _release(_lock(marks_behind(course, component_key)), act)


@transaction.atomic
def release_student(*, student: Enrollment, by, reason: str = "") -> int:
    """Let one student see all marks of their own work as they stand now; how many that changed.

    A team's marks are not among them: the whole team would see those.
    """
    act = _Act(by, checked_reason(reason))
    return _release(_lock(marks_of_student(student)), act)


@transaction.atomic
def hide_student(*, student: Enrollment, by, reason: str = "") -> int:
    """Take the marks of one student's own work back from their view; how many that changed."""
    act = _Act(by, checked_reason(reason))
    return _hide(_lock(marks_of_student(student)), act)


@transaction.atomic
def release_decided(*, request: RegradeRequest, by) -> int:
    """Let students see the one mark as it stands now that the decision of this request gave."""
    return _release(_lock(Mark.objects.filter(pk=request.mark_id)), _Act(by, regrade=request))


@transaction.atomic
def release_talk(*, slot: Slot, by: Enrollment, reason: str = "") -> int:
    """Let a talk's presenters see their marks as they stand, and what the audience says once no more comes in; how many marks
    that changed.
    """
    act = _Act(by.user, checked_reason(reason))
    release_feedback(slot=slot, by=by)
    return _release(_lock(marks_of_talk(slot)), act)


@transaction.atomic
def hide_talk(*, slot: Slot, by: Enrollment, reason: str = "") -> int:
    """Take a talk's marks and the feedback on it back from its presenters' view; how many marks that changed."""
    act = _Act(by.user, checked_reason(reason))
    release_feedback(slot=slot, by=by, is_released=False)
    return _hide(_lock(marks_of_talk(slot)), act)


def _release(marks: list[Mark], act: _Act) -> int:
    now = timezone.now()
    changed = [mark for mark in marks if mark.awaits_release]
    changes = [_change(mark, ChangeKind.RELEASED, (mark.points, mark.comment, mark.levels), act, now) for mark in changed]
    for mark in changed:
        mark.released_points, mark.released_comment, mark.released_levels = mark.points, mark.comment, mark.levels
        # A mark that was cleared is withdrawn: to the student the work is not marked.
        mark.released_at = None if mark.points is None and not mark.comment else now
    return _store(changed, changes)


@transaction.atomic
def hide_component(*, course: Course, component_key: str, by, reason: str = "") -> int:
    """Take the component's marks back from students' view; how many marks that changed."""
    act = _Act(by, checked_reason(reason))
    return _hide(_lock(marks_behind(course, component_key)), act)


def _hide(marks: list[Mark], act: _Act) -> int:
    now = timezone.now()
    changed = [mark for mark in marks if mark.released_at]
    changes = [_change(mark, ChangeKind.HIDDEN, (None, "", []), act, now) for mark in changed]
    for mark in changed:
        mark.released_points, mark.released_comment, mark.released_levels, mark.released_at = None, "", [], None
    return _store(changed, changes)


def _lock(marks) -> list[Mark]:
    """The students first, as whoever marks does: that one holds a student and waits for the mark."""
    ids = list(marks.order_by("pk").values_list("pk", flat=True))
    lock_enrollments(students_behind(ids))
    rows = Mark.objects.order_by("pk").select_for_update(no_key=True, of=("self",))
    return [mark for some in batches(ids) for mark in rows.filter(pk__in=some)]


def _change(mark: Mark, kind: ChangeKind, after: tuple, act: _Act, now) -> MarkChange:
    return MarkChange(
        mark=mark,
        kind=kind,
        points_before=mark.released_points,
        points_after=after[0],
        comment_before=mark.released_comment,
        comment_after=after[1],
        levels_before=mark.released_levels,
        levels_after=after[2],
        reason=act.reason,
        regrade=act.regrade,
        changed_by=act.by,
        changed_at=now,
    )


def _store(marks: Iterable[Mark], changes: Iterable[MarkChange]) -> int:
    if not marks:
        return 0
    Mark.objects.bulk_update(marks, ["released_points", "released_comment", "released_levels", "released_at"], batch_size=500)
    MarkChange.objects.bulk_create(changes, batch_size=500)
    stamp_grade_change(enrollments=students_behind([mark.pk for mark in marks]), seen_by_student=True)
    return len(marks)
