"""The engine and the slow oracle agree to the last fraction, over random policies and facts.

ORACLE_EXAMPLES=5000 looks at more of them.
"""

import os
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine import ERROR, Facts, Item, Override, State, compute, computing, lint, read_policy
from tests.grading import oracle

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "150"))
COUNT = st.integers(1, 4)
PERCENT = st.integers(0, 100)
SOURCES = ("reviews", "participation", "presentations", "milestones")
LATE_SOURCES = ("reviews", "milestones")


def table(first: str, firsts, second: str = "percent", seconds=PERCENT):
    row = st.fixed_dictionaries({first: firsts, second: seconds})
    return st.lists(row, min_size=1, max_size=3, unique_by=lambda line: line[first])


def step(name: str, **params):
    return st.fixed_dictionaries({"step": st.just(name)} | params)


MAP = st.one_of(
    step("map", levels=table("from", st.integers(0, 10))),
    step("map", levels=table("from", PERCENT), by=st.just("percent")),
)
GRACE, STOP, BANK = st.sampled_from([0, 1, 1.5]), st.sampled_from([2, 3.5, 10]), st.integers(1, 4)
LATE = st.one_of(
    st.builds(
        lambda kept, more: kept | more,
        step("late", percent=st.integers(1, 30), per=st.sampled_from(["day", "hour"]), of=st.sampled_from(["full", "earned"])),
        st.fixed_dictionaries({}, optional={"grace_hours": GRACE, "stop_days": STOP, "bank_days": BANK}),
    ),
    st.builds(
        lambda kept, more: kept | more,
        step("late", points=st.sampled_from([0.5, 1, 2]), per=st.sampled_from(["day", "hour"])),
        st.fixed_dictionaries({}, optional={"grace_hours": GRACE, "stop_days": STOP, "bank_days": BANK}),
    ),
    st.builds(
        lambda kept, more: kept | more,
        step("late", tiers=table("days", st.sampled_from([0.5, 1, 2, 7]))),
        st.fixed_dictionaries({}, optional={"bank_days": BANK}),
    ),
)


@st.composite
def changing(draw, source: str):
    kinds = [MAP]
    if source in LATE_SOURCES:
        kinds.append(LATE)
    if source in ("reviews", "presentations"):
        kinds += [
            step("group", by=st.just("day"), exempt=st.sampled_from(["one", "all"])),
            step("needs", source=st.just("participation"), least=st.integers(1, 6)),
        ]
    if source == "reviews":
        kinds.append(step("group", by=st.just("paper")))
    return draw(st.lists(st.one_of(kinds), max_size=2))


@st.composite
def choosing(draw):
    first = draw(
        st.lists(st.one_of(step("exempt", counts_as=st.sampled_from(["done", "left out"])), step("sampled")), max_size=1)
    )
    kinds = [step("skip", count=COUNT), step("drop_lowest", count=COUNT), step("best_of", count=COUNT)]
    return first + draw(st.lists(st.one_of(kinds), max_size=2))


@st.composite
def bounding(draw, source: str):
    counted = ["missing", "without_points", *(["late"] if source in LATE_SOURCES else [])]
    counted += ["bad_ratings"] if source == "reviews" else []
    kinds = [
        step("cap", at=st.integers(1, 150)),
        step("all_or_nothing", at=st.integers(1, 100)),
        step("deduct", count_of=st.sampled_from(counted), tiers=table("from", st.integers(1, 6))),
        step("deduct", count_of=st.sampled_from(counted), each=st.integers(1, 40), free=st.integers(0, 2)),
    ]
    return draw(st.lists(st.one_of(kinds), max_size=2))


@st.composite
def pipelines(draw, source: str):
    before, after = draw(changing(source)) + draw(choosing()), draw(bounding(source))
    if draw(st.booleans()):
        required = draw(
            st.one_of(step("required_count", count=COUNT), step("required_count", count=COUNT, extra=st.integers(1, 10)))
        )
        then = draw(
            st.one_of(st.just([]), st.tuples(step("drop_lowest", count=COUNT)), st.tuples(step("best_of", count=COUNT)))
        )
        return [*before, required, *then, {"step": "mean"}, *after]
    aggregate = draw(
        st.sampled_from([None, {"step": "mean"}, {"step": "sum"}, {"step": "sum", "full_points": draw(st.integers(1, 60))}])
    )
    return [*before, *([aggregate] if aggregate else []), *after]


@st.composite
def deduction(draw):
    of, what = draw(
        st.one_of(
            st.tuples(st.sampled_from([*SOURCES, "group"]), st.sampled_from(["missing", "without_points"])),
            st.sampled_from([("reviews", "late"), ("group", "late"), ("reviews", "bad_ratings")]),
        )
    )
    much = st.one_of(
        st.fixed_dictionaries({"each": st.integers(1, 9), "free": st.integers(0, 3)}),
        st.fixed_dictionaries({"tiers": table("from", st.integers(1, 6), "off", st.integers(1, 9))}),
    )
    return {"component": of, "count_of": what} | draw(st.sampled_from([{}, {"unit": "letters"}])) | draw(much)


@st.composite
def documents(draw):
    leaves = [
        {"key": source, "title": source, "weight": draw(weights), "source": source, "steps": draw(pipelines(source))}
        | draw(st.sampled_from([{}, {"when_empty": "left out"}]))
        # What weighs nothing can still be counted and required.
        for source, weights in zip(SOURCES, (st.integers(0, 60), *[st.integers(1, 60)] * 3), strict=True)
    ]
    group = {"key": "group", "title": "Group", "parts": leaves[2:]}
    need = st.one_of(
        st.fixed_dictionaries({"component": st.sampled_from([*SOURCES, "group"]), "least": st.integers(1, 100)}),
        st.fixed_dictionaries({"component": st.sampled_from([*SOURCES, "group"]), "count": COUNT, "at": PERCENT}),
        st.fixed_dictionaries({"component": st.sampled_from([*SOURCES, "group"]), "all_handed_in": st.just(True)}),
    )
    which = draw(st.sampled_from(["letters", "specification"]))
    by_total = {"letters": [{"letter": "A", "from": 80}, {"letter": "B", "from": 40}, {"letter": "F", "from": 0}]}
    specified = {"specification": [{"letter": "A", "needs": draw(st.lists(need, min_size=1, max_size=2))}, {"letter": "F"}]}
    letters = st.sampled_from([band["letter"] for band in (by_total | specified)[which]])
    gates = [gate | {"letter": draw(letters)} for gate in draw(st.lists(need, max_size=2))]
    deductions = draw(st.lists(deduction(), max_size=2))
    curve = draw(st.sampled_from([{}, {"curve": [{"from": 0, "to": 5}, {"from": 50, "to": 60}, {"from": 240, "to": 240}]}]))
    return {
        "weights": draw(st.sampled_from(["scale", "sum"])),
        "components": [*leaves[:2], group],
        "deductions": deductions,
        "gates": gates,
        which: (by_total | specified)[which],
        **curve,
    }


@st.composite
def item_lists(draw, out_of: int):
    points = st.decimals(0, out_of + 1, places=1)
    lateness = st.one_of(st.none(), st.integers(-30, 200).map(lambda hours: timedelta(hours=hours, minutes=hours % 7)))
    states = draw(st.lists(st.sampled_from(State), max_size=6))
    return tuple(
        Item(
            f"i{place}",
            "Work",
            state,
            draw(points) if state is State.MARKED else None,
            Decimal(out_of),
            when=date(2021, 9, draw(st.integers(1, 4))),
            paper=draw(st.sampled_from(["", "a", "b"])),
            late=draw(lateness),
            never_came=state is State.MARKED and draw(st.booleans()),
        )
        for place, state in enumerate(states)
    )


SET_PERCENT = st.integers(0, 20_000).map(lambda number: Decimal(number) / 100)


@st.composite
def overrides(draw):
    """Mostly none; some components, the group or the whole set by hand."""
    found = {
        key: Override("Why", draw(SET_PERCENT)) for key in draw(st.lists(st.sampled_from([*SOURCES, "group"]), max_size=2))
    }
    whole = draw(
        st.one_of(
            st.none(),
            st.builds(Override, st.just("Why"), SET_PERCENT),
            st.builds(Override, st.just("Why"), st.just(None), st.just("B")),
            st.builds(Override, st.just("Why"), SET_PERCENT, st.just("B")),
        )
    )
    return found | ({"": whole} if whole else {})


@st.composite
def facts(draw):
    sources = {source: draw(item_lists(out_of)) for source, out_of in zip(SOURCES, (10, 6, 10, 20), strict=True)}
    by_hand = draw(st.one_of(st.just({}), st.just({}), overrides()))
    return Facts(sources, draw(st.booleans()), {"bad_ratings": draw(st.integers(0, 6))}, by_hand)


@settings(max_examples=EXAMPLES, deadline=None)
@given(documents(), facts())
def test_the_engine_agrees_with_the_oracle(document, known):
    assert [finding.message for finding in lint(document) if finding.severity == ERROR] == []

    found = compute(read_policy(document), known)

    for final, total in ((False, found.so_far), (True, found.final)):
        expected = oracle.grade(document, known, final=final)
        shares = {leaf.key: (leaf.final if final else leaf.so_far).share for leaf in found.leaves()}
        assert shares == {key: share for key, share in expected["shares"].items() if key != "group"}
        assert (total.value, total.letter, total.is_failed) == (expected["value"], expected["letter"], expected["failed"])


@st.composite
def late_work(draw):
    """Marked, and most of it late: where the bank of free days matters."""
    hours = draw(st.lists(st.integers(-5, 100), min_size=1, max_size=4))
    return tuple(
        Item(f"i{place}", "Work", State.MARKED, draw(st.decimals(4, 10, places=1)), Decimal(10), late=timedelta(hours=late))
        for place, late in enumerate(hours)
    )


@settings(max_examples=EXAMPLES, deadline=None)
@given(LATE, late_work())
def test_the_bank_of_late_days_is_spent_as_well_as_it_can_be(late, items):
    leaf = {"key": "reviews", "title": "Reviews", "weight": 100, "source": "reviews", "steps": [late, {"step": "mean"}]}
    document, known = {"components": [leaf]}, Facts({"reviews": items})

    found = compute(read_policy(document), known).final

    assert found.value == oracle.grade(document, known, final=True)["value"]


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data(), st.sampled_from(SOURCES))
def test_a_single_component_agrees_with_the_oracle(data, source):
    """Fewer rules at once, so that each shows."""
    steps = data.draw(pipelines(source))
    leaf = {"key": "only", "title": "Only", "weight": 100, "source": source, "steps": steps}
    document = {"components": [leaf]}
    known = data.draw(facts())

    found = compute(read_policy(document), known)

    assert (found.so_far.value, found.final.value) == tuple(
        oracle.grade(document, known, final=final)["value"] for final in (False, True)
    )


@settings(max_examples=EXAMPLES, deadline=None)
@given(documents(), st.lists(facts(), min_size=2, max_size=4))
def test_students_computed_together_get_what_each_gets_alone(document, students):
    policy = read_policy(document)
    together = computing(policy)

    assert [together(known) for known in (*students, *students)] == [compute(policy, known) for known in (*students, *students)]
