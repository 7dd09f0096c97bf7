"""The definition of the best assignment, tried out over every set of pairs; shares no code with the engine."""

from itertools import combinations, product

from hypothesis import strategies as st

from matching import Item, Person, Problem


def possible_pairs(problem):
    everything = product([person.key for person in problem.people], [item.key for item in problem.items])
    return [pair for pair in everything if pair not in problem.conflicts and pair not in problem.fixed]


def breaks_a_rule(problem, pairs):
    """New pairs only: what is fixed stands, whatever the rules say."""
    every = set(problem.fixed) | set(pairs)
    for at, entries in ((0, problem.people), (1, problem.items)):
        most = {entry.key: entry.most for entry in entries}
        if any(sum(other[at] == pair[at] for other in every) > most[pair[at]] for pair in pairs):
            return True
    apart = {frozenset(two) for two in problem.apart}
    return any(
        one[1] == other[1] and frozenset({one[0], other[0]}) in apart for one in pairs for other in every if one[0] != other[0]
    )


def score(problem, pairs):
    """(what is missing, the total preference, unevenness)"""
    every = set(problem.fixed) | set(pairs)
    missing = uneven = 0
    for at, entries in ((0, problem.people), (1, problem.items)):
        for entry in entries:
            load = sum(pair[at] == entry.key for pair in every)
            missing += max(entry.least - load, 0)
            uneven += load**2
    for item, experts in problem.experts.items():
        missing += not any((person, item) in every for person in experts)
    return missing, sum(problem.preferences.get(pair, 0) for pair in pairs), uneven


def best_score(problem):
    possible = possible_pairs(problem)
    subsets = (pairs for size in range(len(possible) + 1) for pairs in combinations(possible, size))
    scores = (score(problem, pairs) for pairs in subsets if not breaks_a_rule(problem, pairs))
    return min(scores, key=lambda found: (found[0], -found[1], found[2]))


SHAPES = st.sampled_from([(1, 1), (2, 3), (3, 3), (4, 2), (2, 4), (5, 2), (3, 2)])


@st.composite
def problems(draw, *, apart=True, experts=True):
    people, items = draw(SHAPES)
    everything = list(product(range(people), range(items)))
    subset = st.sets(st.sampled_from(everything), max_size=3)
    bounds = st.tuples(st.integers(0, 2), st.integers(0, 2)).map(lambda two: (two[0], two[0] + two[1]))
    two = list(combinations(range(people), 2))
    needing = draw(st.sets(st.integers(0, items - 1))) if experts else set()
    return Problem(
        items=[Item(key, *draw(bounds)) for key in range(items)],
        people=[Person(key, *draw(bounds)) for key in range(people)],
        preferences=draw(st.dictionaries(st.sampled_from(everything), st.integers(-20, 20))),
        conflicts=draw(subset),
        fixed=draw(subset),
        apart=draw(st.sets(st.sampled_from(two))) if apart and two else set(),
        experts={item: draw(st.sets(st.integers(0, people - 1))) for item in sorted(needing)},
        seed=draw(st.integers(0, 9)),
    )
