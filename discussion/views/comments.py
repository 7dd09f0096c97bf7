"""Saying something: the forms of threads and comments, and the files that hang on them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError, StaleVersion
from core.uploads import serve_upload
from courses.models import Enrollment, Paper
from discussion import actions, policies, queries
from discussion.models import Attachment, Comment, Thread, Why
from discussion.views.pages import for_members, page_of, shared_context, show_discussion
from reviews.models import Review


def comments_of(viewer: Enrollment, paper: Paper):
    return Comment.objects.visible_to(viewer).filter(thread__paper=paper).select_related("thread")


def readable_review(viewer: Enrollment, paper: Paper, handle: str) -> Review:
    """A submitted review of the paper that the viewer may read; Http404 for any other."""
    return get_object_or_404(Review.objects.visible_to(viewer).submitted(), paper=paper, handle=handle)


def said(comment: Comment) -> str:
    """What the author is told; whether the mentioned may read it would say too much."""
    told = comment.notices.filter(why=Why.MENTION).select_related("enrollment__user").order_by("pk")
    names = ", ".join(notice.enrollment.user.name for notice in told)
    return f"Your comment is in.{f' Mentioned: {names}. Whoever of them may read it gets a mail.' if names else ''}"


@for_members
@require_POST
def thread_start(request, viewer, paper):
    policies.require_speaker(viewer)
    handle, text = request.POST.get("review", ""), request.POST.get("text", "")
    review = readable_review(viewer, paper, handle) if handle else None
    try:
        comment = actions.start_thread(
            paper=paper,
            by=viewer,
            text=text,
            review=review,
            is_staff_only="is_staff_only" in request.POST,
            files=request.FILES.getlist("files"),
        )
    except DomainError as refusal:
        refused = {"where": f"start-{handle or 'paper'}", "message": refusal.message, "text": text}
        return show_discussion(request, viewer, paper, refused=refused)
    messages.success(request, said(comment))
    return redirect(f"{page_of(viewer, paper)}#comment-{comment.handle}")


@for_members
@require_POST
def comment_add(request, viewer, paper, handle):
    thread = get_object_or_404(Thread.objects.visible_to(viewer), paper=paper, handle=handle)
    policies.require_speaker(viewer)
    text = request.POST.get("text", "")
    try:
        comment = actions.add_comment(thread=thread, by=viewer, text=text, files=request.FILES.getlist("files"))
    except DomainError as refusal:
        refused = {"where": f"thread-{handle}", "message": refusal.message, "text": text}
        return _show(request, viewer, paper, thread, refused=refused)
    return _answer(request, viewer, paper, comment, said(comment))


def _show(request, viewer: Enrollment, paper: Paper, thread: Thread, *, refused: dict):
    """What was typed is in the form still, beside why it was not taken."""
    if not request.htmx:
        return show_discussion(request, viewer, paper, refused=refused)
    return _show_thread(request, viewer, paper, thread, refused=refused)


def _show_thread(request, viewer: Enrollment, paper: Paper, thread: Thread, **extra):
    shown = queries.threads_of(viewer, Thread.objects.filter(pk=thread.pk))
    context = shared_context(viewer, paper) | {"thread": next(iter(shown), None), **extra}
    return render(request, "discussion/_thread.html", context)


def _answer(request, viewer: Enrollment, paper: Paper, comment: Comment, told: str):
    """The thread for htmx, or the page at the comment."""
    if request.htmx:
        return _show_thread(request, viewer, paper, comment.thread, told=told)
    messages.success(request, told)
    return redirect(f"{page_of(viewer, paper)}#comment-{comment.handle}")


@for_members
@require_http_methods(["GET", "HEAD", "POST"])
def comment_edit(request, viewer, paper, handle):
    comment = get_object_or_404(comments_of(viewer, paper), handle=handle)
    if not policies.may_edit(viewer, comment):
        raise PermissionDenied("You edit your own comments, as long as they are not withdrawn.")
    context = shared_context(viewer, paper) | {"comment": comment, "text": comment.text, "revision": comment.revision}
    if request.method != "POST":
        return render(request, "discussion/comment_edit.html", context)
    text, revision = request.POST.get("text", ""), _number(request.POST.get("revision"))
    try:
        actions.edit_comment(comment=comment, by=viewer, text=text, revision=revision, files=request.FILES.getlist("files"))
    except DomainError as refusal:
        context |= {"text": text, "revision": revision, "message": refusal.message}
        if isinstance(refusal, StaleVersion):
            context |= {"current": refusal.current, "revision": refusal.current.revision}
        return render(request, "discussion/comment_edit.html", context, status=409)
    messages.success(request, "Your comment is changed. The earlier text is kept for you and staff.")
    return redirect(f"{page_of(viewer, paper)}#comment-{handle}")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


@for_members
@require_POST
def comment_withdraw(request, viewer, paper, handle):
    comment = get_object_or_404(comments_of(viewer, paper), handle=handle)
    if not policies.may_withdraw(viewer, comment):
        raise PermissionDenied("You withdraw your own comments; staff withdraw anybody's.")
    return _act(request, viewer, paper, comment, actions.withdraw_comment, "The comment is withdrawn.")


@for_members
@require_POST
def comment_restore(request, viewer, paper, handle):
    comment = get_object_or_404(comments_of(viewer, paper), handle=handle)
    if not policies.may_withdraw(viewer, comment):
        raise PermissionDenied("You put back your own comments; staff put back anybody's.")
    return _act(request, viewer, paper, comment, actions.restore_comment, "The comment is back.")


def _act(request, viewer: Enrollment, paper: Paper, comment: Comment, action, told: str):
    try:
        action(comment=comment, by=viewer)
    except DomainError as refusal:
        if request.htmx:
            return _show_thread(request, viewer, paper, comment.thread, denied=refusal.message)
        messages.error(request, refusal.message)
        return redirect(page_of(viewer, paper))
    return _answer(request, viewer, paper, comment, told)


@for_members
@require_safe
def comment_file(request, viewer, paper, handle):
    attachment = get_object_or_404(queries.readable_files(viewer).filter(comment__thread__paper=paper), handle=handle)
    return serve_file(attachment)


def serve_file(attachment: Attachment):
    return serve_upload(attachment.file, kind=attachment.kind, name=attachment.name)
