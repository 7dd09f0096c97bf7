from collections import Counter
from itertools import combinations
from random import Random

from hypothesis import given, settings

from matching import Infeasible, Item, Person, Problem, solve
from tests.matching import brute


@given(brute.problems())
@settings(max_examples=400, deadline=None)
def test_optimum_equals_brute_force(problem):
    result = solve(problem)

    missing, preference, unevenness = brute.best_score(problem)
    assert (result.unmet, result.objective, result.unevenness) == (missing, preference, unevenness)
    assert (result.unmet_bound, result.bound, result.gap, result.is_optimal) == (missing, preference, 0, True)


@given(brute.problems())
@settings(max_examples=200, deadline=None)
def test_pairs_keep_every_rule_and_are_what_the_figures_say(problem):
    result = solve(problem)

    assert set(result.pairs) <= set(brute.possible_pairs(problem))
    assert not brute.breaks_a_rule(problem, result.pairs)
    assert brute.score(problem, result.pairs) == (result.unmet, result.objective, result.unevenness)
    assert len(set(result.pairs)) == len(result.pairs)


@given(brute.problems())
@settings(max_examples=200, deadline=None)
def test_infeasible_only_when_brute_force_finds_nothing_that_meets_all(problem):
    result = solve(problem)

    assert isinstance(result, Infeasible) == (brute.best_score(problem)[0] > 0)
    assert result.is_feasible == (result.unmet == 0)
    if not result.is_feasible:
        assert sum(short.needed - short.got for short in result.shortages) == result.unmet
        assert result.obstacles
        assert all(obstacle.possible < obstacle.needed for obstacle in result.obstacles)


@given(brute.problems(apart=False, experts=False))
@settings(max_examples=100, deadline=None)
def test_who_asked_for_nothing_never_keeps_a_ranker_from_an_item(problem):
    """Unless a rule forbids the exchange: with who asked for nothing indifferent, exchanging would raise the total."""
    result = solve(problem)

    asked = {person for person, _ in problem.preferences}
    made, possible = set(result.pairs), set(brute.possible_pairs(problem))
    for idle, wanted in made:
        for ranker, own in made:
            if idle in asked or ranker not in asked or (ranker, wanted) in made or (idle, own) in made:
                continue
            gain = problem.preferences.get((ranker, wanted), 0) - problem.preferences.get((ranker, own), 0)
            assert gain <= 0 or not {(ranker, wanted), (idle, own)} <= possible


def test_same_seed_same_answer_in_whatever_order_things_come():
    chance = Random(3)
    everything = [(person, item) for person in range(12) for item in range(8)]
    preferences = {pair: chance.randint(-2, 2) for pair in everything if chance.random() < 0.5}

    def solved(seed, shuffle):
        def mixed(entries):
            return Random(shuffle).sample(list(entries), len(entries))

        return solve(
            Problem(
                items=mixed([Item(item, 3, 4) for item in range(8)]),
                people=mixed([Person(person, 1, 3) for person in range(12)]),
                preferences=dict(mixed(preferences.items())),
                conflicts=set(mixed([(1, 2), (3, 4)])),
                apart=mixed([(0, 1), (1, 2), (2, 3), (5, 6)]),
                experts={item: set(mixed([item, item + 1])) for item in mixed(range(4))},
                seed=seed,
            )
        )

    assert solved(1, 1) == solved(1, 2) == solved(1, 3)
    assert len({solved(seed, 1).pairs for seed in range(6)}) > 1
    assert len({solved(seed, 1).objective for seed in range(6)}) == 1


def test_equal_wishes_are_drawn_by_lot():
    winners = Counter(
        solve(Problem([Item("x", 1, 1)], [Person(key, 0, 1) for key in "abc"], {(key, "x"): 5 for key in "abc"}, seed=seed))
        .choices[0]
        .person
        for seed in range(60)
    )

    assert set(winners) == set("abc")
    assert min(winners.values()) >= 8


def test_without_preferences_loads_are_even():
    result = solve(Problem([Item(item, 3, 9) for item in range(10)], [Person(person, 0, 30) for person in range(15)]))

    assert set(Counter(person for person, _ in result.pairs).values()) == {2}
    assert set(Counter(item for _, item in result.pairs).values()) == {3}


def test_fixed_pairs_count_for_loads_and_evenness():
    result = solve(Problem([Item(1, 2, 2), Item(2, 2, 2)], [Person(key, 0, 4) for key in "abc"], fixed={("a", 1), ("a", 2)}))

    assert {person for person, _ in result.pairs} == {"b", "c"}
    assert len(result.pairs) == 2


def test_crowded_rules_that_no_flow_can_hold_are_still_solved_to_the_optimum():
    chance = Random(5)
    people, items = range(30), range(30)
    problem = Problem(
        items=[Item(item, 6, 6) for item in items],
        people=[Person(person, 5, 7) for person in people],
        preferences={(person, item): chance.randint(-20, 20) for person in people for item in items if chance.random() < 0.5},
        apart=[two for two in combinations(people, 2) if chance.random() < 0.08],
        experts={item: {chance.choice(people), chance.choice(people)} for item in items if chance.random() < 0.5},
    )

    result = solve(problem)

    assert (result.is_optimal, result.unmet, result.gap) == (True, 0, 0)
    assert not brute.breaks_a_rule(problem, result.pairs)
