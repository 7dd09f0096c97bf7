"""A policy against what the course has."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from grading.engine.exact import plain
from grading.engine.lint.finding import ERROR, WARNING, Finding, Known, Path
from grading.engine.lint.walk import walk
from grading.engine.policy import Component, Policy
from grading.engine.to_come import source_key


def check_against_course(policy: Policy, document: Mapping, known: Known) -> Iterator[Finding]:
    paths = {raw["key"]: path for path, raw in walk(document)}
    for component in policy.leaves():
        yield from _check_source(component, paths[component.key], known)
    yield from _check_counts(policy, known)


def _check_source(component: Component, path: Path, known: Known) -> Iterator[Finding]:
    if component.source == "milestones" and known.milestones is not None:
        if not known.milestones:
            yield Finding(WARNING, (*path, "source"), f"Nothing can fill {component.title!r}: the course has no milestones.")
        for place, key in enumerate(component.milestones or ()):
            if key not in known.milestones:
                there = ", ".join(sorted(known.milestones)) or "none"
                yield Finding(
                    ERROR, (*path, "milestones", place), f"No milestone has the key {key!r}; the course has: {there}."
                )
    counts = {"reviews": (known.papers, "papers"), "participation": (known.meetings, "meetings")}
    counts["presentations"] = (known.slots, "presentation slots")
    have, noun = counts.get(component.source, (None, ""))
    if have == 0:
        yield Finding(WARNING, (*path, "source"), f"Nothing can fill {component.title!r}: the course has no {noun}.")
    elif _is_lacking(component.source, known):
        message = f"Nothing can fill {component.title!r}: the course {LACKS[component.source]}."
        yield Finding(WARNING, (*path, "source"), message)
    else:
        for message in _out_of_reach(component, known):
            yield Finding(WARNING, (*path, "steps"), message)


def _is_lacking(source: str, known: Known) -> bool:
    """Whether the course has no work of this source at all; that it has no milestones is said already."""
    if source == "participation" and known.participation == 0:
        return True
    return known.takes is not None and not known.takes(source) and (source != "milestones" or bool(known.milestones))


LACKS = {
    "reviews": "asks for no reviews",
    "participation": "gives no points for participation",
    "milestones": "has no projects",
    "discussion": "has no discussion",
}
NEEDED = {"reviews": "reviews", "milestones": "milestones", "participation": "meetings"}


def _out_of_reach(component: Component, known: Known) -> Iterator[str]:
    """What the steps ask for and the course cannot give."""
    pieces, noun = _pieces_of(component, known)
    there = f"{pieces} {noun}" if pieces == 1 else f"{pieces} {noun}s"
    for step in component.steps:
        count = step.params.get("count", 0)
        if pieces and step.name == "required_count" and count > pieces:
            asked = NEEDED.get(component.source, "pieces of work")
            yield f"{count} {asked} are needed for full credit, but the course has only {there}."
        if pieces and step.name == "drop_lowest" and count >= pieces > 1:
            yield f"{count} are dropped, and the course has {there}: only the best one counts."
        if "full_points" in step.params:
            yield from _short_of(step.params["full_points"], component, known)


def _short_of(full: Fraction, component: Component, known: Known) -> Iterator[str]:
    most = None
    if component.source == "manual":
        most = component.max_points
    elif component.source == "participation" and known.meetings and known.participation:
        most = known.meetings * known.participation
    if most and full > most:
        yield f"{plain(full)} points are full credit, but all of it together brings only {plain(most)}."


def _pieces_of(component: Component, known: Known) -> tuple[int | None, str]:
    """How many pieces of work it can have, and what they are; None where that is open."""
    match component.source:
        case "reviews":
            return known.papers, "paper"
        case "participation":
            return known.meetings, "meeting"
        case "milestones":
            milestones = component.milestones or known.milestones
            return None if milestones is None else len(milestones), "milestone"
        case "manual":
            return 1, "mark by hand"
    return None, ""


def _check_counts(policy: Policy, known: Known) -> Iterator[Finding]:
    """Gates and letters that ask for more pieces of work than there can be."""
    needs = [(("gates", place), gate.need) for place, gate in enumerate(policy.gates)]
    needs += [
        (("specification", place, "needs", index), need)
        for place, band in enumerate(policy.specification)
        for index, need in enumerate(band.needs)
    ]
    components = {component.key: component for component in policy.walk()}
    for path, need in needs:
        leaves = components[need.component].leaves()
        pieces = [_pieces_of(leaf, known)[0] for leaf in leaves]
        if need.count and None not in pieces and need.count > sum(pieces):
            message = f"{need.count} pieces of work are asked for, and {components[need.component].title!r} has {sum(pieces)}."
            yield Finding(WARNING, (*path, "count"), message)


def check_unread(policy: Policy, known: Known) -> Iterator[Finding]:
    """Of the policy with its tracks: what one of them counts is counted."""
    counted = {source_key(component) for component in policy.leaves()}
    for source in ("reviews", "presentations"):
        if source not in counted and known.marked is not None and source in known.marked:
            yield Finding(WARNING, ("components",), f"Marks are given for {source}, and no component counts them.")
    yield from _unread_by_hand(policy, known)
    yield from _unread_milestones(policy, known)
    yield from _unread_participation(policy, known)


def _unread_by_hand(policy: Policy, known: Known) -> Iterator[Finding]:
    counted = {component.key for component in policy.leaves() if component.source == "manual"}
    for key in sorted(key for key in known.by_hand or () if key not in counted):
        yield Finding(WARNING, ("components",), f"Marks by hand are given for {key!r}, and no component counts them.")


def _unread_participation(policy: Policy, known: Known) -> Iterator[Finding]:
    """Points that students have and that lead nowhere; what only a `needs` step asks about is read.

    Before anything is recorded nobody is told: many a course records who was there and does not grade it.
    """
    asked = {step.params["source"] for component in policy.leaves() for step in component.steps if step.name == "needs"}
    read = {component.source for component in policy.leaves()} | asked
    if "participation" not in read and known.participation and known.recorded:
        message = "Participation is recorded and gives points, and no component counts it."
        yield Finding(WARNING, ("components",), message)


def _unread_milestones(policy: Policy, known: Known) -> Iterator[Finding]:
    readers = [component for component in policy.leaves() if component.source == "milestones"]
    if known.milestones is None or any(component.milestones is None for component in readers):
        return
    read = {key for component in readers for key in component.milestones}
    for key in sorted(known.milestones - read):
        yield Finding(WARNING, ("components",), f"No component counts the milestone {key!r}.")
