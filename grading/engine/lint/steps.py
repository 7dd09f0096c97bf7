"""Sense of a component's steps: their order, what their parameters mean together, and what they do to better marks."""

from collections.abc import Callable, Iterator, Mapping

from grading.engine.exact import plain
from grading.engine.lint.deductions import Said, check_counted, check_how_much
from grading.engine.lint.finding import ERROR, WARNING, Finding, Path
from grading.engine.policy import DEFAULT_AGGREGATE, exact
from grading.engine.steps import STEPS, Stage

DOES = {Stage.CHANGE: "changes single results", Stage.CHOOSE: "chooses among results"}


def check_steps(path: Path, raw: Mapping) -> Iterator[Finding]:
    steps = raw.get("steps", [])
    names = [step["step"] for step in steps]
    aggregates = [place for place, name in enumerate(names) if STEPS[name].is_aggregate]
    if len(aggregates) > 1:
        yield Finding(ERROR, (*path, "steps", aggregates[1]), "A component has one of mean and sum; this is the second.")
    yield from _check_order(path, names, aggregates)
    yield from _check_choosing(path, raw, names, names[aggregates[0]] if aggregates else DEFAULT_AGGREGATE[raw["source"]])
    for place, step in enumerate(steps):
        check = CHECKS.get(step["step"])
        for severity, message in check(step, raw, names) if check else ():
            yield Finding(severity, (*path, "steps", place), message)


def _check_order(path: Path, names: list[str], aggregates: list[int]) -> Iterator[Finding]:
    for place, name in enumerate(names):
        stage = STEPS[name].stage
        if stage is Stage.BOUND and aggregates and place < aggregates[0]:
            message = f"{name} bounds a result; write it after {names[aggregates[0]]}."
            yield Finding(ERROR, (*path, "steps", place), message)
        later = next((other for other in names[:place] if STEPS[other].stage > stage), None)
        if stage in DOES and later:
            yield Finding(ERROR, (*path, "steps", place), f"{name} {DOES[stage]}; write it before {later}.")


# What a step that is written after one of these comes too late for.
TOO_LATE = {
    "exempt": ("required_count", "drop_lowest", "best_of"),
    "sampled": ("required_count", "drop_lowest", "best_of"),
    "skip": ("required_count",),
}


def _check_choosing(path: Path, raw: Mapping, names: list[str], aggregate: str) -> Iterator[Finding]:
    for place, name in enumerate(names):
        chosen = next((other for other in names[:place] if other in TOO_LATE.get(name, ())), None)
        if chosen:
            message = f"{chosen} has chosen already, so {name} comes too late; write it before."
            yield Finding(WARNING, (*path, "steps", place), message)
    if "required_count" in names and aggregate == "sum":
        yield Finding(
            ERROR, (*path, "steps"), "required_count needs mean: pieces of work that never came have no points to add up."
        )
    elif raw["source"] == "milestones" and aggregate == "sum" and {"drop_lowest", "best_of"} & set(names):
        yield Finding(
            WARNING,
            (*path, "steps"),
            "Dropping from milestones that are worth different points and then adding the points up can make a better mark "
            "lower the total; use mean.",
        )
    if "required_count" not in names:
        return
    place = names.index("required_count")
    if "extra" in raw["steps"][place] and not any(step["step"] == "cap" and step["at"] > 100 for step in raw["steps"]):
        message = 'Extra credit counts for nothing beyond full credit; allow it by { step = "cap", at = 110 }.'
        yield Finding(WARNING, (*path, "steps", place, "extra"), message)


# Single steps


def _late(step: Mapping, raw: Mapping, names: list[str]) -> Iterator[Said]:
    ways = [key for key in ("percent", "points", "tiers") if key in step]
    if raw["source"] not in ("reviews", "milestones"):
        yield ERROR, f"Nothing of the source {raw['source']!r} has a deadline to be late for."
    if len(ways) != 1:
        yield ERROR, "Say what is taken off by one of percent, points and tiers."
    elif "per" in step and "tiers" in step:
        yield ERROR, "tiers count days; leave per out."
    elif "of" in step and "percent" not in step:
        yield ERROR, "of says what percent are of; there are none here."
    yield from _late_moments(step)
    ends = [exact(tier["days"]) for tier in step.get("tiers", [])]
    if twice := next((end for end in ends if ends.count(end) > 1), None):
        yield ERROR, f"Two tiers end at {plain(twice)} days."
    kept = [tier["percent"] for tier in sorted(step.get("tiers", []), key=lambda tier: tier["days"])]
    if kept != sorted(kept, reverse=True):
        yield WARNING, "Later work keeps more than earlier work here; is that meant?"
    choosing = next((name for name in names if STEPS[name].stage is Stage.CHOOSE and name not in ("exempt", "sampled")), None)
    if "bank_days" in step and choosing:
        yield (
            WARNING,
            f"Free late days go where they save most before {choosing} chooses, so a better mark can move them and lower the "
            "total in rare cases.",
        )


def _late_moments(step: Mapping) -> Iterator[Said]:
    """Moments that contradict one another."""
    if "stop_days" not in step:
        return
    stop, grace = exact(step["stop_days"]), exact(step.get("grace_hours", 0))
    if grace >= stop * 24:
        yield WARNING, f"stop_days is {plain(stop)}, and the grace of {plain(grace)} hours is not over by then."
    for tier in step.get("tiers", []):
        if (days := exact(tier["days"])) > stop:
            yield WARNING, f"stop_days is {plain(stop)}, so nothing is kept of work that is {plain(days)} days late."


def _map(step: Mapping, raw: Mapping, names: list[str]) -> Iterator[Said]:
    levels = sorted((exact(level["from"]), exact(level["percent"])) for level in step["levels"])
    twice = next((level[0] for level, after in zip(levels, levels[1:], strict=False) if level[0] == after[0]), None)
    if twice is not None:
        yield ERROR, f"Two levels start from {plain(twice)}."
    elif [percent for _, percent in levels] != sorted(percent for _, percent in levels):
        yield WARNING, "A higher level counts for less than a lower one, so a better mark can lower the total."


def _needs(step: Mapping, raw: Mapping, names: list[str]) -> Iterator[Said]:
    if raw["source"] in ("milestones", "manual"):
        yield ERROR, f"Work of the source {raw['source']!r} belongs to no day of class."
    elif step["source"] == raw["source"]:
        yield ERROR, "A component cannot need its own source."


def _group(step: Mapping, raw: Mapping, names: list[str]) -> Iterator[Said]:
    if raw["source"] in ("milestones", "manual"):
        yield ERROR, f"Work of the source {raw['source']!r} belongs to no day of class and to no paper."
    elif step["by"] == "paper" and raw["source"] not in ("reviews", "discussion"):
        yield ERROR, f"Work of the source {raw['source']!r} is about no paper."


def _skip(step: Mapping, raw: Mapping, names: list[str]) -> Iterator[Said]:
    yield (
        WARNING,
        "What is skipped is left out and what is handed in counts, so poor work can lower the total where none would not; "
        "drop_lowest does not do that.",
    )


def _deduct(step: Mapping, raw: Mapping, names: list[str]) -> Iterator[Said]:
    yield from check_how_much(step, "percent")
    yield from check_counted(step, {raw["source"]})


CHECKS: Mapping[str, Callable[[Mapping, Mapping, list[str]], Iterator[Said]]] = {
    "late": _late,
    "map": _map,
    "needs": _needs,
    "group": _group,
    "skip": _skip,
    "deduct": _deduct,
}
