"""What holds for every policy and every student."""

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from grading.engine import ERROR, Facts, Item, State, compute, lint, read_policy

POINTS = st.decimals(0, 10, places=2)
WEIGHTS = st.integers(1, 60)
CHOOSING = st.one_of(
    st.just([]),
    st.integers(1, 4).map(lambda n: [{"step": "drop_lowest", "count": n}]),
    st.integers(1, 4).map(lambda n: [{"step": "best_of", "count": n}]),
    st.integers(1, 8).map(lambda n: [{"step": "required_count", "count": n}]),
    st.tuples(st.integers(1, 8), st.sampled_from(["drop_lowest", "best_of"]), st.integers(1, 4)).map(
        lambda rule: [{"step": "required_count", "count": rule[0]}, {"step": rule[1], "count": rule[2]}]
    ),
)
CAPS = st.one_of(st.just([]), st.integers(1, 100).map(lambda at: [{"step": "cap", "at": at}]))


@st.composite
def item_lists(draw, out_of=Decimal(10)):
    states = draw(st.lists(st.sampled_from(State), max_size=8))
    return tuple(
        Item(f"i{place}", "Work", state, draw(POINTS) if state is State.MARKED else None, out_of)
        for place, state in enumerate(states)
    )


@st.composite
def pipelines(draw):
    choosing = draw(CHOOSING)
    sums = [{"step": "sum"}, {"step": "sum", "full_points": draw(st.integers(1, 60))}]
    needs_mean = bool(choosing) and choosing[0]["step"] == "required_count"
    aggregate = {"step": "mean"} if needs_mean else draw(st.sampled_from([{"step": "mean"}, *sums]))
    return [*choosing, aggregate, *draw(CAPS)]


@st.composite
def documents(draw):
    leaves = [
        {"key": source, "title": source, "weight": draw(WEIGHTS), "source": source, "steps": draw(pipelines())}
        for source in ("reviews", "participation", "presentations")
    ]
    group = {"key": "group", "title": "Group", "parts": leaves[1:]}
    components = draw(st.sampled_from([leaves, [leaves[0], group]]))
    return {"weights": draw(st.sampled_from(["scale", "sum"])), "components": components}


@st.composite
def facts(draw):
    sources = {source: draw(item_lists()) for source in ("reviews", "participation", "presentations")}
    return Facts(sources, draw(st.booleans()))


@given(documents())
def test_the_linter_takes_these_documents(document):
    assert [finding for finding in lint(document) if finding.severity == ERROR] == []


@given(documents(), facts())
def test_a_total_lies_between_nothing_and_everything(document, known):
    assume(not all(map(is_let_off, known.sources.values())))

    grade = compute(read_policy(document), known)

    assert 0 <= grade.final.value <= grade.out_of
    assert grade.so_far.value is None or 0 <= grade.so_far.value <= grade.out_of


@given(documents(), facts())
def test_the_parts_add_up_to_the_total(document, known):
    assume(not any(map(is_let_off, known.sources.values())))

    grade = compute(read_policy(document), known)

    assert sum(leaf.final.earned for leaf in grade.leaves()) == grade.final.points
    assert sum(leaf.so_far.earned for leaf in grade.leaves()) == grade.so_far.points
    assert grade.final.possible == sum(leaf.weight for leaf in grade.leaves())


def is_let_off(items) -> bool:
    return {item.state for item in items} == {State.EXEMPT}


@given(documents(), facts(), st.sets(st.sampled_from(["reviews", "participation", "presentations"]), min_size=1, max_size=2))
def test_what_a_student_is_let_off_is_as_if_the_policy_had_it_not(document, known, let_off):
    known = replace(known, sources=known.sources | dict.fromkeys(let_off, (Item("a", "A", State.EXEMPT, None, Decimal(10)),)))
    assume(sum(map(is_let_off, known.sources.values())) == len(let_off))

    whole, rest = (compute(read_policy(rules), known) for rules in (document, _without(document, let_off)))

    assert (whole.so_far.percentage, whole.final.percentage) == (rest.so_far.percentage, rest.final.percentage)


def _without(document: dict, keys: set[str]) -> dict:
    """A part's weight stays within its group."""
    kept = []
    for component in document["components"]:
        parts = [part for part in component.get("parts", []) if part["key"] not in keys]
        if len(parts) == 1 and len(component["parts"]) == 2:
            parts = [parts[0] | {"weight": sum(part["weight"] for part in component["parts"])}]
        if component["key"] not in keys and ("parts" not in component or parts):
            kept.append(component | ({"parts": parts} if parts else {}))
    return document | {"components": kept}


@given(documents(), facts())
def test_scaled_and_summed_totals_differ_by_the_factor_only(document, known):
    scaled = compute(read_policy(document | {"weights": "scale"}), known)
    summed = compute(read_policy(document | {"weights": "sum"}), known)

    assert scaled.final.value * summed.out_of == summed.final.value * 100
    assert scaled.final.percentage == summed.final.percentage


@given(documents(), facts(), st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(document, known, shuffler: random.Random):
    policy = read_policy(document)
    mixed = {source: tuple(shuffler.sample(found, len(found))) for source, found in known.sources.items()}

    before, after = compute(policy, known), compute(policy, Facts(mixed, known.is_over))

    assert (before.so_far, before.final) == (after.so_far, after.final)
    assert [leaf.final.words for leaf in before.leaves()] == [leaf.final.words for leaf in after.leaves()]


@given(documents(), facts(), st.data())
def test_a_better_mark_never_lowers_a_total(document, known, data):
    found = [
        (source, place)
        for source, items in known.sources.items()
        for place, item in enumerate(items)
        if item.points is not None
    ]
    assume(found)
    source, place = data.draw(st.sampled_from(found))
    items = list(known.sources[source])
    items[place] = items[place]._replace(points=data.draw(st.decimals(items[place].points, 10, places=2)))
    policy = read_policy(document)

    before = compute(policy, known)
    after = compute(policy, Facts(known.sources | {source: tuple(items)}, known.is_over))

    assert after.final.value >= before.final.value
    assert before.so_far.value is None or after.so_far.value >= before.so_far.value


@given(documents(), facts(), st.data())
def test_a_mark_never_lowers_the_final_total(document, known, data):
    """Marking what had no points can only help: it counted as zero."""
    unmarked = [
        (source, place)
        for source, items in known.sources.items()
        for place, item in enumerate(items)
        if item.state in (State.PENDING, State.OPEN, State.MISSING)
    ]
    assume(unmarked)
    source, place = data.draw(st.sampled_from(unmarked))
    items = list(known.sources[source])
    items[place] = items[place]._replace(state=State.MARKED, points=data.draw(POINTS))
    policy = read_policy(document)

    before = compute(policy, known)
    after = compute(policy, Facts(known.sources | {source: tuple(items)}, known.is_over))

    assert after.final.value >= before.final.value


@given(documents(), facts())
def test_both_totals_agree_when_nothing_is_outstanding(document, known):
    settled = {
        source: tuple(item for item in items if item.state not in (State.OPEN, State.PENDING))
        for source, items in known.sources.items()
    }

    grade = compute(read_policy(document), Facts(settled, is_over=True))

    assert grade.so_far.value == grade.final.value


@given(st.lists(POINTS, min_size=2, max_size=8), st.integers(1, 3))
def test_dropping_never_lowers_a_mean(points, count):
    found = tuple(Item(f"i{place}", "Work", State.MARKED, value, Decimal(10)) for place, value in enumerate(points))
    leaf = {"key": "reviews", "title": "Reviews", "weight": 100, "source": "reviews"}
    plain = read_policy({"components": [leaf]})
    dropping = read_policy({"components": [leaf | {"steps": [{"step": "drop_lowest", "count": count}, {"step": "mean"}]}]})

    assert compute(dropping, Facts({"reviews": found})).final.value >= compute(plain, Facts({"reviews": found})).final.value


@given(st.lists(POINTS, min_size=1, max_size=8), st.data())
def test_a_mark_that_is_not_below_the_mean_never_lowers_it(points, data):
    policy = read_policy({"components": [{"key": "reviews", "title": "Reviews", "weight": 100, "source": "reviews"}]})
    found = tuple(Item(f"i{place}", "Work", State.MARKED, value, Decimal(10)) for place, value in enumerate(points))
    before = compute(policy, Facts({"reviews": found})).final.value
    more = data.draw(POINTS.filter(lambda value: Fraction(value) * 10 >= before))

    after = compute(policy, Facts({"reviews": (*found, Item("more", "Work", State.MARKED, more, Decimal(10)))})).final.value

    assert after >= before


@given(st.fractions(0, 100), st.sampled_from(["half_up", "half_even", "down", "up"]), st.integers(0, 6))
def test_rounding_moves_a_number_by_less_than_one_unit(value, mode, decimals):
    leaf = {"key": "a", "title": "A", "weight": 100, "source": "manual"}
    policy = read_policy({"components": [leaf], "rounding": {"decimals": decimals, "mode": mode}})

    assert abs(Fraction(policy.rounded(value)) - value) < Fraction(1, 10**decimals)
