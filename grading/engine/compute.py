"""One student's facts under a policy -> the explanation tree."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache, partial

from grading.engine.deductions import Taken, take_off
from grading.engine.exact import add_up, ratio, times
from grading.engine.facts import Facts, Item, Override
from grading.engine.flow import Flow, Said, Times, say, standing_of, start
from grading.engine.policy import Component, Policy
from grading.engine.standing import Reading, find, standing
from grading.engine.steps import STEPS
from grading.engine.to_come import items_of, with_everything
from grading.engine.tree import Explanation, Node, Outcome, Total

ZERO = Fraction(0)
# With more pieces of work than these hardly two students' look alike.
FEW = 4
Readings = tuple[Outcome, Outcome]  # so far, final
NOT_SET = Override("")
NOTHING_TAKEN = Taken()


def compute(policy: Policy, facts: Facts) -> Explanation:
    """Same policy and facts, same answer; the order in which items come does not matter."""
    return _compute(policy, {}, facts)


def computing(policy: Policy) -> Callable[[Facts], Explanation]:
    """`compute` for many students of one policy: where the work of two looks alike, what it comes to is computed once."""
    return partial(_compute, policy, {})


def _compute(policy: Policy, alike: dict[tuple, Readings], facts: Facts) -> Explanation:
    components = _nodes(policy, facts, alike)
    at_best = cache(lambda: _nodes(policy, with_everything(policy, facts), alike))
    return Explanation(
        components=components,
        so_far=_total(policy, Reading(components, False, at_best), facts),
        final=_total(policy, Reading(components, True, at_best), facts),
        out_of=policy.out_of,
    )


def _nodes(policy: Policy, facts: Facts, alike: dict[tuple, Readings]) -> tuple[Node, ...]:
    return tuple([_node(component, facts, alike) for component in policy.components])


def _node(component: Component, facts: Facts, alike: dict[tuple, Readings]) -> Node:
    node = _computed(component, facts, alike)
    override = facts.overrides.get(component.key)
    if override is None:
        return node
    return node._replace(so_far=_set(node.so_far, component, override), final=_set(node.final, component, override))


def _set(outcome: Outcome, component: Component, override: Override) -> Outcome:
    """The outcome that a person put in the computed one's place; how it would have come about stays beside it."""
    share = ratio(override.percent, 100)
    words = say("Set to {} % of {} by hand: {}", override.percent, component.weight, override.reason)
    return outcome._replace(
        share=share,
        earned=share * component.weight,
        possible=component.weight,
        said=(*outcome.said, words),
        is_set=True,
        is_left_out=False,
    )


def _computed(component: Component, facts: Facts, alike: dict[tuple, Readings]) -> Node:
    if component.parts:
        return _group(component, tuple([_node(part, facts, alike) for part in component.parts]))
    items = items_of(component, facts)
    if len(items) > FEW or component.asks_around:
        readings = _readings(component, items, facts)
    else:
        look = (component.key, facts.is_over, *[_look(item) for item in items])
        if (readings := alike.get(look)) is None:
            readings = alike[look] = _readings(component, items, facts)
    return Node(component.key, component.title, component.weight, component.source, *readings, items)


def _look(item: Item) -> tuple:
    """All of an item that a step reads."""
    return item.key, item.state, item.points, item.out_of, item.when, item.paper, item.late, item.never_came


def _readings(component: Component, items: tuple[Item, ...], facts: Facts) -> Readings:
    """Most of the work is settled and the same in both readings; a step that makes no difference between them runs once."""
    standing = standing_of(items)
    so_far, final = start(standing, facts, is_final=False), start(standing, facts, is_final=True)
    for step in component.steps:
        kind, before = STEPS[step.name], so_far
        so_far = kind.run(before, **step.params)
        if kind.tells_readings_apart or not final.stands_like(before):
            final = kind.run(final, **step.params)
        else:
            final = final.after(before, so_far)
    return _outcome(component, so_far), _outcome(component, final)


def _outcome(component: Component, flow: Flow) -> Outcome:
    if flow.share is None:
        return Outcome(None, ZERO, ZERO, flow.words, _keys(flow), is_left_out=flow.is_let_off)
    if component.is_left_out_when_empty and not any(item.points is not None for item in flow.counted):
        words = (*flow.words, say("Nothing has points: left out, the other components count for it."))
        return Outcome(None, ZERO, ZERO, words, _keys(flow), is_left_out=_is_settled(flow))
    if flow.share > 1 and flow.share > component.most:
        flow = flow.then(say("More than full credit counts as full credit."), share=component.most)
    earned = times(flow.share, component.weight)
    words = (*flow.words, say("{} % of {} = {}.", Times(100, flow.share), component.weight, earned))
    return Outcome(flow.share, earned, component.weight, words, _keys(flow))


def _is_settled(flow: Flow) -> bool:
    """Whether nothing more can come of it."""
    return flow.is_final or (not flow.outstanding and (flow.is_over or bool(flow.items)))


def _keys(flow: Flow) -> tuple[str, ...]:
    return tuple([item.key for item in flow.counted])


def _group(component: Component, parts: tuple[Node, ...]) -> Node:
    return Node(
        key=component.key,
        title=component.title,
        weight=component.weight,
        source="",
        so_far=_group_outcome(parts, [part.so_far for part in parts], component.weight),
        final=_group_outcome(parts, [part.final for part in parts], component.weight),
        parts=parts,
    )


def _group_outcome(parts: tuple[Node, ...], outcomes: list[Outcome], weight: Fraction) -> Outcome:
    earned = add_up([part.earned for part in outcomes])
    possible = add_up([part.possible for part in outcomes])
    if not possible:
        is_left_out = all(part.is_left_out for part in outcomes)
        return Outcome(None, earned, possible, (say("Nothing to count yet."),), is_left_out=is_left_out)
    sums = [part.earned for part in outcomes if part.share is not None]
    words = [say(" + ".join("{}" for _ in sums) + " = {} of {}.", *sums, earned, possible)]
    if any(part.is_left_out for part in outcomes):
        left_out = add_up([part.weight for part, outcome in zip(parts, outcomes, strict=True) if outcome.is_left_out])
        # What is left out leaves its weight to the other parts.
        earned, possible = (number * weight / (weight - left_out) for number in (earned, possible))
        words.append(say("The parts that count make up the whole: {} of {}.", earned, possible))
    if possible < weight:
        words.append(say("{} of {} still open.", weight - possible, weight))
    return Outcome(ratio(earned, possible), earned, possible, tuple(words))


# The total


def _total(policy: Policy, reading: Reading, facts: Facts) -> Total:
    nodes, is_final = reading.nodes, reading.is_final
    override = facts.overrides.get("", NOT_SET)
    points, possible, value, words = _value(policy, nodes, is_final=is_final)
    taken = NOTHING_TAKEN
    if override.percent is not None:
        value = ratio(override.percent, 100) * policy.out_of
        points, possible = ratio(override.percent, 100) * policy.weight_sum, policy.weight_sum
        words.append(say("Set to {} % of {} by hand: {}", override.percent, policy.out_of, override.reason))
    elif value is not None and policy.deductions:
        taken = take_off(policy.deductions, partial(find, nodes), facts, is_final=is_final)
        value = max(ZERO, value - taken.points)
        words += [*taken.said, *([say("That leaves {}.", value)] if taken.points else [])]
    letter, is_failed, said = standing(policy, reading, value, taken.letters)
    words += said
    if override.letter:
        letter = override.letter
        words.append(say("Letter set to {} by hand: {}", letter, override.reason))
    return Total(points, possible, value, letter, tuple(words), is_failed, override is not NOT_SET, policy.out_of)


def _value(
    policy: Policy, nodes: tuple[Node, ...], *, is_final: bool
) -> tuple[Fraction, Fraction, Fraction | None, list[Said]]:
    """(points, possible, value, words) as the components make them up."""
    outcomes = [node.final if is_final else node.so_far for node in nodes]
    points = add_up([outcome.earned for outcome in outcomes])
    possible = add_up([outcome.possible for outcome in outcomes])
    if not possible:
        return points, possible, None, [say("Nothing to count yet.")]
    raw = times(ratio(points, possible), policy.out_of)
    value = policy.curved(raw)
    return points, possible, value, _value_words(policy, points, possible, raw, value, is_final=is_final)


def _value_words(policy: Policy, points, possible, raw, value, *, is_final: bool) -> list[Said]:
    words = [say("{} of {}." if is_final else "{} of {} that could be had so far.", points, possible)]
    if possible != policy.out_of:
        words.append(say("Scaled to {}: {}.", policy.out_of, raw))
    if policy.curve:
        words.append(say("The curve makes {} of {}.", value, raw))
    return words
