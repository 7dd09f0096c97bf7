"""A paper's discussion as one member may read it, and what grading asks of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Prefetch
from django.utils.safestring import SafeString, mark_safe

from courses.models import Course, Enrollment, Paper
from discussion import policies
from discussion.models import Attachment, Comment, CommentVersion, Follow, Thread
from discussion.ratings import ShownRatings, bad_review_counts, ratings_of
from reviews.models import Review
from reviews.queries import ReadableReview, read_paper


@dataclass(frozen=True, slots=True)
class ShownVersion:
    html: SafeString
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class ShownComment:
    """A comment as its reader may see it. Of a withdrawn one the text is empty, but for staff."""

    handle: str
    number: int
    name: str
    is_named: bool  # False: the name is a letter, which means something within the thread only
    is_own: bool
    is_by_staff: bool
    author_id: int | None  # for staff and the author
    text: str
    html: SafeString
    revision: int
    created_at: datetime
    edited_at: datetime | None
    is_withdrawn: bool
    was_withdrawn_by_staff: bool
    attachments: tuple[Attachment, ...]
    versions: tuple[ShownVersion, ...]  # earlier texts, newest first
    may_edit: bool
    may_withdraw: bool
    may_restore: bool


@dataclass(frozen=True, slots=True)
class ShownThread:
    handle: str
    review: str | None  # the handle of the review that it is on
    is_staff_only: bool
    comments: tuple[ShownComment, ...]


@dataclass(frozen=True, slots=True)
class DiscussedReview:
    """A submitted review with what is said of it."""

    review: ReadableReview
    ratings: ShownRatings
    may_rate: bool
    threads: list[ShownThread]

    @property
    def is_silent(self) -> bool:
        return not self.threads


@dataclass(frozen=True, slots=True)
class Discussion:
    """A paper's discussion; `reviews` are those that the viewer may read."""

    is_following: bool
    threads: list[ShownThread]  # on the paper itself
    reviews: list[DiscussedReview]


def read_discussion(viewer: Enrollment, paper: Paper) -> Discussion:
    """Reads viewer.course and paper.meeting; a constant number of queries."""
    reviews = read_paper(viewer, paper).reviews
    ids = dict(Review.objects.visible_to(viewer).submitted().filter(paper=paper).values_list("handle", "pk"))
    reviews = [review for review in reviews if review.handle in ids]
    ratings = ratings_of(viewer, ids.values())
    threads = threads_of(viewer, Thread.objects.filter(paper=paper))
    by_review: dict[str | None, list[ShownThread]] = {}
    for thread in threads:
        by_review.setdefault(thread.review, []).append(thread)
    return Discussion(
        is_following=is_following(viewer, paper),
        threads=by_review.get(None, []),
        reviews=[
            DiscussedReview(
                review=review,
                ratings=ratings[ids[review.handle]],
                may_rate=policies.may_speak(viewer) and not review.is_own,
                threads=by_review.get(review.handle, []),
            )
            for review in reviews
        ],
    )


def is_following(viewer: Enrollment, paper: Paper) -> bool:
    return Follow.objects.filter(paper=paper, enrollment=viewer, is_following=True).exists()


def threads_of(viewer: Enrollment, threads) -> list[ShownThread]:
    """Those of the threads (a queryset) that the viewer may read; four queries."""
    return [shown_thread(viewer, thread) for thread in readable_threads(viewer, threads)]


def readable_threads(viewer: Enrollment, threads):
    """The queryset of those that the viewer may read, with everything that is shown of them."""
    versions = CommentVersion.objects.all() if viewer.is_staff else CommentVersion.objects.filter(comment__author=viewer)
    comments = Comment.objects.select_related("author__user").prefetch_related("attachments", Prefetch("versions", versions))
    return threads.visible_to(viewer).select_related("review").prefetch_related(Prefetch("comments", comments))


def shown_thread(viewer: Enrollment, thread: Thread) -> ShownThread:
    """Of a thread that the viewer may read; reads what `readable_threads` loads."""
    comments = list(thread.comments.all())
    names = names_in(viewer, comments)
    return ShownThread(
        handle=thread.handle,
        review=thread.review and thread.review.handle,
        is_staff_only=thread.is_staff_only,
        comments=tuple(_shown(viewer, comment, names[comment.pk]) for comment in comments),
    )


def names_in(viewer: Enrollment, comments: Iterable[Comment]) -> dict[int, str]:
    """{comment id: what its author is called}, given all comments of one thread in their order."""
    letters: dict[int, str] = {}
    names = {}
    for comment in comments:
        if not comment.is_by_staff and comment.author_id not in letters:
            letters[comment.author_id] = f"Student {_letter(len(letters))}"
        if comment.author_id == viewer.pk:
            names[comment.pk] = "You"
        elif policies.sees_author(viewer, comment):
            names[comment.pk] = comment.author.user.name
        else:
            names[comment.pk] = letters[comment.author_id]
    return names


def _letter(place: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    return (_letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def _shown(viewer: Enrollment, comment: Comment, name: str) -> ShownComment:
    is_withdrawn, is_own = comment.withdrawn_at is not None, comment.author_id == viewer.pk
    is_readable = not is_withdrawn or policies.sees_withdrawn(viewer)
    versions = comment.versions.all() if is_readable and policies.sees_versions(viewer, comment) else ()
    return ShownComment(
        handle=comment.handle,
        number=comment.number,
        name=name,
        is_named=policies.sees_author(viewer, comment),
        is_own=is_own,
        is_by_staff=comment.is_by_staff,
        author_id=comment.author_id if viewer.is_staff or is_own else None,
        text=comment.text if is_readable else "",
        html=mark_safe(comment.html if is_readable else ""),  # noqa: S308 - sanitised when it was written
        revision=comment.revision,
        created_at=comment.created_at,
        edited_at=comment.edited_at,
        is_withdrawn=is_withdrawn,
        was_withdrawn_by_staff=is_withdrawn and comment.withdrawn_by_id != comment.author_id,
        attachments=tuple(comment.attachments.all()) if is_readable else (),
        versions=tuple(
            ShownVersion(mark_safe(version.html), version.text, version.written_at)  # noqa: S308 - as above
            for version in versions
        ),
        may_edit=policies.may_edit(viewer, comment),
        may_withdraw=not is_withdrawn and policies.may_withdraw(viewer, comment),
        may_restore=is_withdrawn and policies.may_restore(viewer, comment),
    )


def readable_files(viewer: Enrollment):
    """The attachments of comments that the viewer may read; of withdrawn ones for staff only."""
    files = Attachment.objects.filter(comment__in=Comment.objects.visible_to(viewer).values("pk"))
    return files if policies.sees_withdrawn(viewer) else files.filter(comment__withdrawn_at=None)


def recent_comments(viewer: Enrollment, paper: Paper, *, most: int) -> tuple[int, list[tuple[ShownThread, ShownComment]]]:
    """(how many standing comments the viewer may read, the last of them, newest first)."""
    threads = threads_of(viewer, Thread.objects.filter(paper=paper))
    standing = [(thread, comment) for thread in threads for comment in thread.comments if not comment.is_withdrawn]
    standing.sort(key=lambda pair: (pair[1].created_at, pair[1].handle), reverse=True)
    return len(standing), standing[:most]


# What staff and grading ask


@dataclass(frozen=True, slots=True)
class CommentFact:
    """One standing comment of a student that the class may read."""

    handle: str
    paper_title: str
    is_on_review: bool
    said_at: datetime
    said_on: date  # in the course's zone


def grading_facts(
    course: Course, *, only: Iterable[int] | None = None, at: datetime | None = None
) -> dict[int, list[CommentFact]]:
    """{enrollment id: their comments in order}; one query. Withdrawn ones do not count, nor what staff wrote.

    `at` asks for what stood at an earlier moment. A comment that was withdrawn and restored counts throughout.
    """
    comments = _counted(course, only, at).order_by("created_at", "pk")
    facts: dict[int, list[CommentFact]] = {}
    rows = comments.values_list("author_id", "handle", "thread__paper__title", "thread__review_id", "created_at")
    for author, handle, title, review, said_at in rows:
        fact = CommentFact(handle, title, review is not None, said_at, course.local(said_at).date())
        facts.setdefault(author, []).append(fact)
    return facts


def _counted(course: Course, only: Iterable[int] | None, at: datetime | None = None):
    comments = Comment.objects.standing(at).filter(thread__paper__course=course, is_by_staff=False)
    return comments if only is None else comments.filter(author__in=only)


@dataclass(frozen=True, slots=True)
class Activity:
    """How a student takes part."""

    student: Enrollment
    comments: int
    bad_reviews: int


def activity_of(course: Course, students) -> list[Activity]:
    """A line for each of the students (a queryset of enrollments), by name; three queries."""
    students = list(students.for_display())
    ids = [student.pk for student in students]
    comments = dict(_counted(course, ids).order_by().values_list("author_id").annotate(count=Count("pk")))
    bad = bad_review_counts(course, only=ids)
    return [Activity(student, comments.get(student.pk, 0), bad.get(student.pk, 0)) for student in students]
