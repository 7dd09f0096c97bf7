"""What is taken off the whole grade by how often something happened, worked by hand, with the words that a student reads."""

from decimal import Decimal
from fractions import Fraction
from inspect import signature

import pytest

from grading.engine import ERROR, WARNING, Facts, Item, Override, compute, lint, read_policy
from grading.engine.steps import STEPS
from grading.text import policy_toml, read_policy_text
from grading.wording import STEP_WORDS, policy_in_words
from tests.grading.examples import items, marked, one_component

LETTERS = [{"letter": letter, "from": lowest} for letter, lowest in (("A", 90), ("B", 80), ("C", 70), ("F", 0))]
ABSENCES = {"component": "only", "count_of": "without_points", "each": 3, "free": 2}


def document(*deductions, source="participation", **whole) -> dict:
    return one_component(source=source, title="Class {x}") | {"letters": LETTERS, "deductions": list(deductions)} | whole


def total(doc: dict, *found: Item, is_over=True, source="participation", **overrides):
    assert [finding.message for finding in lint(doc) if finding.severity == ERROR] == []
    known = Facts({source: tuple(found)}, is_over, {}, overrides)
    return compute(read_policy(doc), known)


def test_each_absence_beyond_two_takes_three_points_off_the_total():
    classes = items(*[10] * 16, *[0] * 3, missing=1, exempt=2)  # 80 %, and four of twenty without points, two of them free

    final = total(document(ABSENCES), *classes).final

    assert (final.value, final.letter) == (80 - 2 * 3, "C")
    assert final.words[1:3] == ("Class {x}: 4 without points, which takes 6 off the total.", "That leaves 74.")


def test_each_absence_beyond_one_lowers_the_letter_by_a_step_and_never_below_the_last():
    lowering = ABSENCES | {"each": 1, "free": 1, "unit": "letters"}

    def letter(absences: int) -> str:
        return total(document(lowering), *items(*[10] * 95, *[0] * absences)).final.letter  # A as long as they are ten at most

    assert [letter(count) for count in (1, 2, 3, 4, 9)] == ["A", "B", "C", "F", "F"]
    words = total(document(lowering), *items(*[10] * 95, 0, 0, 0)).final.words
    assert words[-1] == "Lowered to C."
    assert "Class {x}: 3 without points, which lowers the letter by 2 steps." in words


def test_letters_by_specification_are_lowered_too():
    specified = [{"letter": "S", "needs": [{"component": "only", "count": 2}]}, {"letter": "U"}]
    doc = document(ABSENCES | {"unit": "letters", "free": 0}, specification=specified)
    del doc["letters"]

    assert [total(doc, *items(10, 10, *more)).final.letter for more in ((), (0,))] == ["S", "U"]


def test_a_total_never_falls_below_zero_and_tiers_count_once():
    tiers = {"component": "only", "count_of": "missing", "tiers": [{"from": 2, "off": 5}, {"from": 4, "off": 70}]}

    totals = [total(document(tiers), *items(*[10] * 6, missing=count)).final.value for count in (1, 2, 4)]

    assert totals == [Fraction(600, 7), 75 - 5, 0]


def test_what_may_still_come_is_counted_in_the_final_total_only():
    grade = total(document(ABSENCES | {"free": 0}), *items(10, 10, open=1, pending=1), is_over=False)

    assert (grade.so_far.value, grade.final.value) == (100, 50 - 6)
    assert "Class {x}: 2 without points, 2 of them outstanding, which takes 6 off the total." in grade.final.words


def test_early_in_the_term_the_final_total_is_what_it_is_if_nothing_more_comes_and_says_so():
    """Twenty classes to come count as twenty absences there, as they count zero points: each that is attended raises it."""
    finals = [total(document(ABSENCES), *items(*[10] * held, open=20 - held), is_over=False).final for held in (2, 10, 19, 20)]

    assert [final.value for final in finals] == [0, 50 - 3 * 8, 95, 100]
    assert total(document(ABSENCES), *items(10, 10, open=18), is_over=False).so_far.value == 100
    assert "Class {x}: 10 without points, 10 of them outstanding, which takes 24 off the total." in finals[1].words


@pytest.mark.parametrize(("count_of", "words"), [("without_points", "4 without points, 3"), ("missing", "3 missing, 2")])
def test_the_step_says_how_many_of_what_it_counts_are_outstanding(count_of, words):
    steps = [{"step": "mean"}, {"step": "deduct", "count_of": count_of, "tiers": [{"from": 1, "percent": 50}]}]
    states = {"missing": 1, "open": 2} | ({"pending": 1} if count_of == "without_points" else {})

    final = total(one_component(steps=steps), *items(10, 10, **states), is_over=False, source="reviews")

    said = [node.final.words for node in final.leaves()][0]
    assert f"{words} of them outstanding: 50 % of the result taken off." in said


def test_it_comes_after_the_curve_and_leaves_what_was_set_by_hand():
    curved = document(ABSENCES | {"free": 0}, curve=[{"from": 0, "to": 50}, {"from": 100, "to": 100}])
    classes = items(10, 0)

    assert total(curved, *classes).final.value == 75 - 3
    by_hand = total(document(ABSENCES | {"free": 0}), *classes, **{"": Override("So", Decimal(95))}).final
    assert (by_hand.value, by_hand.letter) == (95, "A")


def test_the_percentage_of_a_total_is_with_curve_and_deductions():
    """What Canvas is told is what the page says."""
    doc = document(ABSENCES | {"free": 0}, weights="sum", curve=[{"from": 0, "to": 10}, {"from": 50, "to": 50}])
    doc["components"][0]["weight"] = 50

    final = total(doc, *items(10, 0)).final

    assert (final.value, final.percentage) == (30 - 3, 54)


def test_a_gate_that_is_not_met_has_its_letter():
    doc = document(ABSENCES | {"unit": "letters"}, gates=[{"component": "only", "least": 50, "letter": "F"}])

    assert total(doc, *items(10, 0, 0, 0)).final.letter == "F"


def test_what_weighs_nothing_by_itself_can_be_counted():
    doc = document(ABSENCES | {"component": "attendance", "free": 0}, source="manual")
    doc["components"].append({"key": "attendance", "title": "Attendance", "weight": 0, "source": "participation"})
    known = Facts({"manual": (marked(9, key="only"),), "participation": items(1, 0)}, is_over=True)

    final = compute(read_policy(doc), known).final

    assert [finding.message for finding in lint(doc)] == []
    assert (final.value, final.points, final.possible) == (90 - 3, 90, 100)


def test_a_policy_and_a_group_weigh_something():
    nothing = {"key": "a", "title": "A", "weight": 0, "source": "manual"}
    group = {"key": "group", "title": "Group", "parts": [nothing]}
    rest = nothing | {"key": "b", "weight": 100}

    assert [finding.message for finding in lint({"components": [nothing], "weights": "scale"})] == [
        "No component weighs anything, so there is no total."
    ]
    assert [finding.message for finding in lint({"components": [group, rest]})] == [
        "Nothing in this group weighs anything; take its parts out of the group."
    ]


@pytest.mark.parametrize(
    ("deduction", "source", "severity", "message"),
    [
        ({"component": "no"}, "participation", ERROR, "No component has the key 'no'; there are: only."),
        ({"tiers": [{"from": 1, "off": 1}]}, "participation", ERROR, "Say how much is taken off by one of tiers and each."),
        ({"count_of": "late"}, "participation", ERROR, "Nothing of the source 'participation' has a deadline to be late for."),
        ({"count_of": "bad_ratings"}, "milestones", ERROR, "Ratings are of reviews, and this component counts milestones."),
        ({"unit": "letters", "each": 0.5}, "participation", ERROR, "A letter is lowered by whole steps."),
        (
            {"count_of": "late"},
            "reviews",
            WARNING,
            "Late work is counted and work that never comes is not, so handing in late can lower the total.",
        ),
    ],
)
def test_the_linter_names_what_makes_no_sense(deduction, source, severity, message):
    found = lint(document(ABSENCES | deduction, source=source))

    assert [(finding.severity, finding.message) for finding in found] == [(severity, message)]
    assert found[0].where.startswith("deductions[1]")


def test_without_letters_none_can_be_lowered():
    doc = document(ABSENCES | {"unit": "letters"}, letters=[])

    assert [finding.message for finding in lint(doc)] == ["The policy has no letters that could be lowered."]


@pytest.mark.parametrize("off", ["percent", "off"])
def test_taking_less_off_for_more_is_pointed_out(off):
    tiers = [{"from": 1, off: 50}, {"from": 3, off: 10}]
    if off == "off":
        doc = document({"component": "only", "count_of": "missing", "tiers": tiers})
    else:
        doc = one_component(source="participation", steps=[{"step": "deduct", "count_of": "missing", "tiers": tiers}])

    assert [(finding.severity, finding.message) for finding in lint(doc)] == [
        (WARNING, "More of it takes less off here, so a better mark can lower the total.")
    ]


@pytest.mark.parametrize("rule", ["gates", "deductions"])
def test_a_track_does_not_take_over_rules_of_components_that_it_lacks(rule):
    rules = {"gates": {"component": "only", "least": 50, "letter": "F"}, "deductions": ABSENCES}
    track = {"title": "Short", "sections": ["1cr"], "components": [{**one_component()["components"][0], "key": "other"}]}
    doc = document(letters=LETTERS) | {rule: [rules[rule]], "tracks": [track]}

    said = f"The track takes over {rule} of 'only', a component that it does not have; let it state its own ([] for none)."
    assert [(finding.where, finding.message) for finding in lint(doc)] == [("tracks[1]", said)]
    track[rule] = []
    assert lint(doc) == []


def test_it_is_said_in_words_and_reads_back_as_written():
    doc = document(
        ABSENCES,
        {
            "component": "only",
            "count_of": "missing",
            "unit": "letters",
            "tiers": [{"from": 4, "off": 1}, {"from": 8, "off": 2}],
        },
    )

    assert policy_in_words(read_policy(doc))["whole"][:2] == [
        "Taken off the total for pieces of work without points in Class {x}: 3 for each after the first 2.",
        "Taken off the letter for missing pieces of work in Class {x}: 1 step from 4 on, 2 steps from 8 on.",
    ]
    assert read_policy_text(policy_toml(doc), None).document == doc


def test_every_steps_words_take_all_of_its_parameters_and_no_more():
    taken = {name: set(signature(words).parameters) for name, words in STEP_WORDS.items()}

    assert taken == {name: set(kind.params) for name, kind in STEPS.items()}
