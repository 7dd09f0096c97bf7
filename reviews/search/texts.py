"""Whether a text holds words, told apart by neither case nor accents. Pure."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache


def folded(text: str) -> str:
    """As it is compared: Pólettó -> poletto."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())


@lru_cache(maxsize=1024)
def matcher(words: str, *, has_stars: bool) -> Callable[[str], bool]:
    """A test of folded texts: whether `words` stand in one as whole words; with `has_stars` a * stands for letters."""
    pieces = [re.escape(piece) for piece in folded(words).split("*")] if has_stars else [re.escape(folded(words))]
    first, *middle, last = pieces if len(pieces) > 1 else (pieces[0], None)
    if last is None:
        pattern = _edged(first)
    else:
        # Atomic groups: each piece is taken where it comes first, so that many stars cost no more than one.
        inner = "".join(rf"(?>\w*?{piece})" for piece in middle if piece)
        pattern = rf"(?<!\w){first}{inner}\w*{last}(?!\w)" if first or inner or last else r"\w"
    found = re.compile(pattern).search
    return lambda text: found(text) is not None


def _edged(word: str) -> str:
    return rf"(?<!\w){word}(?!\w)" if word else r"\w"
