"""Work that is marked without names: what somebody marks of it, and which work a random address stands for."""

from collections.abc import Iterable

from courses.models import Enrollment
from grading import engine
from grading.queries.marking import BLIND, Entry, blinded, milestone_entries, review_entries
from grading.queries.policy import read_in_force

ENTRIES = {"reviews": review_entries, "milestones": milestone_entries}


def blind_entries(marker: Enrollment, policy: engine.Policy, source: str) -> list[Entry]:
    """In an order that tells nothing; of a source that is marked with names, none."""
    return [entry for entry in blinded(ENTRIES[source](marker), policy, source) if entry.is_blind]


def blind_works(marker: Enrollment, addresses: Iterable[str], policy: engine.Policy | None = None) -> dict[str, Entry]:
    """{address: entry} of the random ones among these addresses that stand for work of one's own; nothing is asked for none.

    An address stands for its work until the work's mark is released.
    """
    wanted = {address for address in addresses if is_blind(address)}
    if not wanted:
        return {}
    policy = policy or read_in_force(marker.course)[1]
    sources = {leaf.source for leaf in policy.leaves() if leaf.is_anonymous} & set(ENTRIES)
    found = (entry for source in sorted(sources) for entry in blind_entries(marker, policy, source))
    return {entry.work: entry for entry in found if entry.work in wanted}


def is_blind(address: str) -> bool:
    return address.startswith(BLIND)
