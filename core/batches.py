"""Naming very many rows: a database takes so many parameters in a statement and no more."""

from collections.abc import Iterable, Iterator

# PostgreSQL takes 65,535 and SQLite 32,766; other conditions need some as well.
MOST = 10_000


def batches(ids: Iterable[int], *, most: int | None = None) -> Iterator[list[int]]:
    """The ids in their order, at most MOST at once; nothing for none."""
    ids = list(ids)
    size = most or MOST
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
