from datetime import UTC, datetime, timedelta

import pytest

from planner.timing import hours_due, time_left

DUE = datetime(2021, 9, 2, 3, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(hours=25), []),
        (timedelta(hours=24, seconds=1), []),
        (timedelta(hours=24), [24]),
        (timedelta(hours=3, seconds=1), [24]),
        (timedelta(hours=3), [3, 24]),
        (timedelta(seconds=1), [3, 24]),
        (timedelta(0), []),
        (timedelta(hours=-1), []),
    ],
)
def test_hours_due_lists_the_reminders_whose_time_has_come(left, expected):
    assert hours_due([24, 3], DUE, DUE - left) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(hours=24), "24 h"),
        (timedelta(hours=23, minutes=59, seconds=12), "24 h"),
        (timedelta(hours=2, minutes=59), "3 h"),
        (timedelta(hours=1), "1 h"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(seconds=10), "1 min"),
    ],
)
def test_time_left_says_how_far_the_deadline_is(left, expected):
    assert time_left(DUE, DUE - left) == expected
