"""A list of the course as its page shows it, and putting it into order."""

import copy
from dataclasses import dataclass
from datetime import date

from coursefile.controls.choices import name_of_meeting
from coursefile.controls.edit import Present
from coursefile.controls.form import Changed
from coursefile.controls.item import ItemForm, name_of
from coursefile.controls.sections import LISTINGS
from coursefile.controls.seen import mark_of
from coursefile.controls.setting import Listing
from coursefile.controls.wording import in_words


@dataclass(frozen=True)
class Entry:
    """`order` tells in which order the page showed the list."""

    key: str
    name: str
    facts: list[str]
    order: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class Line:
    """A meeting of the schedule; `moving` is the form that asks for its date alone, `cancelling` what cancels it."""

    key: str
    name: str
    meeting: dict
    is_past: bool
    is_next: bool
    papers: list[Entry]
    moving: ItemForm
    cancelling: ItemForm

    @property
    def is_off(self) -> bool:
        return self.meeting.get("kind") == "holiday"


def entries_of(listing: Listing, present: Present) -> list[Entry]:
    return _entries(listing, listing.store.entries(present.data))


def _entries(listing: Listing, entries: list[dict]) -> list[Entry]:
    order = order_of([entry["key"] for entry in entries])
    last = len(entries) - 1
    return [
        Entry(entry["key"], name_of(listing, entry), list(_facts(listing, entry)), order, place == 0, place == last)
        for place, entry in enumerate(entries)
    ]


def order_of(keys: list[str]) -> str:
    return mark_of({"order": keys})


def _facts(listing: Listing, entry: dict):
    """What the list tells of each besides its name."""
    match listing.key:
        case "papers":
            yield from filter(None, [entry.get("authors")])
        case "pages":
            yield in_words(entry.get("body") or None, {}, {}) if entry.get("body") else "no text yet"
        case "milestones":
            yield f"due {in_words(entry['due_at'], {}, {})}"
            yield f"{entry.get('max_points', 10)} points"
        case "rounds":
            for name, words in (("opens", "opens"), ("due", "soft deadline"), ("hard", "hard deadline")):
                if moment := _moment(entry, name):
                    yield f"{words} {moment}"


def _moment(entry: dict, name: str) -> str:
    if f"{name}_at" in entry:
        return in_words(entry[f"{name}_at"], {}, {})
    if f"{name}_days_before" in entry:
        days = entry[f"{name}_days_before"]
        words = {0: "on the day of the meeting", 1: "the day before the meeting"}.get(days, f"{days} days before the meeting")
        return f"{words}, {in_words(entry[f'{name}_time'], {}, {})}"
    return ""


def schedule_of(present: Present, *, today: date) -> list[Line]:
    meetings = present.data.get("meetings", [])
    coming = next((meeting["key"] for meeting in meetings if meeting["date"] >= today), None)
    return [_line(present, meeting, today=today, is_next=meeting["key"] == coming) for meeting in meetings]


def _line(present: Present, meeting: dict, *, today: date, is_next: bool) -> Line:
    moving, cancelling = (ItemForm(LISTINGS["meetings"], present, meeting["key"], only=[key]) for key in ("date", "kind"))
    return Line(
        key=meeting["key"],
        name=name_of_meeting(meeting),
        meeting=meeting,
        is_past=meeting["date"] < today,
        is_next=is_next,
        papers=_entries(LISTINGS["papers"], meeting.get("papers", [])),
        moving=moving,
        cancelling=cancelling,
    )


class Reordering:
    """Moves an entry one place up or down; `seen` in what is sent is the order that the page showed."""

    def __init__(self, listing: Listing, present: Present, key: str, by: int, data=None):
        self.listing, self.present, self.key, self.by = listing, present, key, by
        now = order_of(listing.store.neighbours(present.data, key))
        self.clashes = frozenset({"order"} if data is not None and data.get("seen") != now else ())

    def answered(self, data) -> "Reordering":
        return Reordering(self.listing, self.present, self.key, self.by, data)

    def is_valid(self) -> bool:
        return True

    def text(self) -> str:
        data = copy.deepcopy(self.present.data)
        self.listing.store.move(data, self.key, self.by)
        return self.present.with_data(data)

    def warnings(self) -> list[str]:
        return []

    def changes(self) -> list[Changed]:
        return []

    def add_problem(self, where: str, message: str) -> bool:
        return False
