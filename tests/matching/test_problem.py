import pytest

from matching import Item, Person, Problem, ProblemError, solve

ITEMS = [Item("x", 1, 2), Item(7, 0, 2, name="Attention")]
PEOPLE = [Person("a", 0, 2), Person("b", 0, 2)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"items": [Item(7, 3, 2, name="Attention")]},
            "items: Attention has least 3 and most 2; expected 0 <= least <= most.",
        ),
        ({"people": [Person("a", -1, 2)]}, "people: a has least -1 and most 2; expected 0 <= least <= most."),
        ({"people": [*PEOPLE, Person("a", 0, 1)]}, "people: the key 'a' is there twice; expected each once."),
        ({"items": [Item(None, 0, 1)]}, "items: found the key None; expected a number or a text."),
        (
            {"preferences": {("z", "x"): 1}},
            "preferences: ('z', 'x') names the person 'z'; the problem has no such person.",
        ),
        ({"preferences": {("a", 8): 1}}, "preferences: ('a', 8) names the item 8; the problem has no such item."),
        (
            {"preferences": {("a", "x"): 1001}},
            "preferences: ('a', 'x') is 1001; expected a whole number from -1000 to 1000.",
        ),
        (
            {"preferences": {("a", "x"): 0.5}},
            "preferences: ('a', 'x') is 0.5; expected a whole number from -1000 to 1000.",
        ),
        ({"conflicts": {("a", "y")}}, "conflicts: ('a', 'y') names the item 'y'; the problem has no such item."),
        ({"conflicts": {("a",)}}, "conflicts: found ('a',); expected a pair (person, item)."),
        ({"fixed": {("x", "a")}}, "fixed: ('x', 'a') names the person 'x'; the problem has no such person."),
        ({"apart": [("a", "z")]}, "apart: ('a', 'z') names the person 'z'; the problem has no such person."),
        ({"apart": [("a", "a")]}, "apart: ('a', 'a') names one person twice; expected two."),
        ({"apart": [("a", "b", "a")]}, "apart: found ('a', 'b', 'a'); expected a pair of people."),
        ({"experts": {"y": {"a"}}}, "experts: 'y' names the item 'y'; the problem has no such item."),
        ({"experts": {"x": {"z"}}}, "experts: ('z', 'x') names the person 'z'; the problem has no such person."),
        ({"seed": -1}, "seed: found -1; expected a whole number from 0 to 2^32 - 1."),
    ],
)
def test_problem_that_contradicts_itself_is_refused_with_what_and_where(changes, message):
    parts = {"items": ITEMS, "people": PEOPLE} | changes

    with pytest.raises(ProblemError) as refusal:
        solve(Problem(**parts))

    assert str(refusal.value) == message


def test_most_without_limit_is_as_good_as_everything():
    items = [Item(key, 1, 10**12) for key in range(3)]

    result = solve(Problem(items, [Person("a", 0, 10**12), Person("b", 0, 10**12)], {("a", 0): 5, ("b", 0): -5}))

    assert (result.objective, result.is_optimal) == (5, True)
    assert sorted(item for _, item in result.pairs) == [0, 1, 2]


@pytest.mark.parametrize(("items", "people"), [([], []), (ITEMS, []), ([], PEOPLE)])
def test_empty_problem_has_an_answer(items, people):
    result = solve(Problem(items, people))

    assert result.pairs == ()
    assert result.is_feasible == (not items)
