"""Who may read and say what in a paper's discussion, who is named there, and what is shown of ratings.

Whoever may read a review may read the threads on it: that is the reviews' own rule, asked here and never restated.
Names of students follow the course's rule for names of reviewers. Where those are hidden from students, so is who says
what in a discussion: in each thread the students are "Student A", "Student B" in the order in which they first spoke there.
The letters begin anew in every thread, and a thread on a review does not say which of them wrote the review, so nothing
ties a voice to another thread's or to a review. Staff are named to everybody, and everybody is named to staff.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from courses.models import Course, Enrollment
from discussion.models import Comment, DiscussionRules, Thread
from reviews.models import Review
from reviews.policies import REVIEW_RULES, sees_names

DISCUSSION_RULES = (REVIEW_RULES, "course__discussion_rules")  # for `require_member`: both come in its query


def require_discussion(course: Course) -> None:
    if not DiscussionRules.is_on_in(course):
        raise Http404("This course does not discuss its papers here.")


def may_read(viewer: Enrollment, thread: Thread, *, may_read_review: bool) -> bool:
    """`may_read_review` is `reviews.policies.may_read` of the thread's review; it does not matter for a thread on a paper."""
    if not viewer.is_active or viewer.course_id != thread.paper.course_id or not DiscussionRules.is_on_in(viewer.course):
        return False
    if thread.is_staff_only and not viewer.is_staff:
        return False
    return thread.review_id is None or may_read_review


def may_speak(viewer: Enrollment) -> bool:
    """Of somebody who may read: whether they comment and rate. Observers read and do nothing else."""
    return viewer.is_active and (viewer.is_student or viewer.is_staff)


def require_speaker(viewer: Enrollment) -> None:
    if not may_speak(viewer):
        raise PermissionDenied("Students and staff take part in the discussion; observers read it.")


def may_open_staff_thread(viewer: Enrollment) -> bool:
    return viewer.is_active and viewer.is_staff


def may_edit(viewer: Enrollment, comment: Comment) -> bool:
    return may_speak(viewer) and comment.author_id == viewer.pk and comment.withdrawn_at is None


def may_withdraw(viewer: Enrollment, comment: Comment) -> bool:
    """One's own; staff withdraw anybody's."""
    return may_speak(viewer) and (viewer.is_staff or comment.author_id == viewer.pk)


def may_restore(viewer: Enrollment, comment: Comment) -> bool:
    """Whoever withdrew it; what staff withdrew only staff put back."""
    return may_withdraw(viewer, comment) and (viewer.is_staff or comment.withdrawn_by_id == viewer.pk)


def sees_withdrawn(viewer: Enrollment) -> bool:
    return viewer.is_staff


def sees_versions(viewer: Enrollment, comment: Comment) -> bool:
    return viewer.is_staff or comment.author_id == viewer.pk


def sees_author(viewer: Enrollment, comment: Comment) -> bool:
    """Whether this reader is told who wrote the comment."""
    return comment.is_by_staff or comment.author_id == viewer.pk or sees_names(viewer)


def may_rate(viewer: Enrollment, review: Review) -> bool:
    """Of somebody who may read the submitted review: never one's own."""
    return may_speak(viewer) and review.is_submitted and review.reviewer_id != viewer.pk


def sees_counts(viewer: Enrollment) -> bool:
    """Who reads how much each student said, and how many of their reviews are rated bad."""
    return viewer.is_active and viewer.is_staff
