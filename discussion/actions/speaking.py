"""The person who is about to write something, as they are now."""

from core.errors import DomainError
from courses.models import Enrollment
from discussion.models import DiscussionRules
from discussion.policies import DISCUSSION_RULES, may_speak

SWITCHED_OFF = "The discussion was switched off in this course. Nothing was changed."


def locked_speaker(by: Enrollment) -> Enrollment:
    """The enrollment read anew and locked, so that one person's writes come one after the other.

    Raises DomainError for who takes no part, or where there is no discussion.
    """
    people = Enrollment.objects.select_related("user", *DISCUSSION_RULES)
    by = people.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    if not DiscussionRules.is_on_in(by.course):
        raise DomainError(SWITCHED_OFF, code="switched_off")
    if not may_speak(by):
        raise DomainError("Students and staff of the course take part in the discussion.", code="not_for_you")
    return by
