from collections.abc import Mapping

import orjson
from django.db import transaction

from core.errors import DomainError, StaleVersion
from core.reasons import checked_reason
from courses.actions import stamp_course_change
from courses.models import Course
from grading import queries
from grading.engine import ERROR, lint
from grading.models import Policy
from grading.queries.policy import policy_digest


@transaction.atomic
def set_policy(*, course: Course, document: Mapping, by, previewed: str | None = None, reason: str = "") -> Policy:
    """Put the document in force as a new version; the document that is in force already changes nothing.

    `reason` is for the history: why it was changed.

    `previewed` is the digest of the preview that somebody agreed to: StaleVersion when it was of another text, or another
    policy has come into force since.
    Raises DomainError naming every lint error; warnings do not refuse, `queries.policy_findings` shows them.
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    current = queries.policy_in_force(course)
    if current and current.document == document:
        return current
    _check_text(document)
    reason = checked_reason(reason)
    if previewed is not None and previewed != policy_digest(current, document):
        words = "The policy in force or this text has changed since the preview. Nothing was saved; look at the new preview."
        raise StaleVersion(words, current=current)
    errors = [finding for finding in lint(document, queries.known_of(course)) if finding.severity == ERROR]
    if errors:
        raise DomainError(
            " ".join(f"{error.where}: {error.message}" for error in errors), field="grading", code="policy_is_wrong"
        )
    number = current.number + 1 if current else 1
    policy = Policy.objects.create(course=course, number=number, document=document, created_by=by, reason=reason)
    stamp_course_change(course=course)
    return policy


def _check_text(document: Mapping) -> None:
    """What JSON can say and the database cannot keep."""
    try:
        is_text = b"\\u0000" not in orjson.dumps(document)
    except orjson.JSONEncodeError:
        is_text = False
    if not is_text:
        words = "The policy holds a character or value that cannot be stored (NUL, half of a character, a date)."
        raise DomainError(words, field="grading", code="policy_is_wrong")
