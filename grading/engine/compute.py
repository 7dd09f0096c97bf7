"""One student's facts under a policy -> the explanation tree."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from grading.engine.deductions import Taken, take_off
from grading.engine.exact import add_up, ratio, times
from grading.engine.facts import Facts, Item, Override
from grading.engine.flow import Flow, Said, Times, say, standing_of, start
from grading.engine.needs import Need
from grading.engine.policy import Component, Policy
from grading.engine.steps import STEPS
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
    components = tuple([_node(component, facts, alike) for component in policy.components])
    return Explanation(
        components=components,
        so_far=_total(policy, components, facts, is_final=False),
        final=_total(policy, components, facts, is_final=True),
        out_of=policy.out_of,
    )


def items_of(component: Component, facts: Facts) -> tuple[Item, ...]:
    """The items that a leaf reads from the facts of its source."""
    items = facts.sources.get(source_key(component), ())
    if component.source == "manual":
        return tuple(item for item in items if item.key == component.key)
    if component.milestones is not None:
        return tuple(item for item in items if item.key in component.milestones)
    return items


def source_key(component: Component) -> str:
    """Under which name the facts of a leaf stand: credit for handing in has facts of its own."""
    return "submissions" if component.source == "reviews" and component.credit == "submission" else component.source


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
    return item.key, item.state, item.points, item.out_of, item.when, item.paper, item.late


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
        return Outcome(None, ZERO, ZERO, flow.words, _keys(flow))
    if component.is_left_out_when_empty and not any(item.points is not None for item in flow.counted):
        words = (*flow.words, say("Nothing has points: left out, the other components count for it."))
        return Outcome(None, ZERO, ZERO, words, _keys(flow))
    if flow.share > 1 and flow.share > component.most:
        flow = flow.then(say("More than full credit counts as full credit."), share=component.most)
    earned = times(flow.share, component.weight)
    words = (*flow.words, say("{} % of {} = {}.", Times(100, flow.share), component.weight, earned))
    return Outcome(flow.share, earned, component.weight, words, _keys(flow))


def _keys(flow: Flow) -> tuple[str, ...]:
    return tuple([item.key for item in flow.counted])


def _group(component: Component, parts: tuple[Node, ...]) -> Node:
    return Node(
        key=component.key,
        title=component.title,
        weight=component.weight,
        source="",
        so_far=_group_outcome([part.so_far for part in parts], component.weight, is_final=False),
        final=_group_outcome([part.final for part in parts], component.weight, is_final=True),
        parts=parts,
    )


def _group_outcome(parts: list[Outcome], weight: Fraction, *, is_final: bool) -> Outcome:
    earned = add_up([part.earned for part in parts])
    possible = add_up([part.possible for part in parts])
    if not possible:
        return Outcome(None, earned, possible, (say("Nothing to count yet."),))
    sums = [part.earned for part in parts if part.share is not None]
    words = [say(" + ".join("{}" for _ in sums) + " = {} of {}.", *sums, earned, possible)]
    if possible < weight and is_final:
        # A part that is left out at the end leaves its weight to the others.
        words.append(say("The parts that count make up the whole: {} of {}.", earned * weight / possible, weight))
        return Outcome(ratio(earned, possible), earned * weight / possible, weight, tuple(words))
    if possible < weight:
        words.append(say("{} of {} still open.", weight - possible, weight))
    return Outcome(ratio(earned, possible), earned, possible, tuple(words))


# The total


def _total(policy: Policy, nodes: tuple[Node, ...], facts: Facts, *, is_final: bool) -> Total:
    override = facts.overrides.get("", NOT_SET)
    points, possible, value, words = _value(policy, nodes, is_final=is_final)
    taken = NOTHING_TAKEN
    if override.percent is not None:
        value = ratio(override.percent, 100) * policy.out_of
        points, possible = ratio(override.percent, 100) * policy.weight_sum, policy.weight_sum
        words.append(say("Set to {} % of {} by hand: {}", override.percent, policy.out_of, override.reason))
    elif value is not None and policy.deductions:
        taken = take_off(policy.deductions, partial(_find, nodes), facts, is_final=is_final)
        value = max(ZERO, value - taken.points)
        words += [*taken.said, *([say("That leaves {}.", value)] if taken.points else [])]
    letter, is_failed, said = _standing(policy, nodes, value, taken.letters, is_final=is_final)
    words += said
    if override.letter:
        letter = override.letter
        words.append(say("Letter set to {} by hand: {}", letter, override.reason))
    return Total(points, possible, value, letter, tuple(words), is_failed, override is not NOT_SET, policy.out_of)


def _standing(
    policy: Policy, nodes: tuple[Node, ...], value: Fraction | None, lowered: int, *, is_final: bool
) -> tuple[str, bool, tuple[Said, ...]]:
    """(letter, whether something required to pass is not met, sentences) of a total whose letter is so many steps lower."""
    if value is None:
        return "", False, ()
    letter, said = _letter(policy, nodes, value, is_final=is_final)
    if lowered and letter:
        letter = policy.lowered(letter, lowered)
        said = (*said, say("Lowered to {}.", letter))
    if failed := _failed(policy, nodes, is_final=is_final):
        return failed[0][0] or letter, True, tuple(sentence for _, sentence in failed)
    return letter, False, said


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


def _letter(policy: Policy, nodes: tuple[Node, ...], value: Fraction, *, is_final: bool) -> tuple[str, tuple[Said, ...]]:
    if policy.specification:
        return _specified_letter(policy, nodes, is_final=is_final)
    letter = policy.letter_of(value)
    if not letter:
        return "", ()
    read = policy.rounded(value) if policy.rounding.letters == "rounded" else value
    return letter, (say("{}: {} on the letter scale ({}).", letter, read, policy.rounding.words),)


def _specified_letter(policy: Policy, nodes: tuple[Node, ...], *, is_final: bool) -> tuple[str, tuple[Said, ...]]:
    """The first letter whose needs are all met; so far, the first that can still be reached."""
    lacking = ""
    for band in policy.specification:
        unmet = [need for need in band.needs if not _is_met(need, nodes, is_final=is_final)]
        if not unmet:
            words = "{}: everything is there that it needs." if is_final else "{} can still be reached."
            return band.letter, (say(words + "{}", band.letter, lacking),)
        lacking = lacking or f" {band.letter} would need {', '.join(_need_words(need, nodes) for need in unmet)}."
    return "", ()


def _failed(policy: Policy, nodes: tuple[Node, ...], *, is_final: bool) -> list[tuple[str, Said]]:
    """[(letter, sentence)] of the gates that are not met."""
    unmet = [gate for gate in policy.gates if not _is_met(gate.need, nodes, is_final=is_final)]
    words = "Required to pass, and not met: {}." if is_final else "Required to pass, and not met as it stands: {}."
    return [(gate.letter, say(words, _need_words(gate.need, nodes))) for gate in unmet]


def _is_met(need: Need, nodes: tuple[Node, ...], *, is_final: bool) -> bool:
    node = _find(nodes, need.component)
    return node is not None and need.is_met(node, is_final=is_final)


def _need_words(need: Need, nodes: tuple[Node, ...]) -> str:
    node = _find(nodes, need.component)
    return str(need.words(node.title if node else need.component))


def _find(nodes: tuple[Node, ...], key: str) -> Node | None:
    for node in nodes:
        found = node if node.key == key else _find(node.parts, key)
        if found:
            return found
    return None
