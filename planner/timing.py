"""Which of a course's reminders of a deadline has come: arithmetic on moments, no database."""

from collections.abc import Iterable
from datetime import datetime, timedelta

TALK_HOURS = (168, 24)  # a week and a day before one presents, whatever else the course says
FIXED_HOURS = {"presentation": TALK_HOURS, "wishes": (24,)}  # once, a day before wishes close


def hours_for(kind: str, hours: Iterable[int]) -> list[int]:
    """When a deadline of this kind is reminded of, in a course with these hours; a course without any sends none."""
    hours = list(hours)
    return list(FIXED_HOURS.get(kind, hours)) if hours else []


def longest_reach(hours: Iterable[int]) -> int:
    """How many hours ahead the earliest reminder of any kind is sent; `hours` are the course's."""
    return max(*TALK_HOURS, *hours)


def hours_due(hours: Iterable[int], due_at: datetime, now: datetime) -> list[int]:
    """The reminders whose time has come, the one nearest to the deadline first; none once it has passed."""
    left = due_at - now
    if left <= timedelta(0):
        return []
    return sorted(hour for hour in set(hours) if left <= timedelta(hours=hour))


def time_left(due_at: datetime, now: datetime) -> str:
    """In words for a mail, to the nearest hour ("3 h"), or minute in the last hour ("45 min").

    Says what is true when the mail leaves: one that waited for the mail server must not promise 24 h.
    """
    minutes = round((due_at - now).total_seconds() / 60)
    if minutes < 60:
        return f"{max(minutes, 1)} min"
    hours = round(minutes / 60)
    return f"{round(hours / 24)} days" if hours >= TALK_HOURS[0] - 1 else f"{hours} h"
