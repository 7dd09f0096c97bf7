"""What the linter says of rules that look at the whole: extra credit, gates, tiers, the order of choosing."""

import pytest

from grading.engine import ERROR, WARNING, Known, lint
from tests.grading.examples import LETTERS, one_component

EXTRA = [{"step": "mean"}, {"step": "cap", "at": 110}]
KNOWN = Known(papers=23, meetings=26, slots=22)


def told(document):
    return [(finding.severity, finding.where, finding.message) for finding in lint(document, KNOWN)]


def letters(*bands):
    return [{"letter": letter, "from": bound} for letter, bound in bands]


CURVE = [{"from": 0, "to": 0}, {"from": 100, "to": 104}]


@pytest.mark.parametrize(
    ("rules", "best", "most"),
    [
        (one_component(steps=EXTRA), 110, None),
        (one_component(steps=EXTRA), 111, 110),
        (one_component() | {"curve": CURVE}, 104, None),
        (one_component() | {"curve": CURVE}, 105, 104),
        (one_component() | {"curve": [{"from": 0, "to": 0}, {"from": 100, "to": 90}]}, 93, 90),
    ],
)
def test_a_letter_is_out_of_reach_above_extra_credit_and_curve(rules, best, most):
    unreachable = f"Nobody can reach A+ from {best}: the total is at most {most}."
    expected = [(WARNING, "letters[1].from", unreachable)] if most else []

    assert told(rules | {"letters": letters(("A+", best), ("F", 0))}) == expected


@pytest.mark.parametrize(("to", "is_told"), [(100, False), (110, False), (99.5, True)])
def test_the_highest_letter_reaches_to_the_end_of_the_scale(to, is_told):
    bands = [{"letter": "A", "from": 90, "to": to}, {"letter": "F", "from": 0}]
    gap = (ERROR, "letters[1].to", "A ends at 99.5: totals from 99.5 up to 100 have no letter.")

    assert told(one_component() | {"letters": bands}) == ([gap] if is_told else [])


def test_extra_credit_that_a_curve_cuts_off_is_told():
    words = "With extra credit totals reach 110; above 100 the curve makes of all what it makes of 100."

    assert told(one_component(steps=EXTRA) | {"curve": CURVE}) == [(WARNING, "curve", words)]


@pytest.mark.parametrize("source", ["presentations", "manual"])
def test_a_gate_that_everybody_meets_is_told(source):
    document = one_component(source=source) | {"gates": [{"component": "only", "all_handed_in": True}]}
    words = "Nothing of 'Only' is ever missing, so this asks nothing of it; say how much is needed by count or least."

    assert told(document) == [(WARNING, "gates[1]", words)]


def test_a_gate_that_nobody_can_meet_is_told():
    gates = [{"component": "only", "count": 24}, {"component": "only", "count": 23}]

    assert told(one_component() | {"gates": gates}) == [
        (WARNING, "gates[1].count", "24 pieces of work are asked for, and 'Only' has 23.")
    ]


def test_a_letter_that_needs_more_than_there_is_is_told():
    specification = [{"letter": "A", "needs": [{"component": "only", "count": 24}]}, {"letter": "F"}]

    assert told(one_component() | {"specification": specification}) == [
        (WARNING, "specification[1].needs[1].count", "24 pieces of work are asked for, and 'Only' has 23.")
    ]


def test_a_gate_to_the_best_letter_is_told():
    document = one_component() | {"letters": LETTERS, "gates": [{"component": "only", "least": 50, "letter": "A"}]}

    assert told(document) == [(WARNING, "gates[1].letter", "A is the best letter, so who does not meet this loses nothing.")]


def test_work_that_is_never_missing_cannot_be_counted_as_missing():
    steps = [{"step": "mean"}, {"step": "deduct", "count_of": "missing", "each": 5}]
    words = "Nothing of the source 'presentations' is ever missing; without_points counts what has no points."

    assert told(one_component(source="presentations", steps=steps)) == [(WARNING, "components[1].steps[2]", words)]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            {"step": "late", "tiers": [{"days": 7, "percent": 50}, {"days": 7.0, "percent": 20}]},
            "Two tiers end at 7 days.",
        ),
        (
            {"step": "deduct", "count_of": "missing", "tiers": [{"from": 4, "percent": 20}, {"from": 4, "percent": 50}]},
            "Two tiers start from 4.",
        ),
    ],
)
def test_two_tiers_at_one_place_are_refused(step, words):
    assert told(one_component(steps=[step])) == [(ERROR, "components[1].steps[1]", words)]


@pytest.mark.parametrize(
    "late",
    [{"step": "exempt", "counts_as": "done"}, {"step": "sampled"}],
)
@pytest.mark.parametrize("early", ["required_count", "drop_lowest", "best_of"])
def test_a_step_that_comes_after_the_choice_is_told(late, early):
    document = one_component(steps=[{"step": early, "count": 2}, late, {"step": "mean"}])
    words = f"{early} has chosen already, so {late['step']} comes too late; write it before."

    assert told(document) == [(WARNING, "components[1].steps[2]", words)]
