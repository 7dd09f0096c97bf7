"""Who presents one of a day's papers may owe nothing for the other either."""

from datetime import date
from fractions import Fraction

import pytest

from grading.engine import Facts, Item, State, compute, read_policy
from tests.grading.examples import marked, one_component

FIRST, SECOND = date(2021, 9, 2), date(2021, 9, 7)


def on(day, key, state=State.MISSING, points=None):
    return Item(key, key, state, points, marked(1).out_of, when=day)


def outcome(steps, *items):
    policy = read_policy(one_component(steps=[*steps, {"step": "mean"}]))
    return compute(policy, Facts({"reviews": items})).components[0]


PRESENTED = (on(FIRST, "a", State.EXEMPT), on(FIRST, "b"), on(SECOND, "c", State.MARKED, marked(6).points), on(SECOND, "d"))


@pytest.mark.parametrize(
    ("params", "share"),
    [
        ({}, Fraction(3, 10)),  # 6 on the second day, and nothing for the other paper of the first: 6 of 20
        ({"exempt": "one"}, Fraction(3, 10)),
        ({"exempt": "all"}, Fraction(6, 10)),  # the first day does not count
    ],
)
def test_exempt_from_one_or_from_the_whole_day(params, share):
    node = outcome([{"step": "group", "by": "day", **params}], *PRESENTED)

    assert (node.so_far.share, node.final.share) == (share, share)


def test_an_exempt_day_can_count_as_done_once():
    group = {"step": "group", "by": "day", "exempt": "all"}
    both = (on(FIRST, "a", State.EXEMPT), on(FIRST, "b", State.EXEMPT), *PRESENTED[2:])

    node = outcome([group, {"step": "exempt", "counts_as": "done"}], *both)

    assert node.final.share == Fraction(6 + 10, 20)


def test_it_says_what_became_exempt():
    node = outcome([{"step": "group", "by": "day", "exempt": "all"}], *PRESENTED)

    assert "1 on one day with exempt work: exempt too." in node.final.words
