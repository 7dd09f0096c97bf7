"""What a process keeps of things that never change for their key, so that it need not be fetched or laid out again."""

from collections.abc import Callable, Collection, Hashable, Mapping
from threading import Lock
from typing import Any

from cachetools import LRUCache

_made: list["Kept"] = []


class Kept:
    """At most `size` (of `getsizeof(value)` each, 1 by default); the least recently used go first.

    A key must name its value for good, over the changes of the database: a primary key of something that may
    be edited does not. None is a value like any other.
    """

    def __init__(self, size: int, getsizeof: Callable[[Any], int] | None = None):
        self._values: LRUCache = LRUCache(size, getsizeof)
        self._lock = Lock()
        _made.append(self)

    def get_many(self, keys: Collection[Hashable], load: Callable[[list], Mapping]) -> dict:
        """{key: value}; what is not kept is asked of `load` in one call, and what it leaves out is left out."""
        with self._lock:
            found = {key: self._values[key] for key in keys if key in self._values}
        missing = [key for key in keys if key not in found]
        if not missing:
            return found
        loaded = load(missing)
        with self._lock:
            for key, value in loaded.items():
                if self._values.getsizeof(value) <= self._values.maxsize:
                    self._values[key] = value
        return found | dict(loaded)

    def forget(self) -> None:
        with self._lock:
            self._values.clear()


def forget_all() -> None:
    """For tests: their databases count primary keys again, at the same moments."""
    for kept in _made:
        kept.forget()
