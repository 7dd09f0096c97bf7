"""Dates for calendar programs: who fetches them by which address, and how they are written (RFC 5545)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from courses.deadlines import Deadline, State
from courses.models import Enrollment
from planner.models import CalendarFeed
from planner.queries import to_do
from presentations import queries as presentations

signer = Signer(salt="planner.feed", sep=".")
BYTES_IN_LINE = 75
WORDS = {"review": "Review due", "presentation": "You present", "slides": "Slides due", "wishes": "Due"}


def address_of(enrollment: Enrollment) -> str:
    """The path for this person in this course; whoever knows it sees their dates, so it is shown to nobody else."""
    return reverse("planner:feed", args=[signer.sign(f"{enrollment.pk}.{_number_of(enrollment)}")])


def _number_of(enrollment: Enrollment) -> int:
    return CalendarFeed.objects.filter(enrollment=enrollment).values_list("number", flat=True).first() or 1


@transaction.atomic
def renew(*, enrollment: Enrollment) -> None:
    """Make the address that was given out void, and have a new one."""
    feed, _ = CalendarFeed.objects.get_or_create(enrollment=enrollment)
    feed = CalendarFeed.objects.select_for_update().get(pk=feed.pk)
    feed.number += 1
    feed.save(update_fields=["number"])


def reader_of(token: str) -> Enrollment | None:
    """Whose feed it is, if the address is still good and they are still in the course."""
    try:
        pk, number = signer.unsign(token).split(".")
    except (BadSignature, ValueError):
        return None
    people = Enrollment.objects.active().filter(user__is_active=True).select_related("user", "course__presentation_rules")
    enrollment = people.filter(pk=pk).first()
    return enrollment if enrollment and int(number) == _number_of(enrollment) else None


def calendar_of(enrollment: Enrollment) -> str:
    """Everything with a deadline that is theirs, and each of their presentations from its beginning to its end."""
    course, now = enrollment.course, timezone.now()
    ends = {
        each.slot.key: course.at(each.slot.meeting.date, each.slot.meeting.ends_at)
        for each in presentations.presenting(enrollment)
    }
    deadlines = [each for each in to_do(enrollment) if each.state != State.EXEMPT]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//CoursePortal//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(f'{course.code} {course.title}')}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        *(line for each in deadlines for line in _event(each, _end(each, ends), now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in fold(line))


def _end(deadline: Deadline, ends: dict[str, datetime]) -> datetime:
    """A deadline takes no time; a program that draws nothing for no time draws a quarter of an hour before it."""
    return ends.get(deadline.key, deadline.due_at) if deadline.kind == "presentation" else deadline.due_at


def _event(deadline: Deadline, end: datetime, now: datetime) -> Iterable[str]:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    start = deadline.due_at if end > deadline.due_at else deadline.due_at.astimezone(UTC) - timedelta(minutes=15)
    return [
        "BEGIN:VEVENT",
        f"UID:{deadline.kind}-{deadline.key}-{deadline.enrollment_id}@{host}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(end)}",
        f"SUMMARY:{escape(_summary(deadline))}",
        f"DESCRIPTION:{escape(deadline.detail)}",
        f"URL:{settings.SITE_URL}{deadline.url}",
        "END:VEVENT",
    ]


def _summary(deadline: Deadline) -> str:
    return f"{WORDS.get(deadline.kind, f'{deadline.kind.capitalize()} due')}: {deadline.title}"


def _utc(moment: datetime) -> str:
    """In UTC, so that no zone's rules need to be told."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escape(text: str) -> str:
    """Text as a value: a line break or a comma of a title must not end it."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(text.splitlines())


def fold(line: str) -> Iterator[str]:
    """A line of any length as lines of at most 75 bytes, those after the first with a space before; no letter is cut."""
    part, size = "", 0
    for letter in line:
        length = len(letter.encode())
        if size + length > BYTES_IN_LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + length
    yield part
