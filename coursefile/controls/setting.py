"""What a control on the settings page says: the schema has its type and bounds, this has its words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coursefile.controls.stores import Store


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
class Listing:
    """A list of tables of the course file, each of which has a page; `store` finds and changes them in the file's data."""

    key: str
    title: str
    about: str
    noun: str
    store: "Store"
    groups: tuple[Group, ...]
    named_by: str = "title"  # the key that says what one of them is called
    is_ordered: bool = False  # whether people put them into order
    part: str = ""  # the table that a course may lack, and the list with it
    part_help: str = ""

    @property
    def settings(self) -> Iterator[Setting]:
        for group in self.groups:
            yield from group.settings

    @property
    def name(self) -> str:
        """Within a sentence."""
        return self.noun.lower()


@dataclass(frozen=True)
class Elsewhere:
    """What the settings page leaves to a page of its own. `path` is the key in the course file; no `url`: nowhere at all."""

    path: str
    title: str
    help: str
    url: str
