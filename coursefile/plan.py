"""What a course file would change, in words."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.text import count_words
from core.toml.problems import Problem
from coursefile.facts import LISTS, ONE, Facts, Rows

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
LONG = 80  # characters; a longer text is told by its words
NOUNS = {
    "course": "Course",
    "pages": "Page",
    "meetings": "Meeting",
    "papers": "Paper",
    "slots": "Slot",
    "roles": "Role",
    "presentations": "Presentations",
    "reviews": "Reviews",
    "rounds": "Review round",
    "fields": "Review field",
    "discussion": "Discussion",
    "talks": "Talks",
    "participation": "Participation",
    "projects": "Projects",
    "milestones": "Milestone",
    "reminders": "Reminders",
    "grading": "Grading policy",
}


@dataclass(frozen=True)
class Change:
    """`what` names the object ("Paper tvm"), `name` is its title, `details` say what changes from what to what."""

    kind: str
    what: str
    name: str = ""
    details: tuple[str, ...] = ()
    section: str = ""  # as in NOUNS

    def __str__(self):
        name = f" “{self.name}”" if self.name else ""
        details = f": {'; '.join(self.details)}" if self.details else ""
        return f"{self.kind} {self.what}{name}{details}"


@dataclass(frozen=True)
class Plan:
    """What loading the file does, or did."""

    slug: str
    is_new: bool
    changes: tuple[Change, ...] = ()
    warnings: tuple[Problem, ...] = ()
    is_applied: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.changes

    @property
    def counts(self) -> dict[str, int]:
        return {kind: sum(change.kind == kind for change in self.changes) for kind in (ADDED, CHANGED, REMOVED)}

    def applied(self) -> "Plan":
        return replace(self, is_applied=True)


def changes_between(before: Facts | None, after: Facts, notes: dict[tuple[str, object], str]) -> list[Change]:
    """Every difference in words; `before` is None for a new course. `notes` {(section, key): further detail}."""
    empty: Facts = {section: {} for section in after}
    return [change for section in NOUNS for change in _Section(section, before or empty, after, notes).changes()]


@dataclass(frozen=True)
class _Section:
    section: str
    before: Facts
    after: Facts
    notes: dict[tuple[str, object], str]

    def changes(self) -> Iterator[Change]:
        old, new = self.before[self.section], self.after[self.section]
        for key, values in new.items():
            if key not in old and not self._goes_with_its_slot(values, self.before):
                yield self._change(ADDED, key, values)
            elif key in old and (details := tuple(differences(old[key], values, self._zone))):
                yield self._change(CHANGED, key, values, details)
        for key, values in old.items():
            if key not in new and not self._goes_with_its_slot(values, self.after):
                yield self._change(REMOVED, key, values)
        if self.section in LISTS:
            yield from self._reordered(old, new)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.after["course"][ONE]["time_zone"])

    def _goes_with_its_slot(self, values: dict, other: Facts) -> bool:
        """A role that comes or goes with its whole slot is not worth a line."""
        return self.section == "roles" and values["slot"] not in other["slots"]

    def _change(self, kind: str, key, values: dict, details: tuple[str, ...] = ()) -> Change:
        name = values.get("title") or values.get("label") or values.get("topic") or ""
        if self.section == "slots" and values["paper"]:
            name = ""  # the paper's key says it
        if self.section in ("reviews", "projects"):
            name = ""
        note = self.notes.get((self.section, key))
        return Change(kind, self._what(key, values), name, (*details, note) if note else details, self.section)

    def _what(self, key, values: dict) -> str:
        noun = NOUNS[self.section]
        if self.section == "course":
            return f"{noun} {values['slug']}"
        if self.section == "roles":
            return f"{noun} {key[1]} of slot {key[0]}"
        return f"{noun} {key}".rstrip()

    def _reordered(self, old: Rows, new: Rows) -> Iterator[Change]:
        shared = LISTS[self.section]
        was, now = _order(old, new, shared), _order(new, old, shared)
        for group, keys in now.items():
            if was.get(group, keys) != keys:
                of = f" of {shared} {group}" if shared else ""
                details = (f"{_listed(was[group])} → {_listed(keys)}",)
                yield Change(CHANGED, f"Order of the {self.section}{of}", "", details, self.section)


def _order(rows: Rows, others: Rows, shared: str | None) -> dict:
    """{list: the keys that both have in it, in order}."""
    found = defaultdict(list)
    for key, values in rows.items():
        if key in others and (not shared or others[key][shared] == values[shared]):
            found[values[shared] if shared else None].append(key)
    return found


def _listed(keys: list) -> str:
    return ", ".join(key[1] if isinstance(key, tuple) else key for key in keys)


def differences(old, new, zone: ZoneInfo, path: str = "") -> Iterator[str]:
    """ "title: A → B" for everything that differs, down into lists and tables."""
    if type(old) is type(new) is dict:
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differences(old.get(key), new.get(key), zone, f"{path}.{key}" if path else key)
    elif type(old) is type(new) is list and len(old) == len(new) and any(isinstance(item, dict) for item in new):
        for place, (was, now) in enumerate(zip(old, new, strict=True), start=1):
            yield from differences(was, now, zone, f"{path}[{place}]")
    elif old != new:
        yield f"{path}: {_shown(old, zone)} → {_shown(new, zone)}"


def _shown(value, zone: ZoneInfo) -> str:
    match value:
        case None | "" | []:
            return "none"
        case bool():
            return "true" if value else "false"
        case datetime():
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
        case Decimal():
            return f"{value.normalize():f}"
        case str() if len(value) > LONG or "\n" in value:
            return f"a text of {count_words(value)} words"
        case list() if any(isinstance(item, dict) for item in value):
            return f"{len(value)} entries" if len(value) > 1 else "1 entry"
        case list():
            return ", ".join(map(str, value))
        case dict():
            return "a table"
    return str(value)
