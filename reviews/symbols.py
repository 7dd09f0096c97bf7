"""The symbols of a score, such as A to E: what stands in place of its numbers. Pure.

Scores are stored, compared and averaged as numbers; a symbol is how one is shown and typed.
"""

import re
from collections.abc import Iterable

# Nothing that a number, a comparison, a range or a line of a text form could be taken for.
_MARKS = r"""\s0-9.,:;()<>=!#&"'*/\[\]\\|"""
SYMBOL = rf"^[^{_MARKS}+~-][^{_MARKS}]{{0,2}}$"
_SYMBOL = re.compile(SYMBOL)
_WORDS = {"any", "all", "no", "yes"}  # mean something of their own in a search
_OPERATORS = re.compile(r"(\.\.|…|[:<>=!≠≤≥]+)")


def symbol_of(option: dict) -> str:
    """The option's symbol; its number when it has none."""
    return option.get("symbol") or str(option["value"])


def score_words(option: dict) -> str:
    return f"{symbol_of(option)} {option['label']}"


def symbol_faults(options: Iterable[dict], *, is_score: bool) -> Iterable[tuple[int, str]]:
    """(place of the option, what is wrong with its symbol)."""
    seen = set()
    for place, option in enumerate(options):
        if "symbol" not in option:
            continue
        symbol = str(option["symbol"])
        if not is_score:
            yield place, "found a symbol, expected on scores only"
        elif not _SYMBOL.fullmatch(symbol) or symbol.casefold() in _WORDS:
            yield place, f'found "{symbol[:20]}", expected one to three letters or signs, such as A, B+ or ★'
        elif symbol.casefold() in seen:
            yield place, f'found "{symbol}" twice, expected a symbol of its own'
        seen.add(symbol.casefold())


def value_typed(options: Iterable[dict], entered: str) -> int | None:
    """The score whose symbol somebody typed, with or without the label behind it: "B", "b.", "B. Good"."""
    known = {option["symbol"].casefold(): option for option in options if option.get("symbol")}
    if not known or not entered.strip():
        return None
    folded = " ".join(entered.split()).casefold()
    printed = {f"{symbol}. {' '.join(option['label'].split()).casefold()}": option for symbol, option in known.items()}
    if folded in printed:
        return printed[folded]["value"]
    if any(folded == option["label"].casefold() for option in options):
        return None
    found = known.get(folded.split()[0].rstrip(".:)"))
    return found["value"] if found else None


def as_numbers(options: Iterable[dict], text: str) -> str:
    """What a search says of a score, with numbers for symbols: ">B", "all:A..C"."""
    known = {option["symbol"].casefold(): str(option["value"]) for option in options if option.get("symbol")}
    return "".join(known.get(part.strip().casefold(), part) for part in _OPERATORS.split(text)) if known else text
