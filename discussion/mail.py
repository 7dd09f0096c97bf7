"""The mail about a comment, as its recipient may read it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator

from courses.models import Enrollment
from discussion.models import Notice, Why
from discussion.queries import names_in

SHOWN = 2_000  # characters of the comment


def compose(notice: Notice, reader: Enrollment) -> EmailMessage:
    """Plain text. Reads comment.thread.paper, reader.user and reader.course."""
    comment, course = notice.comment, reader.course
    thread, paper = comment.thread, comment.thread.paper
    name = names_in(reader, thread.comments.select_related("author__user"))[comment.pk]
    is_mention = notice.why == Why.MENTION
    page = settings.SITE_URL + reverse("discussion:discussion_detail", args=[course.slug, paper.key])
    context = {
        "user": reader.user,
        "course": course,
        "paper": paper,
        "name": name,
        "is_mention": is_mention,
        "is_on_review": thread.review_id is not None,
        "text": Truncator(comment.text).chars(SHOWN),
        "link": f"{page}#comment-{comment.handle}",
        "page": page,
    }
    subject = f"{'You are mentioned' if is_mention else 'New comment'}: {Truncator(paper.title).chars(100)} ({course.code})"
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    headers = {"Message-ID": f"<comment-{comment.handle}-{reader.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    body = render_to_string("discussion/email/comment.txt", context)
    return EmailMessage(" ".join(subject.split()), body, to=[reader.user.email], headers=headers)
