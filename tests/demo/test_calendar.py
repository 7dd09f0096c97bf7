"""The demo's class meets today, whatever day it is started on."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta

import pytest

from demo.calendar import moved_to
from tests.coursefile.files import EXAMPLE

MONDAY = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # 13:00 in New York


def meetings_of(text: str) -> dict:
    return {meeting["date"]: meeting for meeting in tomllib.loads(text)["meetings"]}


@pytest.mark.parametrize(
    ("day", "meets_on"),
    [
        (0, ["Monday", "Wednesday"]),
        (1, ["Tuesday", "Thursday"]),
        (2, ["Wednesday", "Friday"]),
        (3, ["Tuesday", "Thursday"]),
        (4, ["Wednesday", "Friday"]),
        (5, ["Thursday", "Saturday"]),
        (6, ["Sunday", "Tuesday"]),
    ],
)
def test_the_class_meets_today_about_a_paper(day, meets_on):
    now = MONDAY + timedelta(days=day)

    moved = moved_to(EXAMPLE, now)

    course = tomllib.loads(moved)["course"]
    assert meetings_of(moved)[now.date()]["papers"] != []
    assert (course["meets_on"], (now.date() - course["starts_on"]).days in (55, 57)) == (meets_on, True)
    assert f"{meets_on[0]}s and {meets_on[1]}s, 8:30 to 9:45" in moved
    assert {when.strftime("%A") for when in meetings_of(moved)} == set(meets_on)


def test_before_class_the_meeting_begins_with_the_hour():
    moved = moved_to(EXAMPLE, MONDAY.replace(hour=10, minute=58))

    meeting = meetings_of(moved)[date(2026, 11, 23)]
    assert (meeting["starts_at"], meeting["ends_at"]) == (time(5), time(6, 15))
    assert ["starts_at" in each for each in meetings_of(moved).values()].count(True) == 1
