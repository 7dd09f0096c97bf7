"""The policy in force in sentences, for people who do not read TOML."""

from collections.abc import Callable, Iterator
from typing import Any

from grading.engine import Component, Deduction, Policy, plain

SOURCE_WORDS = {
    "reviews": "Marks on reviews.",
    "presentations": "Marks on presentations.",
    "participation": "Attendance and discussion in class, meeting by meeting.",
    "milestones": "The team's marks for milestones of the project.",
    "discussion": "Comments in the discussion, one point each.",
    "manual": "Marked by hand.",
}
COUNT_WORDS = {
    "bad_ratings": "reviews rated bad",
    "missing": "missing pieces of work",
    "late": "pieces of work handed in late",
    "without_points": "pieces of work without points",
}


def policy_in_words(policy: Policy) -> dict[str, Any]:
    """{"components", "whole", "letters", "tracks"}; a component has title, weight, sentences and parts."""
    return {
        "components": [_component(component) for component in policy.components],
        "whole": list(_whole(policy)),
        "letters": _letters(policy),
        "tracks": [
            {"title": track.title, "sections": sorted(track.sections), "policy": policy_in_words(track.policy)}
            for track in policy.tracks
        ],
    }


def _component(component: Component) -> dict[str, Any]:
    return {
        "title": component.title,
        "weight": plain(component.weight),
        "sentences": [] if component.parts else list(_leaf(component)),
        "parts": [_component(part) for part in component.parts],
    }


def _leaf(component: Component) -> Iterator[str]:
    if component.credit == "submission":
        yield "Reviews handed in: full credit for each, whatever its mark."
    elif component.milestones is not None:
        yield f"The team's marks for {_listed(component.milestones)}."
    else:
        yield SOURCE_WORDS[component.source]
    if component.entry.rubric:
        parts = ", ".join(f"{part.title} (up to {plain(part.top)})" for part in component.entry.rubric)
        yield f"Marked by a rubric: {parts}."
    elif component.entry.symbols:
        yield f"Marked as {', '.join(f'{symbol} ({plain(points)})' for symbol, points in component.entry.symbols)}."
    elif component.entry.is_percent:
        yield "Marked in percent."
    for step in component.steps:
        yield STEP_WORDS[step.name](**step.params)
    if component.is_anonymous:
        yield "Whoever marks sees whose work it is only once the mark is released."
    if component.is_left_out_when_empty:
        yield "When nothing here has points in the end, the other components count for it."


def _listed(words) -> str:
    return ", ".join(words)


def _pieces(count: int, *, of: str = "piece") -> str:
    return f"{count} {of}" if count == 1 else f"{count} {of}s"


def _map(levels, by: str = "points") -> str:
    unit = " %" if by == "percent" else ""
    steps = ", ".join(f"from {plain(least)}{unit} {plain(percent)} %" for least, percent in levels)
    return f"Each mark is read on a scale: {steps}."


def _late(percent=None, points=None, per="day", of="full", tiers=(), grace_hours=None, stop_days=None, bank_days=None) -> str:
    if tiers:
        said = "Late work keeps " + ", ".join(f"{plain(kept)} % up to {plain(days)} days late" for days, kept in tiers)
        said += ", then nothing"
    else:
        amount = f"{plain(points)} points" if points is not None else f"{plain(percent or 0)} % of the {of} points"
        said = f"Late work loses {amount} for every {per} begun"
    said += f", after a grace of {plain(grace_hours)} hour{'' if grace_hours == 1 else 's'}" if grace_hours else ""
    said += f"; more than {plain(stop_days)} days late it counts as zero" if stop_days is not None else ""
    said += f"; {_pieces(bank_days, of='late day')} are free, spent where they help most" if bank_days else ""
    return said + "."


def _required_count(count: int, extra=None) -> str:
    said = f"{count} are full credit; the best {count} count"
    return f"{said}, and more are extra credit of {plain(extra)} % each." if extra else f"{said}, more count for nothing."


def _total_points(full_points=None) -> str:
    return f"{plain(full_points)} points are full credit." if full_points else "Points over possible points."


def _deduct(count_of: str, tiers=(), each=None, free=0) -> str:
    what = COUNT_WORDS[count_of]
    if tiers:
        return (
            f"Taken off for {what}: " + ", ".join(f"{plain(percent)} % from {plain(least)}" for least, percent in tiers) + "."
        )
    after = f" after the first {free}" if free else ""
    return f"Taken off for {what}: {plain(each or 0)} % for each{after}."


def _group(by: str, exempt: str = "one") -> str:
    said = f"Of several on one {by}, the best counts."
    return f"{said} Who is exempt from one of them is exempt from all of that {by}." if exempt == "all" else said


def _needs(source: str, least=None) -> str:
    much = f"at least {plain(least)} points" if least else "points"
    return f"Work counts only on days with {much} for {source}."


STEP_WORDS: dict[str, Callable[..., str]] = {
    "map": _map,
    "late": _late,
    "needs": _needs,
    "group": _group,
    "exempt": lambda counts_as: f"Exempt work counts as {counts_as}." if counts_as == "done" else "Exempt work is left out.",
    "sampled": lambda: "A sample is marked: what is handed in and not marked is left out.",
    "skip": lambda count: f"{_pieces(count)} may be left undone.",
    "drop_lowest": lambda count: f"The lowest {_pieces(count, of='result')} {'is' if count == 1 else 'are'} left out.",
    "best_of": lambda count: f"The best {_pieces(count, of='result')} count.",
    "required_count": _required_count,
    "mean": lambda: "The mean of the results, each weighing the same.",
    "sum": _total_points,
    "all_or_nothing": lambda at: f"{plain(at)} % or more is full credit, less is none.",
    "deduct": _deduct,
    "cap": lambda at: f"At most {plain(at)} % of the component.",
}


def _whole(policy: Policy) -> Iterator[str]:
    total = plain(policy.weight_sum)
    if policy.weight_sum != 100 and policy.components:
        yield f"The weights add up to {total}; the total is {'scaled to 100' if policy.is_scaled else f'out of {total}'}."
    if policy.curve:
        points = ", ".join(f"{plain(before)} becomes {plain(after)}" for before, after in policy.curve)
        yield f"Totals are curved: {points}; what lies between lies between."
    titles = {component.key: component.title for component in policy.walk()}
    for deduction in policy.deductions:
        yield _deduction(deduction, titles.get(deduction.component, deduction.component))
    for gate in policy.gates:
        need = gate.need.words(titles.get(gate.need.component, gate.need.component))
        yield f"Required to pass: {need}{_otherwise(policy, gate.letter)}."
    yield f"Totals are {policy.rounding.words}, once, when they are shown."
    if policy.regrade_days:
        yield f"A mark can be contested for {_pieces(policy.regrade_days, of='day')} after its release."


def _otherwise(policy: Policy, letter: str) -> str:
    if not letter:
        return ""
    return f" (otherwise {letter})" if letter == policy.letter_names[-1] else f" (otherwise {letter} at best)"


def _deduction(deduction: Deduction, title: str) -> str:
    what, is_letters = f"{COUNT_WORDS[deduction.count_of]} in {title}", deduction.unit == "letters"

    def much(off) -> str:
        return _pieces(int(off), of="step") if is_letters else plain(off)

    if deduction.tiers:
        said = ", ".join(f"{much(off)} from {plain(least)} on" for least, off in deduction.tiers)
    else:
        after = f" after the first {deduction.free}" if deduction.free else ""
        said = f"{much(deduction.each or 0)} for each{after}"
    return f"Taken off the {'letter' if is_letters else 'total'} for {what}: {said}."


def _letters(policy: Policy) -> list[tuple[str, str]]:
    """(letter, what it needs), best first."""
    if policy.specification:
        titles = {component.key: component.title for component in policy.walk()}
        return [
            (band.letter, "; ".join(str(need.words(titles.get(need.component, need.component))) for need in band.needs))
            for band in policy.specification
        ]
    return [(band.letter, f"from {plain(band.lowest)}") for band in policy.letters]
