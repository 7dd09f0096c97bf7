"""What a control on the settings page says: the schema has its type and bounds, this has its words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Choice:
    name: str
    help: str = ""  # what choosing it does


@dataclass(frozen=True)
class Setting:
    """One key of a table of the course file. `choices` are the words of an enumeration, in the schema's order."""

    key: str
    label: str
    help: str = ""
    choices: Mapping[str, Choice] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)  # of a list of tables: {its key: the column's label}
    only_with: tuple[str, str] | None = None  # (key, value): without that choice it says nothing and is left out


@dataclass(frozen=True)
class Group:
    title: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True)
class Section:
    """One table of the course file. A part that a course may lack has a `switch`; `starts_with` is what it then begins with."""

    key: str
    title: str
    about: str
    groups: tuple[Group, ...]
    switch: str = ""
    switch_help: str = ""
    starts_with: Mapping = field(default_factory=dict)

    @property
    def settings(self) -> Iterator[Setting]:
        for group in self.groups:
            yield from group.settings


@dataclass(frozen=True)
class Elsewhere:
    """What the settings page leaves to a page of its own. `path` is the key in the course file; no `url`: nowhere at all."""

    path: str
    title: str
    help: str
    url: str = "coursefile:course_edit"
