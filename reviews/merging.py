"""Two devices changed one review: what both wrote, put together over the answers that both began from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from merge3 import Merge3

from reviews.models import Field, FieldKind

PARTS_MOST = 5_000  # comparing is quadratic in the worst case
_WORDS = re.compile(r"\s+|\S+")
MINE, OTHER = "[[here: ", "[[elsewhere: "


@dataclass(frozen=True, slots=True)
class Merged:
    """`clashes` are the labels of fields that both sides changed in the same place."""

    answers: dict
    clashes: list[str]


def merge_answers(fields: Iterable[Field], base: dict, mine: dict, other: dict) -> Merged:
    """Each is {field key: answer}; what only one side changed is taken from that side.

    Where both changed the same words, both stand in the text, in double brackets; where both chose another score or
    choice, mine stays.
    """
    answers, clashes = dict(other), []
    for field in fields:
        three = [side.get(field.key) for side in (base, mine, other)]
        merge = _merge_texts if field.kind == FieldKind.TEXT else _merge_values
        answers[field.key], has_clash = merge(*three)
        if has_clash:
            clashes.append(field.label)
    return Merged(answers, clashes)


def _merge_values(base, mine, other) -> tuple:
    if mine == base:
        return other, False
    return mine, other not in (base, mine)


def _merge_texts(base: str | None, mine: str | None, other: str | None) -> tuple[str, bool]:
    base, mine, other = base or "", mine or "", other or ""
    if mine in (base, other):
        return other, False
    if other == base:
        return mine, False
    groups = list(Merge3(*_parts([base, mine, other])).merge_groups())
    return "".join(_group(*group) for group in groups), any(group[0] == "conflict" for group in groups)


def _parts(texts: list[str]) -> list[list[str]]:
    """The texts in words and the blanks between them; long ones in lines, very long ones whole."""
    for split in (_WORDS.findall, lambda text: text.splitlines(keepends=True)):
        parts = [split(text) for text in texts]
        if max(map(len, parts)) <= PARTS_MOST:
            return parts
    return [[text] for text in texts]


def _group(kind: str, *parts) -> str:
    if kind != "conflict":
        return "".join(parts[0])
    _, mine, other = ("".join(part) for part in parts)
    longest = max(mine, other, key=len)
    before, after = longest[: len(longest) - len(longest.lstrip())], longest[len(longest.rstrip()) :]
    both = " ".join(f"{mark}{text.strip()}]]" for mark, text in ((MINE, mine), (OTHER, other)) if text.strip())
    return before + both + after
