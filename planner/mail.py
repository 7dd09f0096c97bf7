"""The reminder as a mail, and handing it to the mail server."""

import smtplib
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils.text import Truncator

from courses.deadlines import Deadline, State
from planner.models import Reminder
from planner.timing import time_left

WHAT = {"review": "Review", "milestone": "Project hand-in"}


class NotTaken(Exception):  # noqa: N818 - named for the state, as DomainError's kind are
    """The mail has certainly not left: there was no connection, or the server refused it."""


class PerhapsTaken(Exception):  # noqa: N818
    """The connection broke while the mail was handed over: whether it left is not known."""


def compose(reminder: Reminder, deadline: Deadline, now: datetime) -> EmailMessage:
    """Plain text, times in the course's zone; reads reminder.enrollment.user and its course."""
    enrollment = reminder.enrollment
    what, left = WHAT.get(deadline.kind, "Work"), time_left(deadline.due_at, now)
    subject = f"{what} due in {left}: {Truncator(deadline.title).chars(100)} ({enrollment.course.code})"
    context = {
        "user": enrollment.user,
        "course": enrollment.course,
        "what": what,
        "left": left,
        "deadline": deadline,
        # As text: Django's date filter would turn an aware moment back into the site's zone.
        "due": _in_words(enrollment.course.local(deadline.due_at)),
        "closes": _in_words(enrollment.course.local(deadline.closes_at)) if deadline.closes_at > deadline.due_at else "",
        "is_draft": deadline.state == State.DRAFT,
        "link": settings.SITE_URL + deadline.url,
    }
    body = render_to_string("planner/email/reminder.txt", context)
    return EmailMessage(" ".join(subject.split()), body, to=[enrollment.user.email], headers=_headers(reminder))


def _in_words(there: datetime) -> str:
    return f"{there:%A} {there.day} {there:%B %Y} at {there:%H:%M}"


def _headers(reminder: Reminder) -> dict[str, str]:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return {
        "Message-ID": f"<reminder-{reminder.pk}-{reminder.due_at:%Y%m%d%H%M}@{host}>",
        "Auto-Submitted": "auto-generated",  # keeps out-of-office replies away
    }


def hand_over(message: EmailMessage) -> None:
    """Give the mail to the server. Raises NotTaken or PerhapsTaken; the difference decides about trying again."""
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are OSErrors too
        raise NotTaken(f"No connection to the mail server: {error}") from error
    try:
        connection.send_messages([message])
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        raise NotTaken(f"The mail server refused it: {error}") from error
    except OSError as error:
        raise PerhapsTaken(f"The connection to the mail server broke: {error}") from error
    finally:
        with suppress(OSError):
            connection.close()
