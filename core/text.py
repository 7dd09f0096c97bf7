"""Rules for text that people type or upload."""

import re
import unicodedata

MAX_TEXT = 100_000  # characters in one field; a 250-word review has about 1,700

_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_SURROGATE = re.compile("[\ud800-\udfff]")


def count_words(text: str) -> int:
    """Words as a reader counts them; hyphenated and apostrophised words are one."""
    return len(_WORD.findall(text))


def text_problem(text: str, *, limit: int = MAX_TEXT) -> str | None:
    """Why this text cannot be stored, or None."""
    if "\x00" in text:
        return "The text contains a NUL character (U+0000), which cannot be stored. Remove it and save again."
    if not text.isascii() and _SURROGATE.search(text):
        return "The text contains half of a character (a lone surrogate), which cannot be stored. Remove it and save again."
    if len(text) > limit:
        return f"The text has {len(text):,} characters; at most {limit:,} fit."
    return None


def tidy(text: str) -> str:
    """Text in one normal form: LF line ends, composed characters, no trailing blanks at the end."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).rstrip()
