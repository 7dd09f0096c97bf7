"""What somebody calls a field or a choice -> which one it is. Pure."""

import re
import unicodedata
from collections.abc import Iterable

MAX_NAME = 250  # characters; labels have at most 120, choices 200
REMEMBERED = 1_000

_PARTS = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+")


def folded(name: str) -> str:
    """Names are the same when they differ only in case, blanks and a colon or question mark at the end."""
    return " ".join(unicodedata.normalize("NFC", name).split()).rstrip(" :?").casefold()


def _parts(name: str) -> list[str]:
    """The words of a name, those run together too: OveMer -> ove, mer."""
    return [part.casefold() for part in _PARTS.findall(unicodedata.normalize("NFC", name))]


def _abbreviates(parts: list[str], words: list[str]) -> bool:
    """Whether each part begins one of the words, in their order; words may be left out."""
    if not parts:
        return False
    rest = iter(words)
    return all(any(word.startswith(part) for word in rest) for part in parts)


class Names:
    """Fields or choices by key and label."""

    def __init__(self, pairs: Iterable[tuple[str, str]]):
        self._known = [(key, folded(key), folded(label), _parts(label)) for key, label in pairs]
        self._found: dict[str, list[str]] = {}  # a file of many forms asks for the same few names

    def has(self, name: str) -> bool:
        """Whether something is called exactly so."""
        wanted = folded(name)
        return any(wanted in (key, label) for _, key, label, _ in self._known)

    def find(self, name: str) -> list[str]:
        """The keys that this may mean: one when it is clear, none when nothing is called so.

        The key itself goes before a label, the whole of a label before its beginning, and that before an abbreviation.
        """
        if name not in self._found:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            self._found[name] = self._find(name) if len(name) <= MAX_NAME else []
        return self._found[name]

    def _find(self, name: str) -> list[str]:
        wanted = folded(name)
        if not wanted:
            return []
        parts = _parts(name)
        rules = (
            lambda key, label, words: key == wanted,
            lambda key, label, words: label == wanted,
            lambda key, label, words: key.startswith(wanted) or label.startswith(wanted),
            lambda key, label, words: _abbreviates(parts, words),
        )
        for rule in rules:
            found = [key for key, folded_key, label, words in self._known if rule(folded_key, label, words)]
            if found:
                return found
        return []

    def name_for(self, key: str, label: str) -> str:
        """The label where it is clear, else the key: what `find` leads back to this one and no other."""
        label = " ".join(label.split())
        return label if self.find(label) == [key] else key
