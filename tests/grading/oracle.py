"""A grade, slowly and plainly, as docs/grading-policy.md tells it: to check the engine against.

Takes the policy document as written and the items as the facts have them; shares no code with the engine. Every number is a
Fraction. An item here is a dict: key, state, points (None or a number), out_of, day, paper, late (in hours, or None).
"""

from fractions import Fraction
from itertools import product
from math import ceil

AGGREGATES = {"reviews": "mean", "presentations": "mean", "participation": "sum", "milestones": "sum", "manual": "sum"}
ZERO, ONE = Fraction(0), Fraction(1)


def number(value) -> Fraction:
    return Fraction(str(value))


def plain_item(item) -> dict:
    late = None if item.late is None else Fraction(item.late.total_seconds()) / 3600
    points = None if item.points is None else min(Fraction(item.points), Fraction(item.out_of))
    return {
        "key": item.key,
        "state": item.state.value,
        "points": points,
        "out_of": Fraction(item.out_of),
        "day": item.when,
        "paper": item.paper,
        "late": late,
    }


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
    unmet = [gate for gate in document.get("gates", []) if not _met(gate, document, facts, final, shares)]
    letter = _letter(document, value, facts, final, shares)
    ranks = [band["letter"] for band in document.get("specification") or document.get("letters", [])]
    for _ in range(int(lowered)):
        if letter in ranks[:-1]:
            letter = ranks[ranks.index(letter) + 1]
    if unmet:
        letter = unmet[0].get("letter") or letter
    if by_hand and by_hand.letter:
        letter = by_hand.letter
    return {"value": value, "letter": letter, "failed": bool(unmet), "shares": shares}


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
        share = shares[component["key"]] = _leaf(component, facts, final)
        return (ZERO, ZERO) if share is None else (share * weight, weight)
    parts = [_component(part, facts, final, shares) for part in component["parts"]]
    earned, possible = sum((part[0] for part in parts), ZERO), sum((part[1] for part in parts), ZERO)
    shares[component["key"]] = earned / possible if possible else None
    if final and possible:
        return earned * weight / possible, weight
    return earned, possible


def items_of(component: dict, facts) -> list[dict]:
    items = [plain_item(item) for item in facts.sources.get(component["source"], ())]
    return [item for item in items if item["key"] == component["key"]] if component["source"] == "manual" else items


def _leaf(component: dict, facts, final: bool) -> Fraction | None:
    items = items_of(component, facts)
    settled = [item for item in items if item["state"] in ("marked", "missing")]
    waiting = [item for item in items if item["state"] in ("pending", "open")]
    flow = {
        "counted": settled + waiting if final else settled,
        "waiting": [] if final else waiting,
        "exempt": [item for item in items if item["state"] == "exempt"],
        "items": items,
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
    if component.get("when_empty") == "left out" and not any(item["points"] is not None for item in flow["counted"]):
        return None
    most = max([ONE, *(number(step["at"]) / 100 for step in steps if step["step"] == "cap")])
    return None if share is None else min(share, most)


def _share(item: dict) -> Fraction:
    return (item["points"] or ZERO) / item["out_of"]


def _ranked(items: list[dict]) -> list[dict]:
    return sorted(sorted(items, key=lambda item: item["key"]), key=_share, reverse=True)


def _changed(item: dict, points: Fraction) -> dict:
    return item | {"points": points}


def _map(flow, step, facts, final) -> None:
    def read(item):
        if item["points"] is None:
            return item
        value = item["points"] if step.get("by", "points") == "points" else _share(item) * 100
        reached = [level for level in step["levels"] if number(level["from"]) <= value]
        percent = number(max(reached, key=lambda level: number(level["from"]))["percent"]) if reached else ZERO
        return _changed(item, percent / 100 * item["out_of"])

    flow["counted"] = [read(item) for item in flow["counted"]]


def _kept(item: dict, step: dict, hours: Fraction) -> Fraction:
    if hours <= number(step.get("grace_hours", 0)):
        return item["points"]
    if "stop_days" in step and hours > number(step["stop_days"]) * 24:
        return ZERO
    if "tiers" in step:
        for tier in sorted(step["tiers"], key=lambda tier: number(tier["days"])):
            if hours <= number(tier["days"]) * 24:
                return item["points"] * number(tier["percent"]) / 100
        return ZERO
    begun = ceil((hours - number(step.get("grace_hours", 0))) / (24 if step.get("per", "day") == "day" else 1))
    if "points" in step:
        return max(ZERO, item["points"] - begun * number(step["points"]))
    base = item["points"] if step.get("of", "full") == "earned" else item["out_of"]
    return max(ZERO, item["points"] - begun * number(step["percent"]) / 100 * base)


def _late(flow, step, facts, final) -> None:
    """Every way of spending the bank is tried."""
    late = [item for item in flow["counted"] if item["points"] is not None and item["late"] and item["late"] > 0]
    late.sort(key=lambda item: item["key"])
    bank = step.get("bank_days", 0)
    ways = [days for days in product(*(range(min(bank, ceil(item["late"] / 24)) + 1) for item in late)) if sum(days) <= bank]

    def outcome(days):
        kept = [_kept(item, step, item["late"] - 24 * spent) for item, spent in zip(late, days, strict=True)]
        shares = sum((points / item["out_of"] for points, item in zip(kept, late, strict=True)), ZERO)
        return shares, -sum(days), days, kept

    best = dict(zip((item["key"] for item in late), max(map(outcome, ways))[3], strict=True))
    flow["counted"] = [_changed(item, best[item["key"]]) if item["key"] in best else item for item in flow["counted"]]


def _needs(flow, step, facts, final) -> None:
    others = [plain_item(item) for item in facts.sources.get(step["source"], ())]
    least = number(step.get("least", 1))
    counted = []
    for item in flow["counted"]:
        there = [other for other in others if other["day"] == item["day"]]
        if any(other["points"] is not None and other["points"] >= least for other in there):
            counted.append(item)
        elif not final and any(other["state"] in ("open", "pending") for other in there):
            flow["waiting"] = [*flow["waiting"], item]
        else:
            counted.append(item if item["points"] is None else _changed(item, ZERO))
    flow["counted"] = counted


def _group(flow, step, facts, final) -> None:
    name = "day" if step["by"] == "day" else "paper"
    groups, excused = {}, {}

    def group_of(item):
        return item[name] or ("alone", item["key"])

    if step.get("exempt") == "all":
        for item in sorted(flow["exempt"], key=lambda item: item["key"]):
            excused.setdefault(group_of(item), item)
        flow["exempt"] = list(excused.values())
    for where in ("counted", "waiting"):
        for item in flow[where]:
            if group_of(item) not in excused:
                groups.setdefault(group_of(item), {"counted": [], "waiting": []})[where].append(item)
    flow["counted"], flow["waiting"] = [], []
    for group in groups.values():
        marked = [item for item in group["counted"] if item["points"] is not None]
        if marked:
            flow["counted"].append(_ranked(marked)[0])
        elif group["waiting"]:
            flow["waiting"].append(min(group["waiting"], key=lambda item: item["key"]))
        else:
            missing_last = sorted(group["counted"], key=lambda item: (item["state"] == "missing", item["key"]))
            flow["counted"].append(missing_last[0])


def _exempt(flow, step, facts, final) -> None:
    if step["counts_as"] == "done":
        flow["counted"] = flow["counted"] + [item | {"state": "marked", "points": item["out_of"]} for item in flow["exempt"]]


def _sampled(flow, step, facts, final) -> None:
    for where in ("counted", "waiting"):
        flow[where] = [item for item in flow[where] if item["state"] != "pending"]


def _skip(flow, step, facts, final) -> None:
    undone = [item for item in flow["counted"] if item["state"] == "missing"]
    if final:
        undone += [item for item in flow["counted"] if item["state"] == "open"]
    undone = sorted(undone, key=lambda item: (item["state"] == "open", -item["out_of"], item["key"]))
    skipped = [item["key"] for item in undone[: step["count"]]]
    flow["counted"] = [item for item in flow["counted"] if item["key"] not in skipped]


def _drop_lowest(flow, step, facts, final) -> None:
    stay = max(1, len(flow["counted"]) - step["count"])
    flow["counted"] = _ranked(flow["counted"])[:stay]


def _best_of(flow, step, facts, final) -> None:
    flow["counted"] = _ranked(flow["counted"])[: step["count"]]


def _required_count(flow, step, facts, final) -> None:
    """What is listed and still open, and, until the course is over, what is not even listed, can still make up."""
    count = step["count"]
    marks = _ranked([item for item in flow["counted"] if item["points"] is not None])
    listed = len(flow["counted"]) + len(flow["waiting"])
    unlisted = 0 if final or facts.is_over else max(0, count - listed)
    can_come = 0 if final else len(flow["waiting"]) + unlisted
    flow["counted"] = marks[:count]
    flow["blanks"] = max(0, min(count, count - can_come) - len(flow["counted"]))
    flow["bonus"] += sum(number(step["extra"]) / 100 for item in marks[count:] if item["points"]) if "extra" in step else ZERO


def _mean(flow, step, facts, final) -> None:
    size = len(flow["counted"]) + flow["blanks"]
    if size:
        flow["share"] = sum((_share(item) for item in flow["counted"]), ZERO) / size + flow["bonus"]
    else:
        flow["share"] = ZERO if final or facts.is_over else None


def _sum(flow, step, facts, final) -> None:
    if not flow["counted"]:
        flow["share"] = ZERO if final or facts.is_over else None
        return
    points = sum((item["points"] or ZERO for item in flow["counted"]), ZERO)
    possible = sum((item["out_of"] for item in flow["counted"]), ZERO)
    if "full_points" not in step:
        flow["share"] = points / possible
        return
    later = sum((item["out_of"] for item in flow["waiting"]), ZERO)
    flow["share"] = points / (number(step["full_points"]) * possible / (possible + later))


def _all_or_nothing(flow, step, facts, final) -> None:
    if flow["share"] is not None:
        flow["share"] = ONE if flow["share"] * 100 >= number(step["at"]) else ZERO


def _cap(flow, step, facts, final) -> None:
    if flow["share"] is not None:
        flow["share"] = min(flow["share"], number(step["at"]) / 100)


def _deduct(flow, step, facts, final) -> None:
    if flow["share"] is None:
        return
    count = _how_often(step["count_of"], flow["items"], facts, final)
    if "each" in step:
        percent = min(Fraction(100), number(step["each"]) * max(0, count - step.get("free", 0)))
    else:
        reached = [tier for tier in step["tiers"] if tier["from"] <= count]
        percent = number(max(reached, key=lambda tier: tier["from"])["percent"]) if reached else ZERO
    flow["share"] *= (100 - percent) / 100


STEPS = {
    "map": _map,
    "late": _late,
    "needs": _needs,
    "group": _group,
    "exempt": _exempt,
    "sampled": _sampled,
    "skip": _skip,
    "drop_lowest": _drop_lowest,
    "best_of": _best_of,
    "required_count": _required_count,
    "mean": _mean,
    "sum": _sum,
    "all_or_nothing": _all_or_nothing,
    "cap": _cap,
    "deduct": _deduct,
}


# The whole


def _curved(document: dict, value: Fraction) -> Fraction:
    points = sorted((number(point["from"]), number(point["to"])) for point in document.get("curve", []))
    for low, high in zip(points, points[1:], strict=False):
        if low[0] <= value <= high[0]:
            return low[1] + (high[1] - low[1]) * (value - low[0]) / (high[0] - low[0])
    return value if not points else points[-1][1]


def _off(deduction: dict, document: dict, facts, final: bool) -> Fraction:
    items = [item for leaf in _leaves(_found(document, deduction["component"])) for item in items_of(leaf, facts)]
    count = _how_often(deduction["count_of"], items, facts, final)
    if "each" in deduction:
        return sum((number(deduction["each"]) for _ in range(count - deduction.get("free", 0))), ZERO)
    off = ZERO
    for tier in sorted(deduction["tiers"], key=lambda tier: tier["from"]):
        off = number(tier["off"]) if count >= tier["from"] else off
    return off


def _how_often(what: str, items: list[dict], facts, final: bool) -> int:
    if what == "bad_ratings":
        return facts.counts.get("bad_ratings", 0)
    if what == "late":
        return sum(bool(item["late"] and item["late"] > 0) for item in items)
    states = {
        "missing": ["missing", "open"] if final else ["missing"],
        "without_points": ["marked", "missing", "open", "pending"] if final else ["marked", "missing"],
    }[what]
    return sum(item["state"] in states and not item["points"] for item in items)


def _letter(document: dict, value: Fraction, facts, final: bool, shares: dict) -> str:
    for band in document.get("specification", []):
        if all(_met(need, document, facts, final, shares) for need in band.get("needs", [])):
            return band["letter"]
    # Rounded to one decimal, halves up, which is the default.
    shown = Fraction(int(value * 10 + Fraction(1, 2)), 10)
    for band in document.get("letters", []):
        if shown >= number(band["from"]):
            return band["letter"]
    return ""


def _met(need: dict, document: dict, facts, final: bool, shares: dict) -> bool:
    share = shares[need["component"]]
    if "least" in need:
        return (share * 100 if share is not None else 0 if final else 100) >= number(need["least"])
    items = [item for leaf in _leaves(_found(document, need["component"])) for item in items_of(leaf, facts)]
    if need.get("all_handed_in"):
        return not any(item["state"] == "missing" or (final and item["state"] == "open") for item in items)
    passed = sum(bool(item["points"]) and _share(item) * 100 >= number(need.get("at", 0)) for item in items)
    return passed + sum(item["state"] in ("open", "pending") for item in items) * (not final) >= need["count"]


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
