"""How much of a law is tried: all of it where CI has PostgreSQL, on which the portal is served; a part on the embedded default.

The part is a fixed one, spread over the whole; THOROUGH=1 tries all of it anywhere.
"""

import os

import pytest

THOROUGH = os.environ.get("THOROUGH", os.environ.get("REQUIRE_BACKENDS")) == "1"


def examples(count: int) -> int:
    """Of `count` examples that hypothesis is to make, how many it makes here."""
    return count if THOROUGH else -(-count // 5)


def part(cases):
    """Of a table's cases, those that are tried here: all of them or every fourth, by turns."""
    return list(cases) if THOROUGH else list(cases)[::4]


def params(cases) -> list:
    """The cases of a table for `parametrize`: each is counted, those that are not tried here are skipped."""
    tried = set(range(len(cases))[:: 1 if THOROUGH else 4])
    skip = pytest.mark.skip(reason="a part of the table is tried here, all of it where CI has PostgreSQL (THOROUGH=1)")
    return [pytest.param(*case, marks=() if number in tried else skip) for number, case in enumerate(cases)]
