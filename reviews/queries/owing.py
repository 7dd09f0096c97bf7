"""What a student still owes where the others' reviews open only to who has submitted all of theirs."""

from collections import defaultdict
from datetime import datetime

from django.utils import timezone

from courses.models import Course, Enrollment, Paper
from reviews.models import Asks, Review, ReviewRules, Visibility
from reviews.queries.duties import reviewable_papers
from reviews.queries.terms import AllTerms, terms_in


def shut_from(viewer: Enrollment) -> datetime | None:
    """Before their own deadlines the others' reviews of papers due at this moment or later are shut; None: of none.

    It is when the first review is due that the viewer owes, has not submitted and can still submit; where the course asks
    for a number of reviews, the first beyond those they may skip. One that was missed shuts nothing, or it would for the
    rest of the term. Three or four queries, and none where the course asks for no such thing.
    """
    rules = ReviewRules.of(viewer.course)
    if rules is None or rules.visibility != Visibility.AFTER_MINE or not viewer.is_student:
        return None
    return _moments(viewer.course, rules, [viewer.pk], reviewer=viewer)[viewer.pk]


def shut_from_each(course: Course, students: list[int]) -> dict[int, datetime | None]:
    """`shut_from` of each of these enrollments, who are students; as many queries as for one."""
    rules = ReviewRules.of(course)
    if rules is None or rules.visibility != Visibility.AFTER_MINE:
        return dict.fromkeys(students)
    return _moments(course, rules, students)


def _moments(course: Course, rules: ReviewRules, students: list[int], **of) -> dict[int, datetime | None]:
    papers, terms = list(reviewable_papers(course)), terms_in(course, **of)
    submitted = defaultdict(set)
    found = Review.objects.submitted().filter(course=course, **of).order_by()
    for student, paper in found.values_list("reviewer", "paper"):
        submitted[student].add(paper)
    return {student: _moment(rules, student, papers, terms, submitted[student]) for student in students}


def _moment(rules: ReviewRules, student: int, papers: list[Paper], terms: AllTerms, submitted: set[int]) -> datetime | None:
    handed_in = sum(paper.pk in submitted for paper in papers)
    required = [paper for paper in papers if terms.of(student, paper.pk).asks == Asks.REQUIRED]
    times = (terms.times(student, paper) for paper in required if paper.pk not in submitted)
    missing = sorted(times, key=lambda each: each.due_at)
    may_skip = 0
    if rules.required_count is not None:
        if handed_in >= rules.required_count:
            return None
        may_skip = max(len(required) - rules.required_count, 0)
    now = timezone.now()
    return next((each.due_at for each in missing[may_skip:] if each.closes_at >= now), None)
