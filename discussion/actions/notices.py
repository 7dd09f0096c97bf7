"""Writing down who gets a mail about a comment, and the claims that keep each mail from leaving twice."""

from collections.abc import Iterable

from django.utils import timezone

from courses.models import Course, Enrollment
from discussion.mentions import mentioned_in
from discussion.models import Comment, Follow, Notice, Why


def note_mentions(comment: Comment, course: Course) -> list[Enrollment]:
    """A notice for everybody whom the text mentions and who has none yet; those people.

    Whether they may read the thread is asked when the mail leaves.
    """
    mentioned = [person for person in mentioned_in(comment.text, course) if person.pk != comment.author_id]
    known = set(comment.notices.filter(enrollment__in=mentioned).values_list("enrollment_id", flat=True)) if mentioned else ()
    new = [person for person in mentioned if person.pk not in known]
    _note(comment, [person.pk for person in new], Why.MENTION)
    return new


def note_new_comment(comment: Comment, *, but: Iterable[Enrollment]) -> None:
    """A notice for every follower but the author and those who have one already."""
    left_out = {comment.author_id, *(person.pk for person in but)}
    following = Follow.objects.filter(paper=comment.thread.paper_id, is_following=True, enrollment__is_active=True)
    ids = following.order_by("enrollment").values_list("enrollment_id", flat=True)
    _note(comment, [pk for pk in ids if pk not in left_out], Why.FOLLOW)


def _note(comment: Comment, enrollment_ids: list[int], why: Why) -> None:
    Notice.objects.bulk_create(
        [Notice(comment=comment, enrollment_id=pk, why=why) for pk in enrollment_ids], ignore_conflicts=True
    )


def claim_notice(*, notice: Notice) -> bool:
    """Whether the caller, and nobody else, may hand over the mail. Committed at once, before the mail leaves."""
    return bool(Notice.objects.waiting().filter(pk=notice.pk).update(claimed_at=timezone.now()))


def release_notice(*, notice: Notice) -> None:
    """The mail has certainly not left: it may be tried again."""
    Notice.objects.filter(pk=notice.pk, sent_at=None).update(claimed_at=None)


def confirm_notice(*, notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now())


def skip_notice(*, notice: Notice) -> None:
    """The person may not read it, or there is nothing to read any more."""
    Notice.objects.waiting().filter(pk=notice.pk).update(skipped_at=timezone.now())
