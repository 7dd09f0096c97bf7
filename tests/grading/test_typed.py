"""A mark as it is typed: every scale, exactly, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine import NotAMark, as_typed, read_policy, read_typed
from tests.grading.examples import RUBRIC, one_component

CHECKS = [{"symbol": "✓+", "points": 5}, {"symbol": "✓", "points": 4}, {"symbol": "✓-", "points": 3}]
LETTERS = [{"symbol": "A", "points": 95}, {"symbol": "A-", "points": 91}, {"symbol": "B", "points": 85}]
TEN = Decimal(10)


def entry(**component):
    return next(read_policy(one_component(source="manual", **component)).leaves()).entry


def typed(text, out_of=TEN, **component):
    try:
        return read_typed(entry(**component), out_of, text).points
    except NotAMark as refusal:
        return str(refusal)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("8.5", Decimal("8.5")),
        ("8,5", Decimal("8.5")),
        (" 10 ", Decimal(10)),
        (".5", Decimal("0.5")),
        ("0", Decimal(0)),
        ("", None),
        ("-", None),
        ("10.01", "points here go from 0 to 10."),
        ("8.125", "points have two decimals at most."),
        ("1,234", "points have two decimals at most."),
        ("1e1", "expected points from 0 to 10."),
        ("-3", "expected points from 0 to 10."),
        ("85 %", "expected points from 0 to 10."),
        ("٨", "expected points from 0 to 10."),
        ("NaN", "expected points from 0 to 10."),
        ("=8", "expected points from 0 to 10."),
    ],
)
def test_points(text, points):
    assert typed(text) == points


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("85", Decimal("8.5")),
        ("85 %", Decimal("8.5")),
        ("33,3%", Decimal("3.33")),
        ("100", Decimal(10)),
        ("101", "expected percent from 0 to 100."),
        ("33.33", "33.33 % of 10 points are 3.333, and a mark keeps two decimals; 33.3 % would fit."),
    ],
)
def test_percent_is_taken_when_points_can_say_it(text, points):
    assert typed(text, scale="percent") == points


@pytest.mark.parametrize(
    ("text", "points"),
    [("A", 95), ("a", 95), ("A-", 91), ("A−", 91), ("a–", 91), ("91", 91), ("B", 85), ("-", None)],
)
def test_letters(text, points):
    assert typed(text, scale=LETTERS) == points


def test_a_letter_that_the_scale_has_not_is_refused():
    assert typed("C", scale=LETTERS) == "expected one of A (95), A- (91), B (85)."
    assert typed("90", scale=LETTERS) == "expected one of A (95), A- (91), B (85)."


@pytest.mark.parametrize(("text", "points"), [("✓", 4), ("✔+", 5), ("√−", 3), ("4", 4), ("3", 3)])
def test_check_plus_minus(text, points):
    assert typed(text, scale=CHECKS) == points


@pytest.mark.parametrize(("text", "points"), [("pass", 10), ("P", 10), ("fail", 0), ("f", 0), ("0", 0)])
def test_pass_and_fail_by_their_first_letter(text, points):
    assert typed(text, scale="pass-fail", max_points=10) == points


def test_a_symbol_comes_before_the_points_it_looks_like():
    scale = [{"symbol": str(symbol), "points": points} for symbol, points in ((0, 0), (1, 70), (2, 85), (70, 100))]

    assert (typed("1", scale=scale), typed("70", scale=scale), typed("85", scale=scale)) == (70, 100, 85)


def test_a_dash_that_is_a_symbol_clears_nothing():
    assert typed("-", scale=[{"symbol": "+", "points": 5}, {"symbol": "-", "points": 3}]) == 3


def test_a_beginning_that_two_symbols_share_is_refused():
    scale = [{"symbol": "pass", "points": 5}, {"symbol": "poor", "points": 1}]

    assert typed("p", scale=scale) == "expected one of pass (5), poor (1)."


@pytest.mark.parametrize("text", ["2+1+0", "2 1 0", "2; 1; 0", "2/1/0"])
def test_a_rubric_takes_a_level_for_each_part(text):
    found = read_typed(entry(rubric=RUBRIC), Decimal(6), text)

    assert (found.points, found.levels) == (3, {"summary": 2, "critique": 1, "ideas": 0})


def test_a_rubric_refuses_what_is_no_level_of_each_part():
    expected = "expected one level for each part, such as 2+2+2 (Summary, Critique, Ideas)."
    assert (typed("3", rubric=RUBRIC), typed("2+1", rubric=RUBRIC)) == (expected, expected)
    assert typed("2+5+0", rubric=RUBRIC) == "Critique: found 5; its levels are 0, 1, 2."


@given(st.decimals(min_value=0, max_value=10, places=2), st.sampled_from([{}, {"scale": "percent", "max_points": 10}]))
def test_what_a_cell_shows_can_be_typed_again(points, component):
    found = entry(**component)

    assert read_typed(found, TEN, as_typed(found, TEN, points)).points == points


def test_levels_and_symbols_that_a_cell_shows_can_be_typed_again():
    levels = [{"key": part["key"], "points": points} for part, points in zip(RUBRIC, "210", strict=True)]

    assert as_typed(entry(rubric=RUBRIC), Decimal(6), Decimal(3), levels) == "2+1+0"
    assert as_typed(entry(rubric=RUBRIC), Decimal(6), Decimal(3)) == "3"
    assert [as_typed(entry(scale=CHECKS), Decimal(5), Decimal(points)) for points in (5, 4, 3, 1)] == ["✓+", "✓", "✓-", "1"]
