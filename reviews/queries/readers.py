"""Who may read one review: the rule of `policies.may_read`, asked for many members at once."""

from collections.abc import Iterable

from courses.models import Enrollment, Paper
from reviews import policies
from reviews.models import Review, ReviewRules
from reviews.queries.owing import shut_from_each
from reviews.queries.terms import own_times, terms_in


def readers_of(review: Review, paper: Paper, members: Iterable[Enrollment]) -> list[Enrollment]:
    """Those of the members who may read the submitted review of the paper.

    Reads the course of the members and of the paper, and paper.meeting; a constant number of queries. For staff only: it
    tells who has submitted, and who was given more time.
    """
    review.paper, members = paper, list(members)
    students = [member.pk for member in members if member.is_student]
    in_ = set(Review.objects.submitted().filter(paper=paper).order_by().values_list("reviewer", flat=True))
    shut = shut_from_each(paper.course, students)
    terms = terms_in(paper.course, paper=paper) if ReviewRules.of(paper.course) else None
    return [
        member
        for member in members
        if policies.may_read(
            member,
            review,
            has_submitted=member.pk in in_,
            own=own_times(member, paper, terms.of(member.pk, paper.pk)) if terms else None,
            shut_from=shut.get(member.pk),
        )
    ]
