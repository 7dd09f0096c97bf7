"""Every write to conflicts and experts. Whoever has a conflict with a paper is never asked to review it."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from core.text import text_problem
from courses.models import Enrollment, Paper
from reviews.assigning.actions import REASON_LIMIT, locked_students
from reviews.assigning.preferences.actions import locked_student
from reviews.models import Conflict, Expert


@transaction.atomic
def declare_conflict(*, paper: Paper, reviewer: Enrollment, reason: str) -> Conflict:
    """The student says that the paper is not theirs to review; what staff said about it stands."""
    reason = _clean(reason)
    reviewer = locked_student(reviewer)
    row = Conflict.objects.filter(paper=paper, reviewer=reviewer).first()
    if row and row.is_by_staff:
        return row
    row = row or Conflict(course_id=paper.course_id, paper=paper, reviewer=reviewer)
    row.reason, row.declared_by_id, row.declared_at = reason, reviewer.user_id, timezone.now()
    row.save()
    return row


@transaction.atomic
def withdraw_conflict(*, paper: Paper, reviewer: Enrollment) -> None:
    """The student takes their conflict back; where there is none nothing changes."""
    reviewer = locked_student(reviewer)
    row = Conflict.objects.filter(paper=paper, reviewer=reviewer).first()
    if row is None:
        return
    if row.is_by_staff:
        raise DomainError("Staff declared this conflict; only they can take it back.", code="by_staff")
    row.delete()


@transaction.atomic
def set_conflicts(*, paper: Paper, reviewers: Collection[Enrollment], reason: str = "", by: User) -> None:
    """Staff declare these students' conflicts with the paper; what a student declared becomes the staff's word."""
    reason = _clean(reason)
    students = locked_students(paper, reviewers)
    Conflict.objects.bulk_create(
        (
            Conflict(course_id=paper.course_id, paper=paper, reviewer=each, reason=reason, is_by_staff=True, declared_by=by)
            for each in students
        ),
        update_conflicts=True,
        unique_fields=["reviewer", "paper"],
        update_fields=["reason", "is_by_staff", "declared_by", "declared_at"],
    )


@transaction.atomic
def clear_conflicts(*, paper: Paper, reviewers: Collection[Enrollment]) -> None:
    """Staff take these students' conflicts with the paper away, whoever declared them."""
    Conflict.objects.filter(paper=paper, reviewer__in=locked_students(paper, reviewers)).delete()


@transaction.atomic
def set_experts(*, paper: Paper, reviewers: Collection[Enrollment], is_expert: bool) -> None:
    """Count these students as experts on the paper, or no longer."""
    students = locked_students(paper, reviewers)
    if not is_expert:
        Expert.objects.filter(paper=paper, reviewer__in=students).delete()
        return
    rows = (Expert(course_id=paper.course_id, paper=paper, reviewer=each) for each in students)
    Expert.objects.bulk_create(rows, ignore_conflicts=True)


def _clean(reason: str) -> str:
    reason = reason.strip()
    if problem := text_problem(reason, limit=REASON_LIMIT):
        raise DomainError(problem, field="reason", code="bad_text")
    return reason
