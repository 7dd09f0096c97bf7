"""Who may read, write and be named in reviews. `Review.objects.visible_to` is the set to `may_read`."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from courses.models import Enrollment, Paper
from reviews.models import Field, FieldVisibility, Names, Review, ReviewRules, Visibility


def may_read_others(viewer: Enrollment, paper: Paper, *, has_submitted: bool, now: datetime | None = None) -> bool:
    """Whether the paper's submitted reviews, their number and their scores are open to this member.

    `has_submitted` says whether the viewer's own review of the paper is in. Reads viewer.course and
    paper.meeting. Somebody who only observes waits for the deadline whatever the course grants its students.
    """
    if not viewer.is_active or viewer.course_id != paper.course_id:
        return False
    if viewer.is_staff:
        return True
    rules = ReviewRules.of(viewer.course)
    if rules is None or rules.visibility == Visibility.NEVER:
        return False
    is_closed = rules.closes_at(paper) < (now or timezone.now())
    if not viewer.is_student or rules.visibility == Visibility.AFTER_DEADLINE:
        return is_closed
    return is_closed or rules.visibility == Visibility.ALWAYS or has_submitted


def may_read(viewer: Enrollment, review: Review, *, has_submitted: bool) -> bool:
    if not viewer.is_active or viewer.course_id != review.course_id:
        return False
    if review.reviewer_id == viewer.pk:
        return True
    return review.is_submitted and may_read_others(viewer, review.paper, has_submitted=has_submitted)


def may_read_versions(viewer: Enrollment, review: Review) -> bool:
    """Earlier versions are for the reviewer and staff; others see the current one only."""
    if not viewer.is_active or viewer.course_id != review.course_id:
        return False
    return review.reviewer_id == viewer.pk or (viewer.is_staff and review.is_submitted)


def sees_names(viewer: Enrollment) -> bool:
    """Whether this member is told who wrote another student's review, and when."""
    if viewer.is_staff:
        return True
    rules = ReviewRules.of(viewer.course)
    return rules is not None and rules.names == Names.SHOWN


def sees_staff_fields(viewer: Enrollment, *, is_own: bool) -> bool:
    return is_own or viewer.is_staff


def readable_fields(fields: Iterable[Field], viewer: Enrollment, *, is_own: bool) -> list[Field]:
    may_see_all = sees_staff_fields(viewer, is_own=is_own)
    return [field for field in fields if may_see_all or field.visible_to == FieldVisibility.READERS]


def may_write(viewer: Enrollment) -> bool:
    return viewer.is_active and viewer.is_student


def require_rules(viewer: Enrollment) -> ReviewRules:
    rules = ReviewRules.of(viewer.course)
    if rules is None:
        raise Http404("This course asks for no reviews.")
    return rules


def require_writer(viewer: Enrollment) -> ReviewRules:
    """The course's rules, for somebody who may write a review; PermissionDenied for anybody else."""
    if not may_write(viewer):
        raise PermissionDenied("Only students of this course write reviews.")
    return require_rules(viewer)
