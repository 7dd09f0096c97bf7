"""What somebody saw when they opened a page, against the course of now: only what both changed is a clash.

A page sends a mark of each control as it was shown. A control that its author left alone follows the course; one that
nobody else has changed says what its author typed; one that both changed, each in another way, is a clash.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django import forms
from django.utils.datastructures import MultiValueDict

Sent = dict[str, list[str]]  # {name of an input: what it sends}


@dataclass(frozen=True)
class Meanwhile:
    """`data` is what was sent, with what the course says by now in the controls that follow it."""

    data: MultiValueDict
    clashes: frozenset[str]
    follows: frozenset[str]


def as_sent(fields: Iterable[forms.BoundField]) -> Sent:
    """What a browser sends of these fields when nobody touches them."""
    found = {}
    for bound in fields:
        widget, value = bound.field.widget, bound.value()
        if isinstance(widget, forms.CheckboxInput):
            found[bound.html_name] = ["on"] if value else []
        else:
            shown = widget.format_value(value)
            found[bound.html_name] = [*map(str, shown)] if isinstance(shown, list) else ["" if shown is None else str(shown)]
    return found


def picked(data: MultiValueDict, names: Iterable[str]) -> Sent:
    return {name: data.getlist(name) for name in names if name in data}


def mark_of(sent: Sent) -> str:
    """The same for what says the same: an empty input is as one that is not there, and browsers choose the line ends."""
    said = {name: [value.replace("\r\n", "\n").replace("\r", "\n") for value in values] for name, values in sent.items()}
    said = {name: values for name, values in said.items() if any(values)}
    return hashlib.sha256(json.dumps(sorted(said.items())).encode()).hexdigest()[:16]


def marks_text(marks: Mapping[str, str]) -> str:
    return " ".join(f"{key}:{mark}" for key, mark in marks.items())


def _marks_in(text: str) -> dict[str, str]:
    return dict(pair.split(":", 1) for pair in text.split() if ":" in pair)


def meanwhile(now: Mapping[str, Sent], data: MultiValueDict, names_of, *, never_follow: str) -> Meanwhile:
    """`now` {key: what its control sends untouched}; `names_of(key)` are the names of its inputs in `data`."""
    seen = _marks_in(data.get("seen", ""))
    clashes, follows, merged = set(), set(), data.copy()
    for key, sent in now.items():
        there, typed = mark_of(sent), mark_of(picked(data, names_of(key)))
        if there in (seen.get(key), typed):
            continue
        if typed != seen.get(key) or key == never_follow:
            clashes.add(key)
            continue
        follows.add(key)
        for name in names_of(key):
            merged.pop(name, None)
        for name, values in sent.items():
            if values:
                merged.setlist(name, values)
    return Meanwhile(merged, frozenset(clashes), frozenset(follows))
