"""What of a sheet is marked without names: below the students' rows, under the names and in the order that the queue gives it.

Never narrowed by a student's name or section: what is left then would tell whose it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from courses.models import Enrollment
from grading import engine
from grading.queries.marking import Entry, blinded, milestone_entries, review_entries
from grading.queries.sheet.columns import Column

LISTED = 1_000  # pieces of work; of more, the page only counts


@dataclass(frozen=True, slots=True)
class BlindColumn:
    column: Column
    entries: list[Entry]

    @property
    def marked(self) -> int:
        return sum(1 for entry in self.entries if entry.is_marked)


ENTRIES = {"reviews": review_entries, "milestones": milestone_entries}


def without_names(
    marker: Enrollment, policy: engine.Policy, leaf: engine.Component, columns: list[Column]
) -> list[BlindColumn]:
    """Of each column the work whose marks are not released; empty where the component's work is marked with names."""
    if not leaf.is_anonymous:
        return []
    hidden = [entry for entry in blinded(ENTRIES[leaf.source](marker), policy, leaf.source) if entry.is_blind]
    return list(_of_each(columns, hidden))


def _of_each(columns: list[Column], hidden: list[Entry]) -> Iterator[BlindColumn]:
    for column in columns:
        entries = [entry for entry in hidden if entry.group == column.key]
        if entries:
            yield BlindColumn(column, entries)
