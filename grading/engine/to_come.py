"""Which facts a component reads, and which of them are still to come."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from grading.engine.facts import Facts, Item, State
from grading.engine.policy import Component, Policy

Place = tuple[str, str]  # (source of the facts, key of the item)
UNLISTED = "unlisted"  # the key of work that may come and that no fact names yet
ONE = Decimal(1)


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


# What is still to come


class Outstanding(NamedTuple):
    """Work that can still bring points to `component`. `out_of` comments, where the item stands for comments to come."""

    component: Component
    place: Place
    item: Item


def outstanding(policy: Policy, facts: Facts) -> list[Outstanding]:
    """In the policy's order, each piece of work once."""
    found: dict[Place, Outstanding] = {}
    for leaf in policy.leaves():
        items = [item for item in items_of(leaf, facts) if item.state in (State.OPEN, State.PENDING)]
        for item in [*items, *_unlisted(leaf, facts)]:
            place = (source_key(leaf), item.key)
            found.setdefault(place, Outstanding(leaf, place, item))
    return list(found.values())


def _unlisted(leaf: Component, facts: Facts) -> list[Item]:
    if facts.is_over:
        return []
    there = items_of(leaf, facts)
    if leaf.source == "presentations" and not there:
        return [Item(UNLISTED, "A presentation", State.OPEN, None, leaf.max_points, "not signed up yet")]
    if leaf.source == "discussion" and (short := _comments_asked_for(leaf) - len(there)) > 0:
        return [Item(UNLISTED, "Comments to come", State.OPEN, None, Decimal(short))]
    return []


def _comments_asked_for(leaf: Component) -> int:
    asked = [step.params.get("count") or step.params.get("full_points") for step in leaf.steps]
    return max((-(-Fraction(number) // 1) for number in asked if number), default=0)


def with_marks(facts: Facts, points: Mapping[Place, Decimal], expected: list[Outstanding]) -> Facts:
    """The facts as if each of these pieces of work had so many points; `expected` is what is outstanding."""
    sources = {
        source: tuple(_marked(item, points[source, item.key]) if (source, item.key) in points else item for item in items)
        for source, items in facts.sources.items()
    }
    for place, item in [(one.place, one.item) for one in expected if one.item.key == UNLISTED]:
        if place in points:
            sources[place[0]] = (*sources.get(place[0], ()), *_come(place[0], item, points[place]))
    return replace(facts, sources=sources)


def _marked(item: Item, points: Decimal) -> Item:
    return item._replace(state=State.MARKED, points=points)


def _come(source: str, item: Item, points: Decimal) -> list[Item]:
    """Every comment is an item of its own, one of one."""
    if source != "discussion":
        return [_marked(item, points)]
    return [
        item._replace(key=f"{item.key}-{place}", state=State.MARKED, points=ONE, out_of=ONE) for place in range(int(points))
    ]


def with_everything(policy: Policy, facts: Facts) -> Facts:
    """The facts as if everything outstanding were full."""
    expected = outstanding(policy, facts)
    return with_marks(facts, {one.place: one.item.out_of for one in expected}, expected)
