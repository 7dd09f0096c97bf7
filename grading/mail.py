"""The mail about one message of a regrade request, as its recipient may read it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator

from courses.models import Enrollment
from grading.models import RegradeNotice, RegradeRequest
from grading.queries.policy import read_in_force
from grading.queries.regrades import title_of

SHOWN = 2_000  # characters of the message


def compose(notice: RegradeNotice, request: RegradeRequest, reader: Enrollment) -> EmailMessage:
    """Plain text. `request` as `requests_visible_to` gives it."""
    message, course = notice.message, reader.course
    title = title_of(request.mark, read_in_force(course)[1])
    context = {
        "user": reader.user,
        "course": course,
        "title": title,
        "message": message,
        "author": message.author.name,
        "is_own": request.asked_by_id == reader.pk,
        "text": Truncator(message.text).chars(SHOWN),
        "link": settings.SITE_URL + reverse("grading:regrade_detail", args=[course.slug, request.handle]),
    }
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    headers = {"Message-ID": f"<regrade-{message.pk}-{reader.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    subject = f"Regrade request: {Truncator(title).chars(100)} ({course.code})"
    body = render_to_string("grading/email/regrade.txt", context)
    return EmailMessage(" ".join(subject.split()), body, to=[reader.user.email], headers=headers)
