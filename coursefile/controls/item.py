"""One entry of a list (a meeting, a paper, a page, a round, a milestone) as a form, and taking one out."""

import copy
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cached_property

from coursefile.controls.choices import name_of_meeting
from coursefile.controls.edit import Present
from coursefile.controls.form import Changed, TableForm
from coursefile.controls.seen import mark_of
from coursefile.controls.setting import Group, Listing
from coursefile.document import readable

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class ItemForm(TableForm):
    """`key` is None for a new one, which begins with what `start` has; `only` are the settings that are asked, if not all."""

    def __init__(
        self,
        listing: Listing,
        present: Present,
        key: str | None,
        data=None,
        *,
        start: dict | None = None,
        only: Sequence[str] = (),
    ):
        self.listing, self.key, self.start, self.only = listing, key, start or {}, tuple(only)
        self.entry = listing.store.entry(present.data, key) if key else None
        schema = listing.store.schema
        was = {setting.key: _value(self.entry or self.start, setting.key, schema) for setting in listing.settings}
        groups = _only(listing.groups, self.only)
        super().__init__(groups, present, table=listing.key, schema=schema, was=was, data=data)
        for field in self.fields.values():
            if "data-markdown" in field.widget.attrs:
                field.widget.attrs |= {"data-markdown": "open", "rows": 14}

    def fresh(self) -> "ItemForm":
        return ItemForm(self.listing, self.present, self.key, start=self.start, only=self.only)

    def answered(self, data) -> "ItemForm":
        if self.key is None:
            return ItemForm(self.listing, self.present, None, data, start=self.start, only=self.only)
        met = self._met(data)
        form = ItemForm(self.listing, self.present, self.key, met.data, only=self.only)
        form.clashes, form.follows = met.clashes, met.follows
        return form

    @property
    def is_new(self) -> bool:
        return self.key is None

    @property
    def name(self) -> str:
        return name_of(self.listing, self.entry) if self.entry else self.key or ""

    # The course file with it

    def _values(self) -> dict:
        """All that is said of a new one; of one that is there, what changes."""
        if self.is_new:
            return {setting.key: self.value_of(setting) for setting in self.settings}
        return self.changed_values()

    @cached_property
    def _put(self) -> tuple[dict, str]:
        """The data with the entry, and its key. Kept, because a problem told at a field takes its value away."""
        data, store, values = copy.deepcopy(self.present.data), self.listing.store, self._values()
        key = self.key or store.new_key(data, values.get(self.listing.named_by) or self.listing.name)
        if self.is_new or values:
            store.put(data, (self.entry or {}) | values | {"key": key})
        return data, key

    def text(self) -> str:
        return self.present.with_data(self._put[0])

    @property
    def new_key(self) -> str:
        return self._put[1]

    @property
    def new_name(self) -> str:
        return name_of(self.listing, self.listing.store.entry(*self._put))

    @property
    def where(self) -> str:
        return self.listing.store.where(*self._put)

    def warnings(self) -> list[str]:
        twins = [
            each for each in self.listing.store.entries(self.present.data) if each["key"] != self.key and self._is_twin(each)
        ]
        return [f"There is {self.listing.name} “{name_of(self.listing, twin)}” already." for twin in twins]

    def _is_twin(self, other: dict) -> bool:
        """Looks like the same once more: asked again, because a form that is sent twice would make two."""
        mine = {setting.key: self.value_of(setting) for setting in self.settings}
        if self.listing.named_by == "title":
            return self.is_new and bool(mine["title"]) and mine["title"].casefold() == other.get("title", "").casefold()
        if "date" not in mine or (mine["date"] == self.was["date"] and not self.is_new):
            return False
        return mine["date"] == other["date"] and other.get("starts_at") == mine.get("starts_at", self.was["starts_at"])

    def changes(self) -> list[Changed]:
        if not self.is_new:
            return super().changes()
        return [self._changed(setting) for setting in self.settings if self.value_of(setting) not in (None, "", [])]


def _value(entry: dict, key: str, schema: dict):
    inner = schema["properties"][key]
    value = entry.get(key, inner.get("default"))
    return None if value is None else readable(value, inner)


def _only(groups: tuple[Group, ...], only: tuple[str, ...]) -> tuple[Group, ...]:
    if not only:
        return groups
    kept = tuple(setting for group in groups for setting in group.settings if setting.key in only)
    return (Group("", kept),)


def name_of(listing: Listing, entry: dict) -> str:
    return name_of_meeting(entry) if listing.named_by == "topic" else entry.get("title") or entry["key"]


class Removal:
    """Takes an entry out of its list. There is nothing to fill in; `seen` tells whether it is still what was looked at."""

    def __init__(self, listing: Listing, present: Present, key: str, data=None):
        self.listing, self.present, self.key, self.data = listing, present, key, data
        self.entry = listing.store.entry(present.data, key)
        self.clashes = frozenset({"entry"} if data is not None and data.get("seen") != self.seen else ())
        self.errors: dict = {}
        self.sent: list = []

    @property
    def seen(self) -> str:
        return mark_of({"entry": [repr(sorted((self.entry or {}).items(), key=str))]})

    @property
    def name(self) -> str:
        return name_of(self.listing, self.entry) if self.entry else self.key or ""

    def answered(self, data) -> "Removal":
        return Removal(self.listing, self.present, self.key, data)

    def is_valid(self) -> bool:
        return True

    def text(self) -> str:
        data = copy.deepcopy(self.present.data)
        self.listing.store.drop(data, self.key)
        return self.present.with_data(data)

    def warnings(self) -> list[str]:
        return []

    def changes(self) -> list[Changed]:
        return []

    def followed(self) -> list[str]:
        return []

    def add_problem(self, where: str, message: str) -> bool:
        return False


def next_meeting_day(data: dict) -> dict:
    """Where a new meeting begins: the first usual day after the last meeting, within the course."""
    course, meetings = data["course"], data.get("meetings", [])
    day = max((meeting["date"] for meeting in meetings), default=course["starts_on"] - timedelta(days=1))
    following: Iterator = (day + timedelta(days=more) for more in range(1, 8))
    usual = course.get("meets_on", [])
    found = next((each for each in following if not usual or DAYS[each.weekday()] in usual), None)
    return {"date": found} if found and found <= course["ends_on"] else {}
