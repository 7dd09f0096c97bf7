from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from core.locking import lock_row
from core.reasons import checked_reason
from core.text import text_problem, tidy
from courses.actions import stamp_grade_change
from courses.models import Enrollment
from grading.engine import State
from grading.models import Excuse
from grading.queries import grades_of
from grading.queries.excuses import excusable

MAX_REASON = 200  # characters


@transaction.atomic
def excuse(*, student: Enrollment, source: str, item: str, reason: str, by) -> Excuse:
    """Let the student off this piece of work; the same excuse again changes nothing.

    Raises DomainError for work that the policy's facts of this student do not have, without a reason, and where another
    excuse stands.
    """
    reason = " ".join(tidy(reason).split())
    _check_reason(reason)
    student = lock_row(Enrollment.objects.select_for_update(no_key=True, of=("self",)).select_related("course"), student.pk)
    standing = Excuse.objects.filter(enrollment=student, source=source, item=item, revoked_at=None).first()
    if standing and standing.reason == reason:
        return standing
    if standing:
        words = f"This is excused already ({standing.reason}); take that back before you give another reason."
        raise DomainError(words, field="item", code="excused_already")
    if (source, item) not in excusable(_sources_of(student)):
        raise DomainError("This student has no such work under the policy in force.", field="item", code="no_such_item")
    made = Excuse.objects.create(enrollment=student, source=source, item=item, reason=reason, made_by=by)
    stamp_grade_change(enrollments=[student], seen_by_student=True)
    return made


@transaction.atomic
def excuse_missing(*, student: Enrollment, reason: str, by) -> list[Excuse]:
    """Let the student off everything that is missing by now, as for somebody who joined late; [] where nothing is.

    What is excused already stays as it is. Raises DomainError without a reason.
    """
    reason = " ".join(tidy(reason).split())
    _check_reason(reason)
    student = lock_row(Enrollment.objects.select_for_update(no_key=True, of=("self",)).select_related("course"), student.pk)
    missing = [place for place, item in excusable(_sources_of(student)).items() if item.state is State.MISSING]
    made = Excuse.objects.bulk_create(
        [Excuse(enrollment=student, source=source, item=item, reason=reason, made_by=by) for source, item in missing]
    )
    if made:
        stamp_grade_change(enrollments=[student], seen_by_student=True)
    return made


def _check_reason(reason: str) -> None:
    problem = text_problem(reason, limit=MAX_REASON) if reason else "Say why; the student reads the reason."
    if problem:
        raise DomainError(problem, field="reason")


def _sources_of(student: Enrollment) -> dict:
    grade = grades_of(student.course, audience="staff", enrollment_ids=[student.pk]).get(student.pk)
    if grade is None:
        raise DomainError("Only an active student of the course can be excused.", code="no_student")
    return grade.facts.sources


@transaction.atomic
def revoke_excuse(*, excuse: Excuse, by, reason: str = "") -> Excuse:
    """Take an excuse back, so that the work counts again; twice changes nothing. `reason` is for the history."""
    reason = checked_reason(reason)
    lock_row(Enrollment.objects.select_for_update(no_key=True), excuse.enrollment_id)
    excuse = Excuse.objects.get(pk=excuse.pk)
    if not excuse.is_standing:
        return excuse
    excuse.revoked_by, excuse.revoked_at, excuse.revoke_reason = by, timezone.now(), reason
    excuse.save(update_fields=["revoked_by", "revoked_at", "revoke_reason"])
    stamp_grade_change(enrollments=[excuse.enrollment_id], seen_by_student=True)
    return excuse
