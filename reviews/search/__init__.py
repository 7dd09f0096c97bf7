"""Finding papers in HotCRP's search language, the part that a class uses; docs/search.md says what it means.

`find(enrollment, "OveMer:>3 -re:me transformer")` gives the papers or raises SearchError(position, message).
"""

from collections.abc import Collection
from dataclasses import dataclass

from courses.models import Enrollment, Paper
from reviews.models import SavedSearch
from reviews.search.compile import found_by
from reviews.search.errors import SearchError
from reviews.search.parse import MAX_BYTES, parse
from reviews.search.syntax import describe
from reviews.search.world import World

__all__ = ["MAX_BYTES", "Found", "SearchError", "field_labels", "find", "papers"]


@dataclass(frozen=True, slots=True)
class Found:
    """`ids` are the papers' primary keys in the reading order; `numbers` are {primary key: number} of these papers.

    `meaning` is the search as it was understood, with every parenthesis.
    """

    ids: tuple[int, ...]
    numbers: dict[int, int]
    meaning: str


def find(enrollment: Enrollment, text: str, *, within: SavedSearch | None = None) -> Found:
    """The papers that this member finds, by what they may see and nothing else; reads enrollment.course.

    `within` is the saved search whose text this is: what `ss:` means in it goes by with whom it is shared.
    Raises SearchError. The number of queries depends on the keywords, never on papers, reviews or people.
    """
    tree = parse(text)
    world = World(enrollment)
    found = found_by(tree, world, within)
    numbers = {entry.pk: number for number, entry in enumerate(world.papers, start=1) if entry.pk in found}
    return Found(tuple(numbers), numbers, describe(tree))


def field_labels(enrollment: Enrollment) -> list[str]:
    """The review fields that this member may search by; one query."""
    return [fields[0].label for fields in World(enrollment).fields.values() if fields[0].retired_at is None]


def papers(ids: Collection[int]):
    """Some of the papers found, with their meetings, in the reading order."""
    return Paper.objects.filter(pk__in=ids).select_related("meeting")
