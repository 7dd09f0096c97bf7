"""Releasing marks at a moment to come: ordered, cancelled, and carried out once."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from core.locking import lock_row
from core.reasons import checked_reason
from courses.models import Course, Enrollment
from grading.actions.release import release_component, release_student
from grading.models import ScheduledRelease
from grading.queries.release import marks_behind


@transaction.atomic
def schedule_release(
    *, course: Course, component_key: str = "", student: Enrollment | None = None, due_at: datetime, by, reason: str = ""
) -> ScheduledRelease:
    """Let students see the component's marks, or the student see their own, as they stand at that moment.

    `reason` is for the history: of the order, and then of every mark that it releases.
    Raises DomainError for a moment that has passed, for what has nothing to release, and where a release waits already.
    """
    reason = checked_reason(reason)
    Course.objects.select_for_update(no_key=True).get(pk=course.pk)  # two at once would both find none waiting
    if not _teaches(by, course):
        words = "Only a person who is an instructor of the course can have marks released at a date."
        raise DomainError(words, code="no_instructor")
    if due_at <= timezone.now():
        raise DomainError("This moment has passed. Choose one to come, or release now.", field="due_at", code="past")
    if student is None:
        marks_behind(course, component_key)
        waiting = ScheduledRelease.objects.waiting().filter(course=course, component=component_key, student=None)
    else:
        _require_student(student)
        waiting = ScheduledRelease.objects.waiting().filter(student=student)
    if found := waiting.first():
        when = f"{course.local(found.due_at):%Y-%m-%d %H:%M}"
        words = f"A release is set for {when} already; cancel that one first."
        raise DomainError(words, field="due_at", code="scheduled_already")
    return ScheduledRelease.objects.create(
        course=course, component=component_key, student=student, due_at=due_at, ordered_by=by, reason=reason
    )


@transaction.atomic
def cancel_release(*, release: ScheduledRelease, by, reason: str = "") -> ScheduledRelease:
    """Nothing is released at that moment; cancelling twice changes nothing. Raises DomainError once it is done."""
    reason = checked_reason(reason)
    release = lock_row(_rows(), release.pk)
    if release.done_at:
        raise DomainError("These marks are released already. Hide them to take them back.", code="done")
    if release.is_waiting:
        release.cancelled_at, release.cancelled_by, release.cancel_reason = timezone.now(), by, reason
        release.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
    return release


@transaction.atomic
def carry_out_release(*, release_id: int) -> bool:
    """Release what is due, as whoever ordered it; whether this call did.

    However often and on however many workers, once: the row is locked, and noted as done with the release itself. What
    cannot be done any more is cancelled with the reason.
    """
    release = _rows().filter(pk=release_id).first()  # none where it went with its course
    if release is None or not release.is_waiting or release.due_at > timezone.now():
        return False
    try:
        _require_instructor(release)
        count = _release(release)
    except DomainError as refusal:
        release.cancelled_at, release.cancel_reason = timezone.now(), refusal.message[:300]
        release.save(update_fields=["cancelled_at", "cancel_reason"])
        return False
    release.done_at, release.marks = timezone.now(), count
    release.save(update_fields=["done_at", "marks"])
    return True


def _rows() -> QuerySet[ScheduledRelease]:
    rows = ScheduledRelease.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("course", "student", "ordered_by")


def _release(release: ScheduledRelease) -> int:
    said = {"by": release.ordered_by, "reason": release.reason}
    if release.student is None:
        return release_component(course=release.course, component_key=release.component, **said)
    _require_student(release.student)
    return release_student(student=release.student, **said)


def _teaches(person: User, course: Course) -> bool:
    return Enrollment.objects.active().instructors().filter(course=course, user=person, user__is_active=True).exists()


def _require_instructor(release: ScheduledRelease) -> None:
    if not _teaches(release.ordered_by, release.course):
        words = f"{release.ordered_by.name}, who ordered it, is no longer an instructor of this course."
        raise DomainError(words, code="no_instructor")


def _require_student(student: Enrollment) -> None:
    if not Enrollment.objects.graded().filter(pk=student.pk).exists():
        raise DomainError("This person is not an active student of the course.", field="student", code="no_student")
