from decimal import Decimal
from fractions import Fraction

import pytest

from grading.engine import Facts, Item, State, compute, read_policy
from tests.grading.examples import ece697il, items, marked, one_component


def only(document, *found, is_over=False, source="reviews"):
    """The one component of a policy over these items."""
    explanation = compute(read_policy(document), Facts({source: tuple(found)}, is_over))
    return explanation.components[0]


def ece_facts():
    return Facts(
        {
            "presentations": (marked(9),),
            # 10 meetings of 6 points so far, 16 to come; attended all, discussed at 4.
            "participation": tuple(
                Item(f"m{n}", "Meeting", State.MARKED, Decimal(6 if n < 4 else 4), Decimal(6)) for n in range(10)
            )
            + tuple(Item(f"m{n}", "Meeting", State.OPEN, None, Decimal(6)) for n in range(10, 26)),
            # 23 papers: 8 marks that add up to 68, one missing, one not marked yet, 13 to come.
            "reviews": items(8, 8, 8, 8, 9, 9, 9, 9, missing=1, pending=1, open=13),
            "milestones": (
                Item("talk", "Talk", State.MARKED, Decimal("17.5"), Decimal(20)),
                Item("report", "Report", State.OPEN, None, Decimal(50)),
            ),
        }
    )


def test_ece697il_so_far_is_what_its_author_computes_by_hand():
    grade = compute(read_policy(ece697il()), ece_facts())

    earned = {leaf.key: leaf.so_far.earned for leaf in grade.leaves()}
    assert earned == {
        "presentation": 9,  # 9 of 10
        "participation": Fraction(48, 60) * 20,  # 4 × 6 + 6 × 4 = 48 of 60 points: 16 of 20
        "reviews": 17,  # mean 8.5 of 10
        "talk": Fraction(35, 4),  # 17.5 of 20 points: 8.75 of 10
        "report": 0,
    }
    # 9 + 16 + 17 + 8.75 = 50.75 of the 60 that could be had.
    assert (grade.so_far.points, grade.so_far.possible) == (Fraction("50.75"), 60)
    assert grade.so_far.value == Fraction("50.75") / 60 * 100
    assert grade.so_far.letter == "B"  # 84.58…, shown as 84.6


def test_ece697il_final_counts_everything_outstanding_as_zero():
    grade = compute(read_policy(ece697il()), ece_facts())

    # 9 + 48/156 × 20 + 68/200 × 20 + 8.75 + 0, of 90, scaled to 100.
    points = 9 + Fraction(48, 156) * 20 + Fraction(68, 200) * 20 + Fraction("8.75")
    assert (grade.final.points, grade.final.possible) == (points, 90)
    assert grade.final.value == points / 90 * 100
    assert grade.final.letter == "F"


def test_sum_leaves_the_total_out_of_the_sum_of_the_weights():
    scaled = compute(read_policy(ece697il()), ece_facts())
    summed = compute(read_policy(ece697il(weights="sum")), ece_facts())

    assert (scaled.out_of, summed.out_of) == (100, 90)
    assert summed.final.value == summed.final.points == scaled.final.value * Fraction(9, 10)


def test_every_number_says_how_it_came_about():
    grade = compute(read_policy(ece697il()), ece_facts())

    reviews = next(leaf for leaf in grade.leaves() if leaf.key == "reviews")
    assert reviews.so_far.words == (
        "8 with points, 1 not marked yet, 1 missing, 13 still open.",
        "20 needed; the best 8 of 8 marked count.",
        "Only 8 could be asked for so far.",
        "Mean of 8: 8.5 of 10.",
        "85 % of 20 = 17.",
    )
    assert grade.so_far.words == (
        "50.75 of 60 that could be had so far.",
        "Scaled to 100: 84.583…",
        "B: 84.6 on the letter scale (rounded to 1 decimal, halves up).",
    )


@pytest.mark.parametrize(
    ("found", "so_far", "final"),
    [
        (items(10, 5), Fraction(3, 4), Fraction(3, 4)),
        (items(10, pending=1), 1, Fraction(1, 2)),
        (items(10, open=1), 1, Fraction(1, 2)),
        (items(10, missing=1), Fraction(1, 2), Fraction(1, 2)),
        (items(10, exempt=1), 1, 1),
        (items(open=2), None, 0),
        ((), None, 0),
    ],
)
def test_mean_by_state(found, so_far, final):
    node = only(one_component(steps=[{"step": "mean"}]), *found)

    assert (node.so_far.share, node.final.share) == (so_far, final)


def test_nothing_counts_as_zero_once_the_course_is_over():
    node = only(one_component(), is_over=True)

    assert node.so_far.share == 0


@pytest.mark.parametrize(
    ("found", "so_far", "final"),
    [
        (items(10, 10, missing=1), 1, 1),  # one of three may be skipped
        (items(10, missing=2), Fraction(1, 2), Fraction(1, 2)),
        (items(10, missing=1, open=1), 1, Fraction(1, 2)),  # the open one can still make up for it
        (items(10, 8, 6), Fraction(9, 10), Fraction(9, 10)),  # the best two count
        (items(10), 1, Fraction(1, 2)),  # more may be announced
    ],
)
def test_required_count_takes_the_best_and_counts_what_is_short_as_zero(found, so_far, final):
    node = only(one_component(steps=[{"step": "required_count", "count": 2}]), *found)

    assert (node.so_far.share, node.final.share) == (so_far, final)


def test_required_count_asks_for_all_once_the_course_is_over():
    node = only(one_component(steps=[{"step": "required_count", "count": 2}]), *items(10), is_over=True)

    assert node.so_far.share == Fraction(1, 2)


def test_drop_lowest_compares_percentages():
    found = [marked(40, out_of=100, key="large"), marked(1, out_of=2, key="small"), marked(9, key="ten")]

    node = only(one_component(steps=[{"step": "drop_lowest", "count": 1}, {"step": "mean"}]), *found)

    assert node.so_far.counted == {"small", "ten"}
    assert node.so_far.share == Fraction(7, 10)


def test_drop_lowest_leaves_one():
    node = only(one_component(steps=[{"step": "drop_lowest", "count": 5}]), *items(4, 6))

    assert node.so_far.share == Fraction(6, 10)


def test_best_of_counts_the_best():
    node = only(
        one_component(source="presentations", steps=[{"step": "best_of", "count": 1}]), *items(4, 9), source="presentations"
    )

    assert node.so_far.share == Fraction(9, 10)


@pytest.mark.parametrize(
    ("found", "so_far", "final"),
    [
        (items(10, 10, 10, 0), Fraction(1), Fraction(1)),  # 30 points; 20 are full credit, more count for nothing
        (items(5, 5, open=2), Fraction(1), Fraction(1, 2)),  # half of the chances, so half of the 20 is asked for
        (items(4, 4, open=2), Fraction(4, 5), Fraction(2, 5)),
    ],
)
def test_sum_with_full_points(found, so_far, final):
    document = one_component(source="participation", steps=[{"step": "sum", "full_points": 20}])

    node = only(document, *found, source="participation")

    assert (node.so_far.share, node.final.share) == (so_far, final)


def test_cap_bounds_the_share():
    node = only(one_component(steps=[{"step": "mean"}, {"step": "cap", "at": 90}]), *items(10))

    assert node.so_far.share == Fraction(9, 10)


def test_a_mark_above_what_the_work_is_worth_now_counts_as_full():
    node = only(one_component(), marked(12))

    assert node.so_far.share == 1


def test_a_manual_component_reads_its_own_mark_only():
    found = [marked(7, key="only"), marked(1, key="another")]

    node = only(one_component(source="manual"), *found, source="manual")

    assert node.so_far.share == Fraction(7, 10)


def test_credit_for_submission_reads_submissions():
    found = [marked(1, out_of=1, key="a"), marked(1, out_of=1, key="b")]

    node = only(
        one_component(credit="submission", steps=[{"step": "required_count", "count": 2}]), *found, source="submissions"
    )

    assert node.so_far.share == 1


@pytest.mark.parametrize(
    ("mode", "value", "shown"),
    [
        ("half_up", "89.95", "90.0"),
        ("half_up", "89.949999", "89.9"),
        ("half_even", "89.85", "89.8"),
        ("half_even", "89.95", "90.0"),
        ("down", "89.99", "89.9"),
        ("up", "89.91", "90.0"),
        ("up", "89.9", "89.9"),
    ],
)
def test_rounding_is_the_stated_one(mode, value, shown):
    policy = read_policy(one_component() | {"rounding": {"decimals": 1, "mode": mode}})

    assert policy.rounded(Fraction(value)) == Decimal(shown)


@pytest.mark.parametrize(("read_from", "letter"), [("rounded", "A"), ("exact", "A-")])
def test_a_letter_is_read_from_the_total_that_the_policy_names(read_from, letter):
    policy = read_policy(ece697il(rounding={"letters": read_from}))

    assert policy.letter_of(Fraction("92.95")) == letter


@pytest.mark.parametrize(("total", "letter"), [("93", "A"), ("92.9", "A-"), ("90", "A-"), ("0", "F"), ("100", "A")])
def test_letter_bands_own_their_lower_bound(total, letter):
    assert read_policy(ece697il()).letter_of(Fraction(total)) == letter


def test_numbers_of_a_document_are_exact():
    document = {"components": [{"key": f"c{n}", "title": "C", "weight": 0.1, "source": "manual"} for n in range(10)]}

    assert read_policy(document).weight_sum == 1
