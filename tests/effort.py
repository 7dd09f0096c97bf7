"""How much of a law is tried: all of it where CI has PostgreSQL, on which the portal is served; a part on the embedded default.

The part is a fixed one, spread over the whole; THOROUGH=1 tries all of it anywhere.
"""

import os

import pytest

THOROUGH = os.environ.get("THOROUGH", os.environ.get("REQUIRE_BACKENDS")) == "1"
# Prime, and no size of a table's columns, so that each value of each column is among those tried.
STRIDE = 1 if THOROUGH else 5


def examples(count: int) -> int:
    """Of `count` examples that hypothesis is to make, how many it makes here."""
    return -(-count // STRIDE)


def part(cases) -> list:
    """Of a table's cases, those that are tried here."""
    return list(cases)[::STRIDE]


def params(cases: list) -> list:
    """The cases of a table for `parametrize`: each is counted, those that are not tried here are skipped."""
    skip = pytest.mark.skip(reason="a part of the table is tried here, all of it where CI has PostgreSQL (THOROUGH=1)")
    return [pytest.param(*case, marks=skip if number % STRIDE else ()) for number, case in enumerate(cases)]
