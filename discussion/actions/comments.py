"""Starting threads, replying, editing, withdrawing."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from core.errors import DomainError, StaleVersion
from core.markdown import render_markdown
from core.text import text_problem, tidy
from core.uploads import PDF, PPTX, TEXT, ZIP, check_upload
from courses.actions import stamp_grade_change
from courses.models import Enrollment, Paper
from discussion import policies, tasks
from discussion.actions.following import follow_on_commenting
from discussion.actions.notices import note_mentions, note_new_comment
from discussion.actions.speaking import locked_speaker
from discussion.models import MAX_COMMENT, MAX_FILES, Attachment, Comment, CommentVersion, Thread
from reviews.models import Review

FILE_KINDS = (PDF, PPTX, ZIP, TEXT)
SAID_TWICE = timedelta(minutes=1)  # the same words within this are a button pressed twice
EDITED = "This comment was changed since you opened it. Nothing was overwritten; the text as it is now is shown above yours."


@transaction.atomic
def start_thread(
    *, paper: Paper, by: Enrollment, text: str, review: Review | None = None, is_staff_only: bool = False, files: Sequence = ()
) -> Comment:
    """Begin a thread on the paper, or on one of its reviews, with its first comment."""
    by = locked_speaker(by)
    if paper.course_id != by.course_id:
        raise DomainError("This paper is of another course.", code="not_for_you")
    if review is not None and not Review.objects.visible_to(by).submitted().filter(pk=review.pk, paper=paper).exists():
        raise DomainError("This review is not open to you.", code="not_open")
    if is_staff_only and not policies.may_open_staff_thread(by):
        raise DomainError("Only staff start threads for staff.", field="is_staff_only", code="not_for_you")
    text = _checked(text)
    target = {"paper": paper, "review": review, "is_staff_only": is_staff_only}
    first = Comment.objects.filter(number=1, **{f"thread__{key}": value for key, value in target.items()})
    if twice := _said_twice(first, by, text, files):
        return twice
    return _say(Thread.objects.create(**target), by, text, files)


@transaction.atomic
def add_comment(*, thread: Thread, by: Enrollment, text: str, files: Sequence = ()) -> Comment:
    """Reply in the thread."""
    by = locked_speaker(by)
    thread = _locked(thread, by)
    text = _checked(text)
    if twice := _said_twice(thread.comments, by, text, files):
        return twice
    return _say(thread, by, text, files)


def _locked(thread: Thread, by: Enrollment) -> Thread:
    """The thread, locked. Asked anew whether the person may read it: the rule may have closed it since."""
    Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    found = Thread.objects.visible_to(by).select_related("paper").filter(pk=thread.pk).first()
    if found is None:
        raise DomainError("This thread is not open to you.", code="not_open")
    return found


def _checked(text: str) -> str:
    text = tidy(text).strip()
    if not text:
        raise DomainError("Write something first.", field="text", code="empty")
    if problem := text_problem(text, limit=MAX_COMMENT):
        raise DomainError(problem, field="text", code="bad_text")
    return text


def _said_twice(comments, by: Enrollment, text: str, files: Sequence) -> Comment | None:
    if files:
        return None
    lately = comments.filter(author=by, created_at__gte=timezone.now() - SAID_TWICE, withdrawn_at=None, revision=0)
    return lately.filter(text=text).select_related("thread").first()


def _say(thread: Thread, by: Enrollment, text: str, files: Sequence) -> Comment:
    number = (thread.comments.aggregate(last=Max("number"))["last"] or 0) + 1
    comment = Comment.objects.create(
        thread=thread, number=number, author=by, is_by_staff=by.is_staff, text=text, html=render_markdown(text)
    )
    _attach(comment, files)
    mentioned = note_mentions(comment, by.course)
    note_new_comment(comment, but=mentioned)
    follow_on_commenting(thread.paper, by)
    _count(comment)
    # Robust: a broker that is away must not undo what was said; the waiting mails are queued again by beat.
    transaction.on_commit(partial(tasks.notify.delay, comment.pk), robust=True)
    return comment


def _count(comment: Comment) -> None:
    """A policy may count comments, so the author's grade may have changed."""
    if not comment.is_by_staff:
        stamp_grade_change(enrollments=[comment.author_id], seen_by_student=True)


def _attach(comment: Comment, files: Sequence) -> None:
    """Keep the files with the comment; all of them are looked at before one is stored."""
    if len(files) + comment.attachments.count() > MAX_FILES:
        raise DomainError(f"A comment takes {MAX_FILES} files.", field="files", code="too_many")
    checked = [(check_upload(upload, allowed=FILE_KINDS, field="files"), upload) for upload in files]
    for facts, upload in checked:
        attachment = Attachment(comment=comment, kind=facts.kind, name=facts.safe_name, size=upload.size)
        attachment.file.save(facts.safe_name, upload, save=False)
        attachment.save()


@transaction.atomic
def edit_comment(*, comment: Comment, by: Enrollment, text: str, revision: int | None, files: Sequence = ()) -> Comment:
    """Change one's own comment; the text before is kept. StaleVersion when another change came between.

    Whom the new text mentions for the first time is told; nobody is told of the edit itself.
    """
    by = locked_speaker(by)
    comment = _locked_comment(comment, by)
    if not policies.may_edit(by, comment):
        raise DomainError("You edit your own comments, as long as they are not withdrawn.", code="not_for_you")
    text = _checked(text)
    if text == comment.text and not files:
        return comment
    if revision != comment.revision:
        raise StaleVersion(EDITED, current=comment)
    _attach(comment, files)
    if text != comment.text:
        _replace(comment, text)
        if note_mentions(comment, by.course):
            transaction.on_commit(partial(tasks.notify.delay, comment.pk), robust=True)
    return comment


def _replace(comment: Comment, text: str) -> None:
    CommentVersion.objects.create(
        comment=comment,
        revision=comment.revision,
        text=comment.text,
        html=comment.html,
        written_at=comment.edited_at or comment.created_at,
    )
    comment.text, comment.html, comment.edited_at = text, render_markdown(text), timezone.now()
    comment.revision += 1
    comment.save(update_fields=["text", "html", "edited_at", "revision"])


def _locked_comment(comment: Comment, by: Enrollment) -> Comment:
    _locked(Thread(pk=comment.thread_id), by)
    return Comment.objects.select_related("thread__paper").get(pk=comment.pk)


@transaction.atomic
def withdraw_comment(*, comment: Comment, by: Enrollment) -> Comment:
    """Take its text out of everybody's sight but staff's; withdrawing it again changes nothing."""
    by = locked_speaker(by)
    comment = _locked_comment(comment, by)
    if not policies.may_withdraw(by, comment):
        raise DomainError("You withdraw your own comments; staff withdraw anybody's.", code="not_for_you")
    if comment.withdrawn_at is None:
        comment.withdrawn_at, comment.withdrawn_by = timezone.now(), by
        comment.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _count(comment)
    return comment


@transaction.atomic
def restore_comment(*, comment: Comment, by: Enrollment) -> Comment:
    """Put a withdrawn comment back as it was."""
    by = locked_speaker(by)
    comment = _locked_comment(comment, by)
    if comment.withdrawn_at is None:
        return comment
    if not policies.may_restore(by, comment):
        raise DomainError("What staff withdrew, staff put back.", code="not_for_you")
    comment.withdrawn_at, comment.withdrawn_by = None, None
    comment.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _count(comment)
    return comment
