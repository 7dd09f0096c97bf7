from itertools import combinations
from random import Random

from hypothesis import given, settings

from matching import Item, Person, Problem
from matching.flow import Network, score
from matching.search import Search, find_clashes
from matching.table import read
from tests.matching import brute


def branched(problem, flows):
    """As large problems are solved: by branching on flows, without CP-SAT."""
    table = read(problem)
    return table, Search(table, Network(table), flows, lambda share: None, cp_sat_up_to=0).run()


def crowded(seed):
    chance = Random(seed)
    people, items = range(14), range(10)
    return Problem(
        items=[Item(item, 4, 4) for item in items],
        people=[Person(person, 2, 3) for person in people],
        preferences={(person, item): chance.randint(-20, 20) for person in people for item in items},
        apart=[two for two in combinations(people, 2) if chance.random() < 0.25],
        experts={item: {chance.choice(people), chance.choice(people)} for item in items},
    )


@given(brute.problems())
@settings(max_examples=200, deadline=None)
def test_branching_equals_brute_force(problem):
    _, found = branched(problem, flows=2000)

    missing, preference, unevenness = brute.best_score(problem)
    assert found.score == found.bound == (missing, -preference, unevenness)


def test_search_cut_short_keeps_the_rules_and_states_a_bound_that_holds():
    for seed in range(10):
        table, short = branched(crowded(seed), flows=6)
        whole = Search(table, Network(table), 60, lambda share: None).run()

        assert find_clashes(table, short.chosen) == []
        assert short.score == score(table, short.chosen)
        assert short.bound <= whole.score <= short.score
        assert whole.score == whole.bound
