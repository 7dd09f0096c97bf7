"""Which of a paper's reviews share passages, and how much of them; no database here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from SetSimilaritySearch import SearchIndex

from similarity.shingles import Document, shared_words

# Two texts are shown when they share at least this much: less than a long sentence is chance.
LEAST_WORDS = 15
LEAST_SHARE = 0.08  # of the shorter one's shingles
ALGORITHM = 1  # counted up when the same texts would be compared differently, so that they are compared anew


@dataclass(frozen=True, slots=True)
class Overlap:
    """`share` is the part of the shorter text's own words, 0 to 100, that the two have in common."""

    first: int
    second: int
    words: int
    share: Decimal


def overlaps(documents: Sequence[Document]) -> list[Overlap]:
    """The pairs of documents (by their place, first < second) that share enough, most shared first."""
    found = [overlap for first, second in _candidates(documents) if (overlap := _overlap(documents, first, second))]
    return sorted(found, key=lambda overlap: (-overlap.share, -overlap.words, overlap.first, overlap.second))


def _candidates(documents: Sequence[Document]) -> Iterator[tuple[int, int]]:
    """The pairs of which one has enough of its shingles in the other; exact, by an index over the shingles."""
    sets = [document.shingles for document in documents]
    if not any(sets):
        return
    index = SearchIndex(sets, similarity_func_name="containment", similarity_threshold=LEAST_SHARE)
    pairs: set[tuple[int, int]] = set()
    for place, shingles in enumerate(sets):
        pairs.update((min(place, other), max(place, other)) for other, _ in _hits(index, shingles) if other != place)
    yield from pairs


def _hits(index: SearchIndex, shingles: set) -> Iterable[tuple[int, float]]:
    return index.query(shingles) if shingles else ()


def _overlap(documents: Sequence[Document], first: int, second: int) -> Overlap | None:
    one, other = documents[first], documents[second]
    shared = one.shingles & other.shingles
    words = min(shared_words(one, shared), shared_words(other, shared))
    if words < LEAST_WORDS:
        return None
    shorter = min(one.own_words, other.own_words)
    return Overlap(first, second, words, round(Decimal(100 * words) / shorter, 1))
