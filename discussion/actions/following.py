"""Following a paper's discussion, and no longer."""

from django.db import transaction

from core.errors import DomainError
from courses.models import Enrollment, Paper
from discussion.actions.speaking import SWITCHED_OFF
from discussion.models import DiscussionRules, Follow
from discussion.policies import DISCUSSION_RULES


@transaction.atomic
def follow_discussion(*, paper: Paper, by: Enrollment, is_following: bool) -> Follow:
    """Have a mail for every new comment that one may read, or none any more."""
    by = Enrollment.objects.select_related(*DISCUSSION_RULES).get(pk=by.pk)
    if not by.is_active or by.course_id != paper.course_id:
        raise DomainError("Only members of the course follow its discussions.", code="not_for_you")
    if is_following and not DiscussionRules.is_on_in(by.course):
        raise DomainError(SWITCHED_OFF, code="switched_off")
    follow, _ = Follow.objects.update_or_create(paper=paper, enrollment=by, defaults={"is_following": is_following})
    return follow


def follow_on_commenting(paper: Paper, by: Enrollment) -> None:
    """Whoever comments follows, unless they have said that they do not want to."""
    Follow.objects.get_or_create(paper=paper, enrollment=by)
