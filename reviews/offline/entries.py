"""What was entered under a field's heading -> an answer, or why it is none. Pure."""

import re
from dataclasses import dataclass
from typing import Any

from core.text import text_problem, tidy
from reviews.answers import CHOICE_LIMIT
from reviews.models import Field, FieldKind
from reviews.offline.names import folded
from reviews.offline.parse import Note, Section
from reviews.offline.write import ANONYMOUS, NO_CHOICE, OPEN, READY, choice_names
from reviews.symbols import symbol_of, value_typed

KEEP = object()  # the answer stays as it is
YES = {"yes", "y", "true", "x", "[x]", "✓", "on", "1"}
NO = {"no", "n", "false", "[ ]", "✗", "off", "0", "none", "no entry", "no answer"}
NOTHING = {"no answer", "no entry", "none", "n/a"}
READY_WORDS = {folded(READY), "yes", "submit", "submitted"}
OPEN_WORDS = {folded(OPEN), "named", "shown", "not anonymous"}
HIDDEN_WORDS = {folded(ANONYMOUS), "blind", "hidden"}
DRAFT_WORDS = {"", "not ready", "no", "draft", "unready", "not yet"}

_TICK = re.compile(r"\[\s*(\S?)\s*\]\s*(.*)")
_NUMBERED = re.compile(r"([+-]?\d{1,6})(?![\d.,/-]*\d)\s*[.:)]?(?:\s*[^\d\s].*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """A field's new answer, or KEEP; `note` says why an entry was not taken, or what of it was not."""

    value: Any
    note: Note | None = None


def read_entry(field: Field, section: Section) -> Entry:
    if field.kind == FieldKind.TEXT:
        return _read_text(field, section)
    if field.kind == FieldKind.CHOICES:
        return _read_ticks(field, section)
    first, rest = _first_line(section.text)
    if first == NO_CHOICE:
        return _with_rest(Entry(KEEP), field, section, rest)
    read = _read_tick if field.kind == FieldKind.CHECKBOX else _read_choice
    return _with_rest(read(field, section, first), field, section, rest)


def is_ready(readiness: str) -> bool | None:
    """What stands under Review Readiness; None when it is neither word."""
    said = folded(readiness).rstrip(".!")
    if said in READY_WORDS:
        return True
    return False if said in DRAFT_WORDS else None


def shows_name(anonymity: str) -> bool | None:
    """What stands under Review Anonymity; None when it is neither word."""
    said = folded(anonymity).rstrip(".!")
    if said in OPEN_WORDS:
        return True
    return False if said in HIDDEN_WORDS else None


def _first_line(text: str) -> tuple[str, str]:
    first, _, rest = text.strip().partition("\n")
    return first.strip(), rest.strip()


def _with_rest(entry: Entry, field: Field, section: Section, rest: str) -> Entry:
    """Only the first line counts where a choice is asked; the writer is told of the others, and given them back."""
    if not rest:
        return entry
    said = f"{entry.note.message} " if entry.note else ""
    return Entry(
        entry.value, Note(section.line, f"{said}{field.label} takes one line; the lines below it were not saved.", rest)
    )


def _read_text(field: Field, section: Section) -> Entry:
    text = tidy(section.text)
    problem = text_problem(text)
    if problem:
        return Entry(KEEP, Note(section.line, f"{field.label}: {problem} What was saved before stays.", text))
    return Entry(text)


def _read_tick(field: Field, section: Section, entered: str) -> Entry:
    word = entered.casefold().rstrip(".")
    if word in YES:
        return Entry(True)
    if word in NO or word.startswith("(no entry") or not word:
        return Entry(False)
    return _unread(field, section, entered, "Yes or No")


def _read_ticks(field: Field, section: Section) -> Entry:
    """Lines such as "[x] Theory"; a line without brackets is a choice too. One that is unclear leaves the answer as it is."""
    names, chosen = choice_names(field), set()
    for line in filter(None, (line.strip() for line in section.text.split("\n"))):
        ticked = _TICK.fullmatch(line)
        mark, name = (ticked[1], ticked[2]) if ticked else ("x", line)
        if not ticked and folded(name) in NOTHING and not names.has(name):
            continue
        found = names.find(name)
        if len(found) != 1:
            return _unread(field, section, name, "one of " + ", ".join(option["label"] for option in field.options))
        if mark:
            chosen.add(found[0])
    return Entry([option["value"] for option in field.options if option["value"] in chosen])


def _read_choice(field: Field, section: Section, entered: str) -> Entry:
    names = choice_names(field)
    if not entered or (folded(entered) in NOTHING and not names.has(entered)):
        return Entry(None)
    if field.kind == FieldKind.SCORE and (value := value_typed(field.options, entered)) is not None:
        return Entry(value)
    if field.kind == FieldKind.SCORE and (numbered := _NUMBERED.fullmatch(entered)):
        found = [numbered[1]]
    else:
        found = names.find(entered)
    by_name = {str(option["value"]): option["value"] for option in field.options}
    key = str(int(found[0])) if field.kind == FieldKind.SCORE and found else "".join(found[:1])
    if len(found) == 1 and key in by_name:
        return Entry(by_name[key])
    return _unread(field, section, entered, "one of " + ", ".join(map(symbol_of, field.options)))


def _unread(field: Field, section: Section, entered: str, expected: str) -> Entry:
    shown = entered if len(entered) <= CHOICE_LIMIT else f"{entered[:CHOICE_LIMIT]}…"
    return Entry(KEEP, Note(section.line, f"{field.label}: “{shown}” is not {expected}. What was saved before stays."))
