"""What is required to pass, and letters by specification: what they do to the letter, and what may still be met."""

import pytest

from grading.engine import Facts, compute, read_policy
from tests.grading.examples import LETTERS, items, one_component


def grade_of(gates, found, **rules):
    return compute(read_policy(one_component() | {"letters": LETTERS, "gates": gates} | rules), Facts({"reviews": found}))


HANDED_IN = {"component": "only", "all_handed_in": True, "letter": "C"}
HALF = {"component": "only", "least": 50, "letter": "F"}


@pytest.mark.parametrize(
    ("found", "letter"),
    [
        (items(10, 10, 10, 9, missing=1), "C"),  # 78 % are a C of their own
        (items(*[10] * 19, missing=1), "C"),
        (items(9, 9, 9, missing=1), "D"),
        (items(3, 3, missing=1), "F"),
    ],
)
def test_a_gate_never_raises_a_letter(found, letter):
    assert grade_of([HANDED_IN], found).final.letter == letter


@pytest.mark.parametrize("gates", [[HANDED_IN, HALF], [HALF, HANDED_IN]])
def test_of_several_gates_the_lowest_letter_holds(gates):
    grade = grade_of(gates, items(4, 4, missing=1), letters=[{"letter": "A", "from": 20}, *LETTERS[-3:-2], LETTERS[-1]])

    assert (grade.final.letter, len(grade.final.words)) == ("F", 3)


def test_a_minimum_that_can_still_be_reached_is_not_failed_yet():
    grade = grade_of([HALF], items(4, open=1))

    assert (grade.so_far.is_failed, grade.final.is_failed) == (False, True)
    assert grade.so_far.words[-1] == "Required to pass, and not met yet: Only of 50 % at least."


def test_a_minimum_out_of_reach_is_failed_already():
    grade = grade_of([HALF], items(0, 0, open=1))

    assert grade.so_far.is_failed
    assert grade.so_far.words[-1] == "Required to pass, and not met as it stands: Only of 50 % at least."


@pytest.mark.parametrize(("found", "letter"), [(items(7, open=1), "A"), (items(5, open=1), "C")])
def test_a_specified_letter_stands_while_its_minimum_can_be_reached(found, letter):
    specification = [{"letter": "A", "needs": [{"component": "only", "least": 85}]}, {"letter": "C"}]

    grade = grade_of([], found, letters=[], specification=specification)

    assert (grade.so_far.letter, grade.final.letter) == (letter, "C")
