"""The reminder as a mail."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.text import Truncator

from courses.deadlines import Deadline, State
from courses.models import Enrollment
from planner.models import Reminder
from planner.timing import time_left

WHAT = {
    "review": "Review",
    "milestone": "Project hand-in",
    "presentation": "Presentation",
    "slides": "Slides",
    "wishes": "Wishes",
}
YOURS = {
    "review": "Your review of",
    "presentation": "Your presentation of",
    "slides": "Your slides for",
    "wishes": "Your answer to",
}


def compose(going: list[tuple[Reminder, Deadline]], now: datetime) -> EmailMessage:
    """One mail about work of one person with one deadline. Plain text, times in the course's zone.

    Reads enrollment.user and enrollment.course of the first reminder.
    """
    first, deadline = going[0]
    enrollment, left = first.enrollment, time_left(deadline.due_at, now)
    course = enrollment.course
    titles = ", ".join(each.title for _, each in going)
    is_due = "" if deadline.kind == "presentation" and len(going) == 1 else "due "
    subject = f"{_what([each for _, each in going])} {is_due}in {left}: {Truncator(titles).chars(100)} ({course.code})"
    context = {
        "user": enrollment.user,
        "course": course,
        "left": left,
        # As text: Django's date filter would turn an aware moment back into the site's zone.
        "due": _in_words(course.local(deadline.due_at)),
        "works": [_in_mail(enrollment, each) for _, each in going],
    }
    body = render_to_string(f"planner/email/{'reminder' if len(going) == 1 else 'reminders'}.txt", context)
    return EmailMessage(" ".join(subject.split()), body, to=[enrollment.user.email], headers=_headers(first))


def _what(deadlines: list[Deadline]) -> str:
    """ "Review", "2 reviews", or "2 things" of different kinds."""
    kinds = {deadline.kind for deadline in deadlines}
    what = WHAT.get(kinds.pop(), "Work") if len(kinds) == 1 else "Thing"
    return what if len(deadlines) == 1 else f"{len(deadlines)} {what.lower()}s"


def _in_mail(enrollment: Enrollment, deadline: Deadline) -> dict:
    return {
        "deadline": deadline,
        "yours": YOURS.get(deadline.kind, "Your team's hand-in for"),
        "closes": _in_words(enrollment.course.local(deadline.closes_at)) if deadline.closes_at > deadline.due_at else "",
        "is_draft": deadline.state == State.DRAFT,
        "link": settings.SITE_URL + deadline.url,
    }


def _in_words(there: datetime) -> str:
    return f"{there:%A} {there.day} {there:%B %Y} at {there:%H:%M}"


def _headers(reminder: Reminder) -> dict[str, str]:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return {
        "Message-ID": f"<reminder-{reminder.pk}-{reminder.due_at:%Y%m%d%H%M}@{host}>",
        "Auto-Submitted": "auto-generated",  # keeps out-of-office replies away
    }
