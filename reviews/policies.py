"""Who may read, write and be named in reviews. `Review.objects.visible_to` is the set to `may_read`."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from courses.models import Enrollment, Paper
from reviews.models import (
    Audience,
    Field,
    FieldVisibility,
    Names,
    Review,
    ReviewRules,
    SavedSearch,
    Tag,
    Times,
    Visibility,
)

REVIEW_RULES = "course__review_rules__form"  # for `require_member`: the rules come with the course, in its query
# Here, because searches show ratings too. With one or two raters their author could tell from who has read the review who
# they are; with three, each of them knows one voice and still cannot tell the other two apart.
RATERS_TO_SHOW = 3
# For who does not say what the viewer still owes: nothing is open before its deadline.
SHUT_FROM_THE_START = datetime.min.replace(tzinfo=UTC)
PREFERENCE_CALL = "course__preference_call"


def may_read_others(
    viewer: Enrollment,
    paper: Paper,
    *,
    has_submitted: bool,
    own: Times | None = None,
    shut_from: datetime | None = SHUT_FROM_THE_START,
    now: datetime | None = None,
) -> bool:
    """Whether the paper's submitted reviews, their number and their scores are open to this member.

    `has_submitted` says whether the viewer's own review of the paper is in, `own` when theirs is taken where that differs
    from the paper's times, `shut_from` what `queries.owing.shut_from` says of them; it counts only where the course asks
    for all of theirs.
    Reads viewer.course and paper.meeting. Somebody who only observes waits for the deadline whatever the course
    grants its students; who was given more time waits until that is over.
    """
    if not viewer.is_active or viewer.course_id != paper.course_id:
        return False
    if viewer.is_staff:
        return True
    rules = ReviewRules.of(viewer.course)
    if rules is None or rules.visibility == Visibility.NEVER:
        return False
    times = rules.times(paper)
    due_at, closes_at = times.due_at, times.closes_at
    if own and viewer.is_student:
        due_at, closes_at = max(due_at, own.due_at), max(closes_at, own.closes_at)
    is_closed = closes_at < (now or timezone.now())
    if not viewer.is_student or rules.visibility == Visibility.AFTER_DEADLINE:
        return is_closed
    if rules.visibility == Visibility.AFTER_MINE and shut_from is not None and due_at >= shut_from:
        return is_closed
    return is_closed or rules.visibility == Visibility.ALWAYS or has_submitted


def may_read(viewer: Enrollment, review: Review, *, has_submitted: bool, **own) -> bool:
    """`own` is what `may_read_others` is told of the viewer besides."""
    if not viewer.is_active or viewer.course_id != review.course_id:
        return False
    if review.reviewer_id == viewer.pk:
        return True
    return review.is_submitted and may_read_others(viewer, review.paper, has_submitted=has_submitted, **own)


def may_read_versions(viewer: Enrollment, review: Review) -> bool:
    """Earlier versions are for the reviewer and staff; others see the current one only."""
    if not viewer.is_active or viewer.course_id != review.course_id:
        return False
    return review.reviewer_id == viewer.pk or (viewer.is_staff and review.is_submitted)


def may_restore(viewer: Enrollment, review: Review) -> bool:
    """Staff bring earlier versions back; who wrote the review submits again instead."""
    return viewer.is_active and viewer.is_staff and viewer.course_id == review.course_id and review.is_submitted


def sees_names(viewer: Enrollment) -> bool:
    """Whether this member is told who wrote another student's review, and when, whoever it was."""
    if viewer.is_staff:
        return True
    rules = ReviewRules.of(viewer.course)
    return rules is not None and rules.shows_every_name()


def sees_signed_names(viewer: Enrollment) -> bool:
    """Whether this member is told at least the names of those who want theirs shown."""
    rules = ReviewRules.of(viewer.course)
    return sees_names(viewer) or (rules is not None and rules.names == Names.CHOICE)


def asks_for_names(rules: ReviewRules) -> bool:
    """Whether a reviewer says if their name is shown."""
    return rules.names == Names.CHOICE


def readers_of_fields(viewer: Enrollment, *, is_own: bool) -> set[str]:
    """The values of `Field.visible_to` that this member may read in a review."""
    if viewer.is_staff:
        return set(FieldVisibility.values)
    return {FieldVisibility.READERS, FieldVisibility.STAFF} if is_own else {FieldVisibility.READERS}


def readable_fields(fields: Iterable[Field], viewer: Enrollment, *, is_own: bool) -> list[Field]:
    readable = readers_of_fields(viewer, is_own=is_own)
    return [field for field in fields if field.visible_to in readable]


def may_write(viewer: Enrollment) -> bool:
    return viewer.is_active and viewer.is_student


def may_change_terms(viewer: Enrollment) -> bool:
    """Whether this person gives deadlines and exemptions, and asks students for reviews."""
    return viewer.is_active and viewer.is_instructor


def sees_ratings(viewer: Enrollment, *, raters: int) -> bool:
    """Whether the sum of a review's ratings is shown, on pages and to searches. Who rated is shown to nobody."""
    return viewer.is_staff or raters >= RATERS_TO_SHOW


def may_see(viewer: Enrollment, of: Tag | SavedSearch) -> bool:
    """`visible_to` is the set to it."""
    if not viewer.is_active or viewer.course_id != of.course_id:
        return False
    return of.owner_id == viewer.pk or of.audience == Audience.COURSE or (of.audience == Audience.STAFF and viewer.is_staff)


def may_share(viewer: Enrollment) -> bool:
    """Whether this member sets tags and keeps searches that others see; what is their own everybody may keep."""
    return viewer.is_active and viewer.is_staff


def may_change_search(viewer: Enrollment, saved: SavedSearch) -> bool:
    """One's own while it is one's own; what is shared, staff, so that none is left behind by who has gone."""
    if not may_see(viewer, saved):
        return False
    return viewer.is_staff if saved.is_shared else saved.owner_id == viewer.pk


def sees_preferences(viewer: Enrollment) -> bool:
    """Whether this member reads everybody's preferences, and not only their own."""
    return viewer.is_active and viewer.is_instructor


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
