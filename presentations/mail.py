"""The mail about what happened to a place."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator

from presentations.models import ActKind, Notice

# {kind: subject}; who is told of an act by somebody else reads a sentence about them.
SUBJECTS = {
    ActKind.GIVEN: "You present",
    ActKind.REMOVED: "You no longer present",
    ActKind.CALLED: "You have a place from the waiting list",
    ActKind.OFFERED: "You are offered a place",
    ActKind.TAKEN_BACK: "An offer was taken back",
    ActKind.DECLINED: "Your offer was declined",
    ActKind.ACCEPTED: "A swap waits for approval",
    ActKind.REFUSED: "A swap was not approved",
    ActKind.EXPIRED: "An offer has ended",
    ActKind.SWAPPED_OUT: "You no longer present",
    ActKind.SWAPPED_IN: "You present",
    ActKind.MOVED: "Your presentation has moved",
    ActKind.CANCELLED: "Your presentation needs another meeting",
    ActKind.RESTORED: "Your presentation takes place as planned",
}


def compose(notice: Notice) -> EmailMessage:
    """Plain text, times in the course's zone. Reads what `tasks.send_notice` loads."""
    act, reader = notice.act, notice.enrollment
    course = reader.course
    context = {
        "act": act,
        "user": reader.user,
        "course": course,
        "meeting": act.role.slot.meeting if act.role_id else None,
        "link": settings.SITE_URL + reverse("presentations:slot_list", args=[course.slug]),
    }
    subject = f"{SUBJECTS[act.kind]}: {Truncator(act.what).chars(100)} ({course.code})"
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    headers = {"Message-ID": f"<place-{notice.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    body = render_to_string("presentations/email/notice.txt", context)
    return EmailMessage(" ".join(subject.split()), body, to=[reader.user.email], headers=headers)
