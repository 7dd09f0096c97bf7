"""A grade, slowly and plainly, as docs/grading-policy.md tells it: to check the engine against.

Takes the policy document as written and the items as the facts have them; shares no code with the engine. Every number is a
Fraction. An item here is a dict: key, state, points (None or a number), out_of, day, paper, late (in hours, or None).
"""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from grading.engine import Item, State
from tests.grading.oracle_steps import ONE, STEPS, ZERO, how_often, number, plain_item, share_of

AGGREGATES = {"reviews": "mean", "presentations": "mean", "participation": "sum", "milestones": "sum", "manual": "sum"}


def grade(document: dict, facts, *, final: bool) -> dict:
    """{"value", "letter", "failed", "shares": {key: share or None}} of one reading."""
    shares, earned, possible = {}, ZERO, ZERO
    for component in document["components"]:
        mine, of = _component(component, facts, final, shares)
        earned, possible = earned + mine, possible + of
    by_hand = facts.overrides.get("")
    lowered = 0
    whole = Fraction(100) if document.get("weights", "scale") == "scale" else _weight({"parts": document["components"]})
    if by_hand and by_hand.percent is not None:
        value = whole * number(by_hand.percent) / 100
    elif possible:
        value = _curved(document, earned / possible * whole)
        for deduction in document.get("deductions", []):
            off = _off(deduction, document, facts, final)
            if deduction.get("unit") == "letters":
                lowered += off
            else:
                value -= off
        value = max(ZERO, value)
    else:
        return {"value": None, "letter": by_hand.letter if by_hand else "", "failed": False, "shares": shares}
    letter, is_failed = _letter_of_all(document, value, lowered, facts, final, shares)
    if by_hand and by_hand.letter:
        letter = by_hand.letter
    return {"value": value, "letter": letter, "failed": is_failed, "shares": shares}


def _letter_of_all(document: dict, value: Fraction, lowered, facts, final: bool, shares: dict) -> tuple[str, bool]:
    """(letter, whether a gate is not met)"""
    hopes = {} if final else _shares_at_best(document, facts)
    unmet = [gate for gate in document.get("gates", []) if not _met(gate, document, facts, final, shares, hopes)]
    letter = _letter(document, value, facts, final, shares, hopes)
    ranks = [band["letter"] for band in document.get("specification") or document.get("letters", [])]
    for _ in range(int(lowered)):
        if letter in ranks[:-1]:
            letter = ranks[ranks.index(letter) + 1]
    for gate in unmet:
        if letter and ranks.index(gate["letter"]) > ranks.index(letter):
            letter = gate["letter"]
    return letter, bool(unmet)


def _shares_at_best(document: dict, facts) -> dict:
    """So far, once everything that may still come has come and is worth all that it can be."""
    sources = {source: [_at_best(item) for item in items] for source, items in facts.sources.items()}
    if not facts.is_over and not sources.get("presentations"):
        sources["presentations"] = [
            Item("new", "A presentation", State.MARKED, Decimal(10), Decimal(10)),
        ]
    shares = {}
    for component in document["components"]:
        _component(component, replace(facts, sources=sources), False, shares)
    return shares


def _at_best(item):
    return item._replace(state=State.MARKED, points=item.out_of) if item.state in (State.OPEN, State.PENDING) else item


def _weight(component: dict) -> Fraction:
    return sum((_weight(part) for part in component["parts"]), ZERO) if "parts" in component else number(component["weight"])


def _component(component: dict, facts, final: bool, shares: dict) -> tuple[Fraction, Fraction]:
    """(earned, possible) in the policy's weights; of what a person set, that."""
    found = _by_marks(component, facts, final, shares)
    if component["key"] not in facts.overrides:
        return found
    weight, share = _weight(component), number(facts.overrides[component["key"]].percent) / 100
    shares[component["key"]] = share
    return share * weight, weight


def _by_marks(component: dict, facts, final: bool, shares: dict) -> tuple[Fraction, Fraction]:
    weight = _weight(component)
    if "parts" not in component:
        share = shares[component["key"]] = _leaf(component, facts, final)[0]
        return (ZERO, ZERO) if share is None else (share * weight, weight)
    parts = [_component(part, facts, final, shares) for part in component["parts"]]
    earned, possible = sum((part[0] for part in parts), ZERO), sum((part[1] for part in parts), ZERO)
    shares[component["key"]] = earned / possible if possible else None
    counting = sum((_weight(part) for part in component["parts"] if not _is_left_out(part, facts, final)), ZERO)
    return (earned * weight / counting, possible * weight / counting) if possible else (ZERO, ZERO)


def _is_left_out(component: dict, facts, final: bool) -> bool:
    if component["key"] in facts.overrides:
        return False
    if "parts" in component:
        return all(_is_left_out(part, facts, final) for part in component["parts"])
    return _leaf(component, facts, final)[1]


def items_of(component: dict, facts) -> list[dict]:
    items = [plain_item(item) for item in facts.sources.get(component["source"], ())]
    return [item for item in items if item["key"] == component["key"]] if component["source"] == "manual" else items


def _leaf(component: dict, facts, final: bool) -> tuple[Fraction | None, bool]:
    """(share, whether it is left out for good)"""
    items = items_of(component, facts)
    settled = [item for item in items if item["state"] in ("marked", "missing")]
    waiting = [item for item in items if item["state"] in ("pending", "open")]
    flow = {
        "counted": settled + waiting if final else settled,
        "waiting": [] if final else waiting,
        "exempt": [item for item in items if item["state"] == "exempt"],
        "items": items,
        "let_off": bool(items) and all(item["state"] == "exempt" for item in items),
        "blanks": 0,
        "bonus": ZERO,
        "share": None,
        "done": False,
    }
    steps = list(component.get("steps", []))
    if not any(step["step"] in ("mean", "sum") for step in steps):
        bounds = [place for place, step in enumerate(steps) if step["step"] in ("cap", "deduct", "all_or_nothing")]
        steps.insert(bounds[0] if bounds else len(steps), {"step": AGGREGATES[component["source"]]})
    for step in steps:
        STEPS[step["step"]](flow, step, facts, final)
    share = flow["share"]
    if share is None:
        return None, flow["let_off"]
    if component.get("when_empty") == "left out" and not any(item["points"] is not None for item in flow["counted"]):
        return None, final or (not flow["waiting"] and (facts.is_over or bool(items)))
    return min(share, max([ONE, *(number(step["at"]) / 100 for step in steps if step["step"] == "cap")])), False


# The whole


def _curved(document: dict, value: Fraction) -> Fraction:
    points = sorted((number(point["from"]), number(point["to"])) for point in document.get("curve", []))
    for low, high in zip(points, points[1:], strict=False):
        if low[0] <= value <= high[0]:
            return low[1] + (high[1] - low[1]) * (value - low[0]) / (high[0] - low[0])
    return value if not points else points[-1][1]


def _off(deduction: dict, document: dict, facts, final: bool) -> Fraction:
    items = [item for leaf in _leaves(_found(document, deduction["component"])) for item in items_of(leaf, facts)]
    count = how_often(deduction["count_of"], items, facts, final)
    if "each" in deduction:
        return sum((number(deduction["each"]) for _ in range(count - deduction.get("free", 0))), ZERO)
    off = ZERO
    for tier in sorted(deduction["tiers"], key=lambda tier: tier["from"]):
        off = number(tier["off"]) if count >= tier["from"] else off
    return off


def _letter(document: dict, value: Fraction, facts, final: bool, shares: dict, hopes: dict) -> str:
    for band in document.get("specification", []):
        if all(_met(need, document, facts, final, shares, hopes) for need in band.get("needs", [])):
            return band["letter"]
    # Rounded to one decimal, halves up, which is the default.
    shown = Fraction(int(value * 10 + Fraction(1, 2)), 10)
    for band in document.get("letters", []):
        if shown >= number(band["from"]):
            return band["letter"]
    return ""


def _met(need: dict, document: dict, facts, final: bool, shares: dict, hopes: dict) -> bool:
    items = [item for leaf in _leaves(_found(document, need["component"])) for item in items_of(leaf, facts)]
    if "least" in need:
        least, share = number(need["least"]), shares[need["component"]]
        if share is None:
            return not final or bool(items) and all(item["state"] == "exempt" for item in items)
        hope = None if final else hopes[need["component"]]
        return share * 100 >= least or not final and (hope is None or hope * 100 >= least)
    if need.get("all_handed_in"):
        return not how_often("missing", items, facts, final)
    passed = sum(bool(item["points"]) and share_of(item) * 100 >= number(need.get("at", 0)) for item in items)
    count = need["count"]
    others = [item for item in items if item["state"] != "exempt"]
    for _ in items[len(others) :]:
        count -= count > len(others)
    return passed + sum(item["state"] in ("open", "pending") for item in items) * (not final) >= count


def _leaves(component: dict) -> list[dict]:
    return [leaf for part in component["parts"] for leaf in _leaves(part)] if "parts" in component else [component]


def _found(document: dict, key: str) -> dict:
    pending = list(document["components"])
    while pending:
        component = pending.pop()
        if component["key"] == key:
            return component
        pending += component.get("parts", [])
    raise KeyError(key)
