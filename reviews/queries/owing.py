"""What a student still owes where the others' reviews open only to who has submitted all of theirs."""

from datetime import datetime

from django.utils import timezone

from courses.models import Enrollment
from reviews.models import Asks, Review, ReviewRules, Visibility
from reviews.queries.duties import reviewable_papers
from reviews.queries.terms import terms_in


def shut_from(viewer: Enrollment) -> datetime | None:
    """Before their own deadlines the others' reviews of papers due at this moment or later are shut; None: of none.

    It is when the first review is due that the viewer owes, has not submitted and can still submit; where the course asks
    for a number of reviews, the first beyond those they may skip. One that was missed shuts nothing, or it would for the
    rest of the term. Three or four queries, and none where the course asks for no such thing.
    """
    rules = ReviewRules.of(viewer.course)
    if rules is None or rules.visibility != Visibility.AFTER_MINE or not viewer.is_student:
        return None
    papers, terms = list(reviewable_papers(viewer.course)), terms_in(viewer.course, reviewer=viewer)
    submitted = set(Review.objects.submitted().filter(reviewer=viewer).order_by().values_list("paper", flat=True))
    handed_in = sum(paper.pk in submitted for paper in papers)
    required = [paper for paper in papers if terms.of(viewer.pk, paper.pk).asks == Asks.REQUIRED]
    times = (terms.times(viewer.pk, paper) for paper in required if paper.pk not in submitted)
    missing = sorted(times, key=lambda each: each.due_at)
    may_skip = 0
    if rules.required_count is not None:
        if handed_in >= rules.required_count:
            return None
        may_skip = max(len(required) - rules.required_count, 0)
    now = timezone.now()
    return next((each.due_at for each in missing[may_skip:] if each.closes_at >= now), None)
