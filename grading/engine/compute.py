"""One student's facts under a policy -> the explanation tree."""

from fractions import Fraction

from grading.engine.exact import add_up, ratio
from grading.engine.facts import Facts, Item
from grading.engine.policy import Component, Policy
from grading.engine.steps import STEPS, Flow, Said, Times, say, standing_of, start
from grading.engine.tree import Explanation, Node, Outcome, Total

ZERO = Fraction(0)


def compute(policy: Policy, facts: Facts) -> Explanation:
    """Same policy and facts, same answer; the order in which items come does not matter."""
    components = tuple(_node(component, facts) for component in policy.components)
    return Explanation(
        components=components,
        so_far=_total(policy, [component.so_far for component in components], is_final=False),
        final=_total(policy, [component.final for component in components], is_final=True),
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


def _node(component: Component, facts: Facts) -> Node:
    if component.parts:
        return _group(component, tuple(_node(part, facts) for part in component.parts))
    items = items_of(component, facts)
    standing = standing_of(items)
    return Node(
        key=component.key,
        title=component.title,
        weight=component.weight,
        source=component.source,
        so_far=_run(component, start(standing, is_final=False, is_over=facts.is_over)),
        final=_run(component, start(standing, is_final=True, is_over=facts.is_over)),
        items=items,
    )


def _run(component: Component, flow: Flow) -> Outcome:
    for step in component.steps:
        flow = STEPS[step.name].run(flow, **step.params)
    if flow.share is None:
        return Outcome(None, ZERO, ZERO, flow.words, flow.counted)
    if flow.share > 1:
        flow = flow.then(say("More than full credit counts as full credit."), share=Fraction(1))
    earned = flow.share * component.weight
    words = (*flow.words, say("{} % of {} = {}.", Times(100, flow.share), component.weight, earned))
    return Outcome(flow.share, earned, component.weight, words, flow.counted)


def _group(component: Component, parts: tuple[Node, ...]) -> Node:
    return Node(
        key=component.key,
        title=component.title,
        weight=component.weight,
        source="",
        so_far=_group_outcome([part.so_far for part in parts], component.weight),
        final=_group_outcome([part.final for part in parts], component.weight),
        parts=parts,
    )


def _group_outcome(parts: list[Outcome], weight: Fraction) -> Outcome:
    earned = add_up([part.earned for part in parts])
    possible = add_up([part.possible for part in parts])
    if not possible:
        return Outcome(None, earned, possible, (say("Nothing to count yet."),))
    sums = [part.earned for part in parts if part.share is not None]
    words = [say(" + ".join("{}" for _ in sums) + " = {} of {}.", *sums, earned, possible)]
    if possible < weight:
        words.append(say("{} of {} still open.", weight - possible, weight))
    return Outcome(ratio(earned, possible), earned, possible, tuple(words))


def _total(policy: Policy, outcomes: list[Outcome], *, is_final: bool) -> Total:
    points = add_up([outcome.earned for outcome in outcomes])
    possible = add_up([outcome.possible for outcome in outcomes])
    if not possible:
        return Total(points, possible, None, "", (say("Nothing to count yet."),))
    value = points / possible * policy.out_of
    letter = policy.letter_of(value)
    return Total(points, possible, value, letter, _total_words(policy, points, possible, value, letter, is_final=is_final))


def _total_words(policy: Policy, points, possible, value, letter: str, *, is_final: bool) -> tuple[Said, ...]:
    words = [say("{} of {}." if is_final else "{} of {} that could be had so far.", points, possible)]
    if possible != policy.out_of:
        words.append(say("Scaled to {}: {}.", policy.out_of, value))
    if letter:
        read = policy.rounded(value) if policy.rounding.letters == "rounded" else value
        words.append(say("{}: {} on the letter scale ({}).", letter, read, policy.rounding.words))
    return tuple(words)
