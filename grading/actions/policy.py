from collections.abc import Mapping

from django.db import transaction

from core.errors import DomainError
from courses.actions import stamp_course_change
from courses.models import Course
from grading import queries
from grading.engine import ERROR, lint
from grading.models import Policy


@transaction.atomic
def set_policy(*, course: Course, document: Mapping, by) -> Policy:
    """Put the document in force as a new version; the document that is in force already changes nothing.

    Raises DomainError naming every lint error; warnings do not refuse, `queries.policy_findings` shows them.
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    current = queries.policy_in_force(course)
    if current and current.document == document:
        return current
    errors = [finding for finding in lint(document, queries.known_of(course)) if finding.severity == ERROR]
    if errors:
        raise DomainError(
            " ".join(f"{error.where}: {error.message}" for error in errors), field="grading", code="policy_is_wrong"
        )
    number = current.number + 1 if current else 1
    policy = Policy.objects.create(course=course, number=number, document=document, created_by=by)
    stamp_course_change(course=course)
    return policy
