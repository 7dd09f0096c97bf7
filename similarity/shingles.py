"""Which words two texts share; no database here.

A shingle is five words in a row, whatever their case and whatever stands between them. Words that are nobody's own (the
paper's title, the form's wording, quotations) are taken out first, and no shingle reaches over the gap they leave or from
one field into another.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

SIZE = 5  # words in a shingle

_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
# What stands in quotation marks, or behind ">" at the begin of a line, is somebody else's by the writer's own word.
_QUOTATION = re.compile(
    r"“(?:(?!\n\n)[^“”]){1,2000}”|«(?:(?!\n\n)[^«»]){1,2000}»|(?<!\w)\"(?:(?!\n\n)[^\"]){1,2000}\"(?!\w)|^[ \t]*>.*$",
    re.MULTILINE,
)

Shingle = tuple[str, ...]


def words_of(text: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _WORD.findall(text))


class Phrases:
    """What is not counted: each phrase whole, and every part of it that is a shingle long."""

    def __init__(self, phrases: Iterable[str]):
        self._phrases = list(phrases)
        self._runs: dict[int, set[Shingle]] = {}
        for words in map(words_of, self._phrases):
            size = min(len(words), SIZE)
            if size > 1:
                self._runs.setdefault(size, set()).update(_runs(words, size))

    def and_these(self, phrases: Iterable[str]) -> "Phrases":
        return Phrases([*self._phrases, *phrases])

    def covered(self, words: tuple[str, ...]) -> set[int]:
        """The places of the words that belong to a phrase."""
        found = set()
        for size, runs in self._runs.items():
            for start, run in enumerate(_runs(words, size)):
                if run in runs:
                    found.update(range(start, start + size))
        return found


def _runs(words: tuple[str, ...], size: int) -> Iterable[Shingle]:
    return (words[start : start + size] for start in range(len(words) - size + 1))


NO_PHRASES = Phrases(())


@dataclass(frozen=True)
class Text:
    """One field's answer, as words with their places in it."""

    text: str
    phrases: Phrases = field(default=NO_PHRASES, repr=False)

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """[(start, end) of each word]"""
        return [match.span() for match in _WORD.finditer(self.text)]

    @cached_property
    def words(self) -> tuple[str, ...]:
        return words_of(self.text)

    @cached_property
    def own(self) -> set[int]:
        """The places of the words that are the writer's own."""
        quoted = [match.span() for match in _QUOTATION.finditer(self.text)]
        theirs = self.phrases.covered(self.words)
        return {
            place
            for place, (start, end) in enumerate(self.spans)
            if place not in theirs and not any(first <= start and end <= last for first, last in quoted)
        }

    @cached_property
    def shingles(self) -> list[tuple[int, Shingle]]:
        """[(the place of its first word, shingle)]"""
        return [
            (start, run)
            for start, run in enumerate(_runs(self.words, SIZE))
            if all(place in self.own for place in range(start, start + SIZE))
        ]


@dataclass(frozen=True)
class Document:
    """A review, or a text of the paper: {field key: its text}."""

    texts: Mapping[str, Text]

    @cached_property
    def shingles(self) -> set[Shingle]:
        return {shingle for text in self.texts.values() for _, shingle in text.shingles}

    @cached_property
    def own_words(self) -> int:
        return sum(len(text.own) for text in self.texts.values())

    def places_of(self, shared: set[Shingle]) -> dict[str, dict[int, Shingle]]:
        """{field key: {place of a word: the first of the shared shingles that covers it}}"""
        return {key: _covered(text, shared) for key, text in self.texts.items()}


def _covered(text: Text, shared: set[Shingle]) -> dict[int, Shingle]:
    places: dict[int, Shingle] = {}
    for start, shingle in text.shingles:
        if shingle in shared:
            for place in range(start, start + SIZE):
                places.setdefault(place, shingle)
    return places


def document_of(answers: Mapping[str, str], phrases: Phrases = NO_PHRASES) -> Document:
    return Document({key: Text(text, phrases) for key, text in answers.items() if text})


def shared_words(document: Document, shared: set[Shingle]) -> int:
    """How many of the document's words stand in these shingles."""
    return sum(len(places) for places in document.places_of(shared).values())
