"""A tag as it is written, in both directions: ~mine#2 is the private tag `mine` with the value 2. Pure."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from core.errors import DomainError
from reviews.models import Audience

LONGEST = 80
MAX_AT_ONCE = 20
RESERVED = ("all", "any", "none", "some", "undefined")  # words of the search language
PREFIXES = {"": Audience.COURSE, "~": Audience.OWN, "~~": Audience.STAFF}
PREFIX_OF = {audience: prefix for prefix, audience in PREFIXES.items()}
NAME_OF_KIND = {Audience.COURSE: "", Audience.STAFF: "staff only", Audience.OWN: "only you"}
NAME = r"[A-Za-z][A-Za-z0-9_.-]*"
RULE = f"A tag begins with a letter and goes on with letters, digits, _ - and dots, {LONGEST} at most"
_TAG = re.compile(rf"#?(~{{0,2}})({NAME})(?:#([0-9]{{1,6}}(?:\.[0-9]{{1,4}})?))?")


class Label(NamedTuple):
    """`value` is None where none is said: a tag that is there keeps its own."""

    audience: Audience
    name: str
    value: Decimal | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What two tags have in common that are the same."""
        return str(self.audience), self.name.lower()

    @property
    def is_shared(self) -> bool:
        return self.audience != Audience.OWN

    @property
    def text(self) -> str:
        return written(self.audience, self.name, self.value or 0)


def read_label(text: str) -> Label:
    """Raises DomainError, with the code `bad_tag`."""
    found = _TAG.fullmatch(text.strip())
    if not found or len(found[2]) > LONGEST:
        raise DomainError(f"{shortened(text)} is no tag. {RULE}.", field="tags", code="bad_tag")
    if found[2].lower() in RESERVED:
        raise DomainError(f"{found[2]} is a word of the search; call the tag otherwise.", field="tags", code="bad_tag")
    return Label(PREFIXES[found[1]], found[2], Decimal(found[3]) if found[3] else None)


def read_labels(texts: str | Iterable[str]) -> list[Label]:
    """Several with blanks or commas between; of one that is named twice the last counts. Raises DomainError."""
    words = re.split(r"[\s,]+", texts.strip()) if isinstance(texts, str) else list(texts)
    labels = {label.key: label for label in map(read_label, filter(None, words))}
    if len(labels) > MAX_AT_ONCE:
        raise DomainError(
            f"Up to {MAX_AT_ONCE} tags can be named at once; these are {len(labels)}.", field="tags", code="too_many"
        )
    return list(labels.values())


def written(audience: str, name: str, value: Decimal | int = 0) -> str:
    """(own, "mine", 2) -> ~mine#2; a value of 0 is not said."""
    return f"{PREFIX_OF[Audience(audience)]}{name}" + (f"#{number_of(value)}" if value else "")


def number_of(value: Decimal | int) -> str:
    """Without trailing zeros and without an exponent: 20.0000 -> 20."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
