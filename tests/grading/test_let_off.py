"""Work that a student is let off counts neither for nor against, whatever the steps."""

from fractions import Fraction

import pytest

from grading.engine import Facts, compute, read_policy
from tests.grading.examples import items, marked, one_component
from tests.grading.test_steps import late

REVIEWS = {"key": "reviews", "title": "Reviews", "weight": 60, "source": "reviews"}
REPORT = {"key": "report", "title": "Report", "weight": 40, "source": "milestones"}
EXEMPT = items(exempt=1)[0]


def only(steps, found, **known):
    return compute(read_policy(one_component(steps=steps)), Facts({"reviews": found}, **known)).components[0]


@pytest.mark.parametrize("is_over", [False, True])
def test_a_component_of_exempt_work_only_leaves_its_weight_to_the_others(is_over):
    found = {"reviews": items(8, 8), "milestones": items(exempt=1)}

    grade = compute(read_policy({"components": [REVIEWS, REPORT]}), Facts(found, is_over))

    assert (grade.so_far.value, grade.final.value) == (80, 80)
    assert grade.components[1].final.words[-1] == "All of it is exempt: left out, the other components count for it."


def test_work_that_is_missing_beside_exempt_work_still_counts_as_zero():
    assert only([{"step": "mean"}], items(missing=1, exempt=1)).final.share == 0


@pytest.mark.parametrize(("work", "is_failed"), [({"exempt": 1}, False), ({"missing": 1}, True)])
def test_nobody_fails_a_minimum_of_work_they_are_let_off(work, is_failed):
    document = {"components": [REVIEWS, REPORT], "gates": [{"component": "report", "least": 50}]}

    grade = compute(read_policy(document), Facts({"reviews": items(8), "milestones": items(**work)}, True))

    assert grade.final.is_failed is is_failed


@pytest.mark.parametrize(
    ("work", "share"),
    [
        (items(10, 10, exempt=1), 1),  # the other two are all that is left
        (items(10, missing=1, exempt=1), Fraction(1, 2)),
        (items(10, 10, 10, exempt=1), 1),
        (items(10, 10, missing=1, exempt=1), Fraction(2, 3)),  # three others are there, and three are needed
        (items(exempt=3), None),
    ],
)
def test_no_more_is_required_than_exempt_work_leaves(work, share):
    found = only([{"step": "required_count", "count": 3}], work, is_over=True)

    assert (found.so_far.share, found.final.share) == (share, share)


def test_the_student_reads_how_many_are_full_credit_then():
    found = only([{"step": "required_count", "count": 3}], items(10, 10, exempt=1))

    assert "1 exempt, and too few others for 3: 2 are full credit." in found.final.words


@pytest.mark.parametrize(
    ("work", "share"),
    [
        (items(10, 10, exempt=1), 1),  # 20 are left of the 30 that are full credit
        (items(10, 5, exempt=1), Fraction(3, 4)),
        (items(10, 10, 5, 5, exempt=1), 1),  # with four others 30 can still be had
        (items(10, 10, missing=1), Fraction(2, 3)),
    ],
)
def test_no_more_points_are_full_credit_than_exempt_work_leaves(work, share):
    assert only([{"step": "sum", "full_points": 30}], work, is_over=True).final.share == share


def test_late_work_that_is_excused_is_not_counted_as_late():
    steps = [{"step": "mean"}, {"step": "deduct", "count_of": "late", "each": 50}]
    excused = late(0, hours=3)._replace(key="excused", state=EXEMPT.state, points=None)

    assert only(steps, (marked(10), excused)).final.share == 1
    assert only(steps, (marked(10), late(10, hours=3)._replace(key="late"))).final.share == Fraction(1, 2)


@pytest.mark.parametrize(
    ("work", "is_failed"),
    [
        (items(9, 9, exempt=1), False),  # the other two are all that is left
        (items(9, missing=1, exempt=1), True),
        (items(9, 9, missing=1, exempt=1), True),  # three others are there, and three are asked for
    ],
)
def test_no_more_pieces_of_work_are_required_to_pass_than_exempt_work_leaves(work, is_failed):
    document = one_component() | {"gates": [{"component": "only", "count": 3}]}

    assert compute(read_policy(document), Facts({"reviews": work}, True)).final.is_failed is is_failed
