"""Where the entries of a list stand in the data of a course file: finding, putting, taking out, moving one.

The functions change the data that they are given; it is a copy of the course's.
"""

from collections.abc import Iterable, Iterator

from coursefile.controls.edit import schema_at
from coursefile.facts import MOMENTS
from reviews.form_editing.forms import new_key


class Store:
    """Tables in one list of the file. An entry is a table as the page has it, with its key."""

    def __init__(self, *path: str):
        self.path = path

    @property
    def schema(self) -> dict:
        return schema_at(self.path)["items"]

    def tables(self, data: dict) -> list[dict]:
        """The very list in the data; an empty one where the file has none."""
        *parents, last = self.path
        for part in parents:
            data = data.get(part, {})
        return data.get(last, [])

    def entries(self, data: dict) -> list[dict]:
        return [self.shown(table) for table in self.tables(data)]

    def entry(self, data: dict, key: str) -> dict | None:
        return next((entry for entry in self.entries(data) if entry["key"] == key), None)

    def where(self, data: dict, key: str) -> str:
        """As the file's check names the place, counted from one."""
        return f"{'.'.join(self.path)}[{_place(self.tables(data), key) + 1}]"

    def neighbours(self, data: dict, key: str) -> list[str]:
        """The keys of the list in whose order it stands."""
        return _keys(self.tables(data))

    def taken(self, data: dict) -> list[str]:
        return _keys(self.tables(data))

    def new_key(self, data: dict, name: str) -> str:
        return new_key(name, self.taken(data))

    # As the page has it, and as the file has it

    def shown(self, table: dict) -> dict:
        return table

    def written(self, entry: dict) -> dict:
        return {key: value for key, value in entry.items() if value is not None}

    # Changing

    def put(self, data: dict, entry: dict) -> None:
        """In the place of the one with its key, or at the end."""
        tables = self._made(data)
        place = _place(tables, entry["key"])
        tables[place : place + 1] = [self.written(entry)]

    def _made(self, data: dict) -> list[dict]:
        *parents, last = self.path
        for part in parents:
            data = data[part]
        return data.setdefault(last, [])

    def drop(self, data: dict, key: str) -> None:
        _take(self.tables(data), key)

    def move(self, data: dict, key: str, by: int) -> None:
        """Up (-1) or down (1) among its neighbours; at the end of the list nothing moves."""
        _move(self.tables(data), key, by)


class RoundStore(Store):
    """A round says each moment in one of two ways, or not at all; the page asks which."""

    @property
    def schema(self) -> dict:
        schema = super().schema
        ways = {f"{name}_way": {"enum": ["none", "before", "at"], "default": "none"} for name in MOMENTS}
        return schema | {"properties": schema["properties"] | ways}

    def shown(self, table: dict) -> dict:
        return table | {f"{name}_way": _way(table, name) for name in MOMENTS}

    def written(self, entry: dict) -> dict:
        return {key: value for key, value in super().written(entry).items() if not key.endswith("_way")}

    def drop(self, data: dict, key: str) -> None:
        """Its papers follow the rules of all reviews then. A question that only this round asks is left to the check."""
        super().drop(data, key)
        for meeting in data.get("meetings", []):
            for paper in meeting.get("papers", []):
                if paper.get("review_round") == key:
                    del paper["review_round"]
        for field in data["reviews"]["fields"]:
            if key in field.get("rounds", []) and len(field["rounds"]) > 1:
                field["rounds"] = [round for round in field["rounds"] if round != key]


def _way(table: dict, name: str) -> str:
    if f"{name}_at" in table:
        return "at"
    return "before" if f"{name}_days_before" in table else "none"


def _keys(tables: Iterable[dict]) -> list[str]:
    return [table["key"] for table in tables]


def _place(tables: list[dict], key: str) -> int:
    """Where it stands, or where one that is not there would."""
    return next((place for place, table in enumerate(tables) if table["key"] == key), len(tables))


def _take(tables: list[dict], key: str) -> dict | None:
    place = _place(tables, key)
    return tables.pop(place) if place < len(tables) else None


def _move(tables: list[dict], key: str, by: int) -> None:
    place = _place(tables, key)
    if place < len(tables) and 0 <= place + by < len(tables):
        tables.insert(place + by, tables.pop(place))


# The calendar


class MeetingStore(Store):
    def drop(self, data: dict, key: str) -> None:
        """Its papers go with it, and so do the slots in which they are presented elsewhere."""
        meeting = _take(self.tables(data), key)
        for paper in _keys(meeting.get("papers", []) if meeting else []):
            _drop_slots(data, paper)


class PaperStore(Store):
    """A paper stands in a meeting. Its slot goes where it goes, unless the slot had another meeting than the paper."""

    @property
    def schema(self) -> dict:
        schema = schema_at(("meetings",))["items"]["properties"]["papers"]["items"]
        where = {"meeting": schema["properties"]["key"]}
        return schema | {"properties": schema["properties"] | where, "required": [*schema["required"], "meeting"]}

    def entries(self, data: dict) -> list[dict]:
        return [
            paper | {"meeting": meeting["key"]} for meeting in data.get("meetings", []) for paper in meeting.get("papers", [])
        ]

    def where(self, data: dict, key: str) -> str:
        for place, meeting in enumerate(data.get("meetings", []), start=1):
            if key in _keys(meeting.get("papers", [])):
                return f"meetings[{place}].papers[{_place(meeting['papers'], key) + 1}]"
        return "meetings"

    def neighbours(self, data: dict, key: str) -> list[str]:
        meeting = _meeting_of(data, key)
        return _keys(meeting["papers"]) if meeting else []

    def taken(self, data: dict) -> list[str]:
        """A slot without a key of its own is called like its paper, so slots' keys are taken too."""
        slots = [slot.get("key") for meeting in data.get("meetings", []) for slot in meeting.get("slots", [])]
        return [*(paper["key"] for paper in self.entries(data)), *filter(None, slots)]

    def put(self, data: dict, entry: dict) -> None:
        paper = {key: value for key, value in entry.items() if key != "meeting" and value is not None}
        was, becomes = _meeting_of(data, entry["key"]), _meeting(data, entry["meeting"])
        if was is becomes:
            was["papers"] = [paper if each["key"] == paper["key"] else each for each in was["papers"]]
            return
        slots = [{"paper": paper["key"]}] if was is None and "presentations" in data else []
        if was is not None:
            slots = _leave(data, was, paper["key"])
        here = _slots(data, becomes)
        becomes["papers"] = [*becomes.get("papers", []), paper]
        _set_slots(data, becomes, [*here, *slots])

    def drop(self, data: dict, key: str) -> None:
        if meeting := _meeting_of(data, key):
            _leave(data, meeting, key)
            _drop_slots(data, key)

    def move(self, data: dict, key: str, by: int) -> None:
        """The slots keep the order of the papers where they had it."""
        if meeting := _meeting_of(data, key):
            slots = _slots(data, meeting)
            had_their_order = [slot.get("paper") for slot in slots] == _keys(meeting["papers"])
            _move(meeting["papers"], key, by)
            if had_their_order:
                slots.sort(key=lambda slot: _place(meeting["papers"], slot["paper"]))
            _set_slots(data, meeting, slots)


def _meeting(data: dict, key: str) -> dict:
    return next(meeting for meeting in data["meetings"] if meeting["key"] == key)


def _meeting_of(data: dict, paper: str) -> dict | None:
    meetings: Iterator[dict] = iter(data.get("meetings", []))
    return next((meeting for meeting in meetings if paper in _keys(meeting.get("papers", []))), None)


def _usual_slots(data: dict, meeting: dict) -> list[dict]:
    return [{"paper": key} for key in _keys(meeting.get("papers", []))] if "presentations" in data else []


def _slots(data: dict, meeting: dict) -> list[dict]:
    """Written out also where the file leaves them to the rule: one for each paper."""
    return list(meeting.get("slots", _usual_slots(data, meeting)))


def _set_slots(data: dict, meeting: dict, slots: list[dict]) -> None:
    meeting.pop("slots", None)
    if slots != _usual_slots(data, meeting):
        meeting["slots"] = slots


def _leave(data: dict, meeting: dict, paper: str) -> list[dict]:
    """Take the paper out of the meeting; gives its slots there, which are taken out too."""
    slots = _slots(data, meeting)
    _take(meeting["papers"], paper)
    _set_slots(data, meeting, [slot for slot in slots if slot.get("paper") != paper])
    return [slot for slot in slots if slot.get("paper") == paper]


def _drop_slots(data: dict, paper: str) -> None:
    for meeting in data.get("meetings", []):
        _set_slots(data, meeting, [slot for slot in _slots(data, meeting) if slot.get("paper") != paper])
