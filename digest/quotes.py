"""Whether a quote is in an answer; no database here."""

import hashlib

from core.text import tidy


def plain(text: str) -> str:
    """The text with every run of blanks and line ends as one blank."""
    return " ".join(tidy(text).split())


def is_quoted_from(quote: str, answer: str) -> bool:
    """Whether the answer has the quote's words in a row; line ends and blanks do not count."""
    return bool(plain(quote)) and plain(quote) in plain(answer)


def seen_mark(answer: str) -> str:
    """What a page keeps of an answer, so that a pick from an answer that has changed since can be refused.

    Made from the text alone: keys of versions would tell who handed in when.
    """
    return hashlib.sha256(answer.encode()).hexdigest()[:16]
