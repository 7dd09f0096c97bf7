"""Two texts side by side, with what they share marked and numbered; no database here."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from similarity.shingles import Document, Shingle, Text


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `number` is the shared passage that it belongs to, 0 for what is not shared."""

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Side:
    """One document: {field key: its pieces}, fields that share nothing included."""

    fields: dict[str, list[Piece]]

    def shares(self, key: str) -> bool:
        return any(piece.number for piece in self.fields[key])


def side_by_side(one: Document, other: Document) -> tuple[Side, Side]:
    """Both with their shared passages, numbered as they come in the first: the same number stands for the same words."""
    shared = one.shingles & other.shingles
    numbers = _numbers(one, shared)
    return _side(one, shared, numbers), _side(other, shared, numbers)


def _numbers(document: Document, shared: set[Shingle]) -> dict[Shingle, int]:
    """{shingle: its passage}: shingles that overlap or touch in the document are one passage."""
    numbers: dict[Shingle, int] = {}
    number = 0
    for text in document.texts.values():
        end = -1
        for start, shingle in text.shingles:
            if shingle not in shared:
                continue
            if start > end:
                number += 1
            end = start + len(shingle)
            numbers.setdefault(shingle, number)
    return numbers


def _side(document: Document, shared: set[Shingle], numbers: dict[Shingle, int]) -> Side:
    places = document.places_of(shared)
    return Side(
        {
            key: list(_pieces(text, {place: numbers[shingle] for place, shingle in places[key].items()}))
            for key, text in document.texts.items()
        }
    )


def _pieces(text: Text, numbers: dict[int, int]) -> Iterator[Piece]:
    """The whole text in order; what stands between two words of one passage belongs to it."""
    at = 0
    for number, group in groupby(range(len(text.spans)), key=lambda place: numbers.get(place, 0)):
        if not number:
            continue
        places = list(group)
        start, end = text.spans[places[0]][0], text.spans[places[-1]][1]
        if start > at:
            yield Piece(text.text[at:start], 0)
        yield Piece(text.text[start:end], number)
        at = end
    if at < len(text.text):
        yield Piece(text.text[at:], 0)
