"""One student's facts under a policy -> the explanation tree."""

from fractions import Fraction

from grading.engine.facts import Facts, Item
from grading.engine.policy import Component, Policy
from grading.engine.steps import STEPS, plain, start
from grading.engine.tree import Explanation, Node, Outcome, Total


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
    return Node(
        key=component.key,
        title=component.title,
        weight=component.weight,
        source=component.source,
        so_far=_run(component, items, is_final=False, is_over=facts.is_over),
        final=_run(component, items, is_final=True, is_over=facts.is_over),
        items=items,
    )


def _run(component: Component, items: tuple[Item, ...], *, is_final: bool, is_over: bool) -> Outcome:
    flow = start(items, is_final=is_final, is_over=is_over)
    for step in component.steps:
        flow = STEPS[step.name].run(flow, **step.params)
    counted = frozenset(item.key for item in flow.counted)
    if flow.share is None:
        return Outcome(None, Fraction(0), Fraction(0), flow.words, counted)
    if flow.share > 1:
        flow = flow.then("More than full credit counts as full credit.", share=Fraction(1))
    earned = flow.share * component.weight
    words = (*flow.words, f"{plain(100 * flow.share)} % of {plain(component.weight)} = {plain(earned)}.")
    return Outcome(flow.share, earned, component.weight, words, counted)


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
    earned = sum((part.earned for part in parts), Fraction(0))
    possible = sum((part.possible for part in parts), Fraction(0))
    if not possible:
        return Outcome(None, earned, possible, ("Nothing to count yet.",))
    words = f"{' + '.join(plain(part.earned) for part in parts)} = {plain(earned)} of {plain(possible)}."
    if possible < weight:
        words += f" {plain(weight - possible)} of {plain(weight)} still open."
    return Outcome(earned / possible, earned, possible, (words,))


def _total(policy: Policy, outcomes: list[Outcome], *, is_final: bool) -> Total:
    points = sum((outcome.earned for outcome in outcomes), Fraction(0))
    possible = sum((outcome.possible for outcome in outcomes), Fraction(0))
    if not possible:
        return Total(points, possible, None, "", ("Nothing to count yet.",))
    value = points / possible * policy.out_of
    letter = policy.letter_of(value)
    return Total(points, possible, value, letter, _total_words(policy, points, possible, value, letter, is_final=is_final))


def _total_words(policy: Policy, points, possible, value, letter: str, *, is_final: bool) -> tuple[str, ...]:
    words = [f"{plain(points)} of {plain(possible)}" + ("." if is_final else " that could be had so far.")]
    shown = policy.rounded(value)
    if possible != policy.out_of:
        words.append(f"Scaled to {plain(policy.out_of)}: {plain(value)}.")
    if letter:
        of = shown if policy.rounding.letters == "rounded" else plain(value)
        words.append(f"{letter}: {of} on the letter scale ({policy.rounding.words}).")
    return tuple(words)
