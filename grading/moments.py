"""A date or moment as people write it, in the course's time zone."""

from datetime import UTC, date, datetime, time, timedelta

from courses.models import Course

TICK = timedelta(microseconds=1)


def read_moment(course: Course, text: str, *, is_start: bool = False) -> datetime:
    """A date is the end of that day, or with `is_start` its start. A clock without a zone is the course's, and of an hour
    that it shows twice the first.

    Raises ValueError, in words, for what is no moment and for a clock that was never shown: it was put forward over it.
    """
    read = _read(course, text.strip(), is_start=is_start)
    if read is None or not 1900 <= read.year <= 9000:  # so that it is a moment in every zone
        raise ValueError(f"Found {text!r}; expected a date such as 2021-10-20 or a moment such as 2021-10-20T17:00.")
    return read if read.tzinfo else moment_of(course, read)


def _read(course: Course, text: str, *, is_start: bool) -> datetime | None:
    try:
        if len(text) == len("2021-10-20"):
            day = date.fromisoformat(text)
            return course.at(day, time(0)) if is_start else course.at(day + timedelta(days=1), time(0)) - TICK
        # An unencoded + in an address arrives as a space.
        moment = datetime.fromisoformat(text[:11] + text[11:].replace(" ", "+"))
        return moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None


def moment_of(course: Course, clock: datetime) -> datetime:
    """When clocks in the course's zone show this (naive) date and time. Raises ValueError where they never do."""
    moment = clock.replace(tzinfo=course.zone).astimezone(UTC)
    if course.local(moment).replace(tzinfo=None) != clock:
        words = f"In {course.time_zone} clocks skip {clock:%H:%M} on {clock:%Y-%m-%d}, when they are put forward."
        raise ValueError(words)
    return moment
