"""Reading a stream from a cursor on.

A stream is read like a log of which only each student's last entry is of interest: a page holds the current entries
after a position, by number. A student whose grade changes while somebody pages moves to the end, and is met there.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Max, Q

from feed.changes import Withdrawn, is_same_but_for_release, newly_released, withdrawn
from feed.models import Entry, Stream

START = "0"
FIRST = "~"
SHAPE = re.compile(r"[\w-]{12}\.(?:[\w-]{12}|0)\.~?(?:[\w-]{12}|0)", re.ASCII)


class NotACursor(ValueError):  # noqa: N818 - named for the state, as DomainError's kind are
    """It was not made by any portal."""


class OfAnotherStream(ValueError):  # noqa: N818
    """It is of another course, or of another person's view."""


class CursorGone(ValueError):  # noqa: N818
    """What it points to is not in this database: the portal was set back to a backup that is older."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`position` is the last entry that was answered. `base` is where the reader was when they began to page: what they
    may have read of a student is everything from there on; `is_first` when they had nothing before. As text, entries are
    named by their random handles, so that a number that a restored backup gives again is not taken for the old one.
    """

    position: Entry | None = None
    base: Entry | None = None
    is_first: bool = False

    def text(self, stream: Stream) -> str:
        position, base = (entry.handle if entry else START for entry in (self.position, self.base))
        return f"{stream.handle}.{position}.{FIRST if self.is_first else ''}{base}"

    @property
    def after(self) -> int:
        return self.position.number if self.position else 0

    @property
    def from_number(self) -> int:
        return self.base.number if self.base else 0


def read_cursor(stream: Stream, text: str) -> Cursor:
    """Raises NotACursor, OfAnotherStream or CursorGone."""
    if not SHAPE.fullmatch(text):
        raise NotACursor
    handle, position, base = text.split(".")
    is_first, base = base.startswith(FIRST), base.removeprefix(FIRST)
    if handle != stream.handle:
        raise OfAnotherStream if Stream.objects.filter(handle=handle).exists() else CursorGone
    found = {entry.handle: entry for entry in Entry.objects.filter(stream=stream, handle__in={position, base})}
    if {position, base} - {START} - set(found):
        raise CursorGone
    return Cursor(found.get(position), found.get(base), is_first)


@dataclass(frozen=True, slots=True)
class Change:
    """One student's entry, and how it differs from what the reader may have."""

    entry: Entry
    kinds: list[str]  # of "grade", "release", "policy"; of a first answer none
    withdrawn: list[Withdrawn]


@dataclass(frozen=True, slots=True)
class Page:
    changes: list[Change]
    cursor: Cursor
    has_more: bool


def page_after(stream: Stream, cursor: Cursor | None, size: int) -> Page:
    """`cursor` None: everybody as they are. Reads entry.enrollment.user."""
    if cursor is None:
        newest = Entry.objects.filter(stream=stream, number__lte=stream.last_number).order_by("-number").first()
        cursor = Cursor(base=newest, is_first=True)
    entries = Entry.objects.filter(stream=stream, is_current=True, number__gt=cursor.after).order_by("number")
    if cursor.is_first:
        entries = entries.exclude(grade=None, number__lte=cursor.from_number)
    found = list(entries.select_related("enrollment__user")[: size + 1])
    shown, has_more = found[:size], len(found) > size
    last = shown[-1] if shown else cursor.position
    met = [entry.enrollment_id for entry in shown if not (cursor.is_first and entry.number <= cursor.from_number)]
    known = _may_be_known(stream, cursor, met)
    changes = [_change(entry, known.get(entry.enrollment_id, [])) for entry in shown]
    return Page(changes, Cursor(last, cursor.base, cursor.is_first) if has_more else Cursor(last, last), has_more)


def _may_be_known(stream: Stream, cursor: Cursor, students: Collection[int]) -> dict[int, list[Entry]]:
    """Per student the entries that the reader may have read: the one in force at the base, and all since."""
    earlier = Entry.objects.filter(stream=stream, enrollment__in=students)
    at_base = earlier.filter(number__lte=cursor.from_number).order_by().values("enrollment").annotate(last=Max("number"))
    rows = earlier.filter(Q(number__in=at_base.values("last")) | Q(is_current=False, number__gt=cursor.from_number))
    known: dict[int, list[Entry]] = {}
    for entry in rows.order_by("number"):
        known.setdefault(entry.enrollment_id, []).append(entry)
    return known


def _change(entry: Entry, known: list[Entry]) -> Change:
    if not known:
        return Change(entry, [], [])
    return Change(entry, kinds_of(known, entry), withdrawn((old.grade for old in known), entry.grade))


def kinds_of(known: Iterable[Entry], entry: Entry) -> list[str]:
    """What differs between the entry and any that the reader may have."""
    kinds = set()
    for old in known:
        if old.policy_version != entry.policy_version:
            kinds.add("policy")
        if _released_keys(old) != _released_keys(entry):
            kinds.add("release")
        # Of two that say the same in short, something in the explanation differs: it is the grade all the same.
        if not is_same_but_for_release(old.grade, entry.grade) or not kinds:
            kinds.add("grade")
    return sorted(kinds)


def _released_keys(entry: Entry) -> set[str]:
    return set(newly_released(None, entry.grade))
