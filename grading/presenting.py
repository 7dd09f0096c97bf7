"""A grade as page, API and CSV show it: rounded once, by one set of functions, so that all three agree to the digit.

Numbers are Decimals; the API writes them as strings. What a student gets has no key that only staff's view has.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from grading import engine
from grading.engine import Item, Node, Outcome, Policy, State
from grading.queries import Grade
from grading.queries.excuses import is_excused
from grading.queries.release import KNOWN_TO_STUDENTS


def present(grade: Grade) -> dict[str, Any]:
    """The whole tree, every number with its words and items."""
    explanation, policy = grade.explanation, grade.policy
    return {
        "policy_version": grade.policy_number,
        "total_so_far": _total(policy, explanation.so_far),
        "total_final": _total(policy, explanation.final),
        "out_of": exact_decimal(explanation.out_of),
        "components": [_tree(policy, node) for node in explanation.components],
        "changed_at": grade.changed_at,
    }


def summarise(grade: Grade) -> dict[str, Any]:
    """Totals and one line per component that has items of its own; what the list of grades shows."""
    return {
        "components": [_line(grade.policy, node, group) for group, node in leaves_with_group(grade.components)],
        "total_so_far": grade.total,
        "total_final": grade.total_final,
        "out_of": exact_decimal(grade.explanation.out_of),
        "letter": grade.letter,
        "letter_final": grade.letter_final,
        "total_is_set": grade.explanation.so_far.is_set,
        "changed_at": grade.changed_at,
    }


def bar_of(grade: Grade) -> list[dict[str, Any]]:
    """The total as a stacked bar: each part's width in percent of all that the weights add up to."""
    whole = grade.policy.weight_sum
    return [
        {
            "title": leaf.title,
            "earned": grade.policy.rounded_part(leaf.so_far.earned) if leaf.so_far.share is not None else None,
            "weight": exact_decimal(leaf.weight),
            "width": round(float(100 * leaf.so_far.earned / whole), 2),
        }
        for leaf in grade.explanation.leaves()
    ]


def leaves_with_group(nodes: tuple, group: str | None = None) -> Iterator[tuple[str | None, Any]]:
    """(key of the nearest group, leaf), in order; of nodes and of a policy's components alike."""
    for node in nodes:
        if node.parts:
            yield from leaves_with_group(node.parts, node.key)
        else:
            yield group, node


def set_by_hand(grade: Grade) -> list[str]:
    """Titles of the components and groups that a person set, then "Total" where total or letter is."""
    titles = {component.key: component.title for component in grade.policy.walk() if component.key in grade.facts.overrides}
    return [*titles.values(), *(["Total"] if grade.explanation.so_far.is_set else [])]


def exact_decimal(value: Fraction) -> Decimal:
    """A number out of a document, which always has finitely many decimals."""
    number = (Decimal(value.numerator) / Decimal(value.denominator)).normalize()
    return number if number.as_tuple().exponent <= 0 else number.quantize(Decimal(1))


def state_of(node: Node) -> str:
    """A leaf in one word: what most needs to be said about its items."""
    states = {item.state for item in node.items}
    for state in (State.MISSING, State.PENDING):
        if state in states:
            return state.value
    if State.MARKED in states:
        return State.MARKED.value
    return State.EXEMPT.value if states == {State.EXEMPT} else State.OPEN.value


def is_released(node: Node) -> bool:
    """Whether the student sees everything that counts here so far; never true where there is nothing to see."""
    if node.source in KNOWN_TO_STUDENTS:
        return True
    marked = [item for item in node.items if item.state is State.MARKED]
    return bool(marked) and all(item.ref is None or item.ref.is_released for item in marked)


def missing_count(node: Node) -> int:
    return sum(1 for item in node.items if item.state is State.MISSING)


def _total(policy: Policy, total: engine.Total) -> dict[str, Any]:
    return {
        "value": policy.rounded(total.value),
        "points": policy.rounded_part(total.points),
        "possible": exact_decimal(total.possible),
        "percentage": policy.rounded(total.percentage),
        "letter": total.letter,
        "is_set": total.is_set,
        "words": list(total.words),
    }


def _line(policy: Policy, node: Node, group: str | None) -> dict[str, Any]:
    so_far = node.so_far
    counts = so_far.share is not None
    return {
        "key": node.key,
        "title": node.title,
        "group": group,
        "weight": exact_decimal(node.weight),
        "earned": policy.rounded_part(so_far.earned) if counts else None,
        "out_of": exact_decimal(so_far.possible),
        "percentage": policy.rounded_part(100 * so_far.share) if counts else None,
        "earned_final": policy.rounded_part(node.final.earned),
        "is_set": so_far.is_set,
        "state": state_of(node),
        "released": is_released(node),
    }


def _tree(policy: Policy, node: Node) -> dict[str, Any]:
    return {
        "key": node.key,
        "title": node.title,
        "weight": exact_decimal(node.weight),
        "source": node.source,
        "state": state_of(node) if not node.parts else None,
        "released": is_released(node) if not node.parts else None,
        "so_far": _outcome(policy, node.so_far),
        "final": _outcome(policy, node.final),
        "items": _items(policy, node),
        "parts": [_tree(policy, part) for part in node.parts],
    }


def _outcome(policy: Policy, outcome: Outcome) -> dict[str, Any]:
    counts = outcome.share is not None
    return {
        "earned": policy.rounded_part(outcome.earned) if counts else None,
        "out_of": exact_decimal(outcome.possible),
        "percentage": policy.rounded_part(100 * outcome.share) if counts else None,
        "exact": str(outcome.earned) if counts else None,
        "is_set": outcome.is_set,
        "words": list(outcome.words),
    }


def _items(policy: Policy, node: Node) -> list[dict[str, Any]]:
    counted = node.so_far.counted
    entry = policy.leaf(node.key).entry if node.items else None
    return [_item(item, entry, is_counted=item.key in counted) for item in node.items]


def _item(item: Item, entry: engine.Entry, *, is_counted: bool) -> dict[str, Any]:
    return {
        "key": item.key,
        "title": item.title,
        "date": item.when,
        "state": item.state.value,
        "excused": is_excused(item),
        "points": item.points,
        "out_of": item.out_of,
        "shown": entry.shown(item.points, item.out_of),
        "levels": levels_shown(item.ref.levels, entry.rubric) if item.ref else [],
        "note": item.note,
        "counts": is_counted,
        "comment": item.ref.comment if item.ref else "",
        "released": item.ref.is_released if item.ref else None,
        "work": item.ref.work if item.ref else None,
    }


def levels_shown(levels: Sequence[dict[str, str]], rubric: tuple[engine.Criterion, ...]) -> list[dict[str, str]]:
    """The chosen levels of a mark, each with what its part is out of as the rubric now stands."""
    tops = {part.key: engine.plain(part.top) for part in rubric}
    return [level | {"out_of": tops.get(level["key"], "")} for level in levels]


# What is still to come


def outlook_of(grade: Grade) -> dict[str, Any]:
    """What the total can still be, and what each outstanding piece of work alone would add to the final total."""
    policy, facts = grade.policy, grade.facts
    best = engine.at_most(policy, facts).final
    return {
        "at_least": _total(policy, grade.explanation.final),
        "at_most": _total(policy, best),
        "outstanding": [_outstanding(grade, one) for one in engine.outstanding(policy, facts)],
        "missing": [
            {"component": leaf.title, "title": item.title, "date": item.when, "out_of": item.out_of}
            for leaf in grade.explanation.leaves()
            for item in leaf.items
            if item.state is State.MISSING
        ],
    }


def _outstanding(grade: Grade, one: engine.Outstanding) -> dict[str, Any]:
    alone = engine.what_if(grade.policy, grade.facts, {one.place: one.item.out_of}).final
    gain = (alone.value or Fraction(0)) - (grade.explanation.final.value or Fraction(0))
    return {
        "name": ":".join(one.place),
        "component": one.component.key,
        "component_title": one.component.title,
        "title": one.item.title,
        "date": one.item.when,
        "state": one.item.state.value,
        "out_of": one.item.out_of,
        "symbols": [symbol for symbol, _ in one.component.entry.symbols],
        "is_percent": one.component.entry.is_percent,
        "note": one.item.note,
        "worth": grade.policy.rounded_part(gain),
    }


def present_what_if(grade: Grade, points: Mapping[engine.Place, Decimal]) -> dict[str, Any]:
    """Both totals and every component as they would be; `earned_final` as in the list of grades."""
    policy, then = grade.policy, engine.what_if(grade.policy, grade.facts, points)
    return {
        "total_so_far": _total(policy, then.so_far),
        "total_final": _total(policy, then.final),
        "out_of": exact_decimal(then.out_of),
        "components": [_line(policy, node, group) for group, node in leaves_with_group(then.components)],
    }
