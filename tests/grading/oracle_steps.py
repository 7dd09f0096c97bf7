"""The oracle's steps, each as docs/grading-policy.md tells it. A flow is a dict of lists of items, which are dicts."""

from fractions import Fraction
from itertools import product
from math import ceil

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
        "never": item.never_came,
    }


def how_often(what: str, items: list[dict], facts, final: bool) -> int:
    if what == "bad_ratings":
        return facts.counts.get("bad_ratings", 0)
    if what == "missing":
        return sum(item["never"] or item["state"] == "missing" or (final and item["state"] == "open") for item in items)
    if what == "late":
        return sum(bool(item["late"] and item["late"] > 0) for item in items if item["state"] in ("marked", "pending"))
    states = ["marked", "missing", "open", "pending"] if final else ["marked", "missing"]
    return sum(item["state"] in states and not item["points"] for item in items)


def share_of(item: dict) -> Fraction:
    return (item["points"] or ZERO) / item["out_of"]


def _ranked(items: list[dict]) -> list[dict]:
    return sorted(sorted(items, key=lambda item: item["key"]), key=share_of, reverse=True)


def _changed(item: dict, points: Fraction) -> dict:
    return item | {"points": points}


def _map(flow, step, facts, final) -> None:
    def read(item):
        if item["points"] is None:
            return item
        value = item["points"] if step.get("by", "points") == "points" else share_of(item) * 100
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
        flow["exempt"] = []


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
    _keep(flow, max(1, len(flow["counted"]) + flow["blanks"] - step["count"]))


def _best_of(flow, step, facts, final) -> None:
    _keep(flow, step["count"])


def _keep(flow, count) -> None:
    """What was needed and never came stands behind everything else."""
    ranked = [*_ranked(flow["counted"]), *["blank"] * flow["blanks"]][:count]
    flow["blanks"] = ranked.count("blank")
    flow["counted"] = ranked[: len(ranked) - flow["blanks"]]


def _required_count(flow, step, facts, final) -> None:
    """What is listed and still open, and, until the course is over, what is not even listed, can still make up."""
    count = step["count"]
    if flow["exempt"] and not flow["counted"] + flow["waiting"]:
        count = 0
    for _ in flow["exempt"]:
        if count > len(flow["counted"]) + len(flow["waiting"]):
            count -= 1
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
        flow["share"] = sum((share_of(item) for item in flow["counted"]), ZERO) / size + flow["bonus"]
    else:
        flow["share"] = _of_nothing(flow, facts, final)


def _of_nothing(flow, facts, final) -> Fraction | None:
    return ZERO if (final or facts.is_over) and not flow["let_off"] else None


def _sum(flow, step, facts, final) -> None:
    if not flow["counted"]:
        flow["share"] = _of_nothing(flow, facts, final)
        return
    points = sum((item["points"] or ZERO for item in flow["counted"]), ZERO)
    possible = sum((item["out_of"] for item in flow["counted"]), ZERO)
    if "full_points" not in step:
        flow["share"] = points / possible
        return
    later = sum((item["out_of"] for item in flow["waiting"]), ZERO)
    full = number(step["full_points"])
    let_off = sum((item["out_of"] for item in flow["exempt"]), ZERO)
    full = full if full <= possible + later else max(full - let_off, possible + later) if let_off else full
    flow["share"] = points / (full * possible / (possible + later))


def _all_or_nothing(flow, step, facts, final) -> None:
    if flow["share"] is not None:
        flow["share"] = ONE if flow["share"] * 100 >= number(step["at"]) else ZERO


def _cap(flow, step, facts, final) -> None:
    if flow["share"] is not None:
        flow["share"] = min(flow["share"], number(step["at"]) / 100)


def _deduct(flow, step, facts, final) -> None:
    if flow["share"] is None:
        return
    count = how_often(step["count_of"], flow["items"], facts, final)
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
