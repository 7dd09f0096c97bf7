"""A policy against what the course has."""

from collections.abc import Iterator, Mapping

from grading.engine.compute import source_key
from grading.engine.lint.finding import ERROR, WARNING, Finding, Known, Path
from grading.engine.lint.walk import walk
from grading.engine.policy import Component, Policy


def check_against_course(policy: Policy, document: Mapping, known: Known) -> Iterator[Finding]:
    paths = {raw["key"]: path for path, raw in walk(document)}
    for component in policy.leaves():
        yield from _check_source(component, paths[component.key], known)


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
    elif component.source == "participation" and known.participation == 0:
        message = f"Nothing can fill {component.title!r}: the course gives no points for attending and discussing."
        yield Finding(WARNING, (*path, "source"), message)
    elif have is not None and component.source == "reviews":
        needed = next((step.params["count"] for step in component.steps if step.name == "required_count"), 0)
        if needed > have:
            message = f"{needed} reviews are needed for full credit, but the course has only {have} papers."
            yield Finding(WARNING, (*path, "steps"), message)


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
