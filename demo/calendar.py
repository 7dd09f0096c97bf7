"""Moves the example's term so that it is in its middle and the class meets today."""

import calendar
import re
import tomllib
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

INTO_TERM = timedelta(weeks=8)  # how far the term has come
EARLY = timedelta(minutes=15)  # participation is recorded from so long before a meeting

DATE = re.compile(r"(?<== )\d{4}-\d{2}-\d{2}")
WEEKDAY = re.compile(rf"\b({'|'.join(calendar.day_name)})(?=s?\b)")


def moved_to(text: str, now: datetime) -> str:
    """The course file with all dates moved by the same days, and its days of the week with them.

    Where the class would meet only later in the day, today's meeting begins with the hour that has come.
    """
    document = tomllib.loads(text)
    there = now.astimezone(ZoneInfo(document["course"]["time_zone"]))
    meeting = _meeting_of_today(document, there.date())
    days = (there.date() - meeting["date"]).days
    text = DATE.sub(lambda found: (date.fromisoformat(found[0]) + timedelta(days)).isoformat(), text)
    text = WEEKDAY.sub(lambda found: _weekday(found[0], days), text)
    if there < there.replace(hour=0, minute=0) + _since_midnight(document["course"]["meets_from"]) - EARLY:
        text = _meets_at(text, meeting["key"], there.replace(minute=0, second=0), document["course"])
    return text


def _meeting_of_today(document: dict, today: date) -> dict:
    """Of the meetings about papers in the middle week, the one whose day of the week is nearest to today's."""
    middle = document["course"]["starts_on"] + INTO_TERM
    monday = middle - timedelta(days=middle.weekday())
    week = [
        meeting
        for meeting in document["meetings"]
        if monday <= meeting["date"] < monday + timedelta(days=7) and meeting.get("kind", "paper") == "paper"
    ]
    return min(week, key=lambda meeting: abs((today.weekday() - meeting["date"].weekday() + 3) % 7 - 3))


def _weekday(name: str, days: int) -> str:
    names = list(calendar.day_name)
    return names[(names.index(name) + days) % 7]


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute)


def _meets_at(text: str, key: str, starts: datetime, course: dict) -> str:
    ends = starts + _since_midnight(course["meets_until"]) - _since_midnight(course["meets_from"])
    line = f'[[meetings]]\nkey = "{key}"\n'
    return text.replace(line, f"{line}starts_at = {starts:%H:%M:00}\nends_at = {ends:%H:%M:00}\n")
