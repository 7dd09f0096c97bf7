"""Which saved search `ss:name` means."""

from collections.abc import Iterable

from reviews.models import Audience, SavedSearch

MAX_DEPTH = 10  # of saved searches inside one another


class Shelf:
    """The saved searches that a viewer sees, by name.

    In a search of one's own a name means first one's own. In what is shared it means what everybody sees with whom it
    is shared, so that it finds by the same words whoever asks.
    """

    def __init__(self, seen: Iterable[SavedSearch], viewer_id: int):
        self._own: dict[str, SavedSearch] = {}
        self._shared: dict[str, SavedSearch] = {}
        for saved in seen:
            if saved.is_shared:
                self._shared[saved.name.lower()] = saved
            if saved.owner_id == viewer_id:
                self._own[saved.name.lower()] = saved

    def named(self, name: str, within: SavedSearch | None) -> SavedSearch | None:
        """`within` is the saved search in which the name stands; None for what the viewer wrote."""
        name = name.strip().lower()
        if within is None or within.audience == Audience.OWN:
            return self._own.get(name) or self._shared.get(name)
        found = self._shared.get(name)
        if found and within.audience == Audience.COURSE and found.audience != Audience.COURSE:
            return None
        return found
