"""The answers, typed. Numbers of points are exact Decimals; what the portal adds later is ignored."""

import types
import typing
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Student:
    id: int  # of the enrollment: one student in one course
    email: str
    name: str
    section: str


@dataclass(frozen=True, slots=True)
class ComponentLine:
    key: str
    title: str
    group: str | None
    weight: Decimal
    earned: Decimal | None  # so far; None when nothing counts yet
    out_of: Decimal
    percentage: Decimal | None
    earned_final: Decimal
    is_set: bool  # by a person, whatever the marks say
    state: str
    released: bool


@dataclass(frozen=True, slots=True)
class PublishedGrade:
    """Totals and one line per component."""

    components: list[ComponentLine]
    total_so_far: Decimal | None
    total_final: Decimal | None
    out_of: Decimal
    letter: str
    letter_final: str
    total_is_set: bool  # total or letter, by a person
    changed_at: datetime

    def component(self, key: str) -> ComponentLine:
        return next(line for line in self.components if line.key == key)


@dataclass(frozen=True, slots=True)
class GradeLine(PublishedGrade):
    student: Student


@dataclass(frozen=True, slots=True)
class Outcome:
    earned: Decimal | None
    out_of: Decimal
    percentage: Decimal | None
    exact: str | None  # a fraction such as 203/12
    is_set: bool
    words: list[str]


@dataclass(frozen=True, slots=True)
class Item:
    key: str
    title: str
    date: date | None
    state: str
    points: Decimal | None
    out_of: Decimal
    note: str
    counts: bool
    comment: str
    released: bool | None
    work: str | None


@dataclass(frozen=True, slots=True)
class ComponentTree:
    key: str
    title: str
    weight: Decimal
    source: str
    state: str | None
    released: bool | None
    so_far: Outcome
    final: Outcome
    items: list[Item]
    parts: "list[ComponentTree]"


@dataclass(frozen=True, slots=True)
class Total:
    value: Decimal | None
    points: Decimal
    possible: Decimal
    percentage: Decimal | None
    letter: str
    is_set: bool
    words: list[str]


@dataclass(frozen=True, slots=True)
class GradeTree:
    """A grade with everything that it came from."""

    student: Student
    policy_version: int
    total_so_far: Total
    total_final: Total
    out_of: Decimal
    components: list[ComponentTree]
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    component: str
    how: str  # cleared, hidden or removed


@dataclass(frozen=True, slots=True)
class Change:
    """One student of the change feed: set `grade`, or forget the student when `is_gone`."""

    student: Student
    change: str
    changed: list[str]
    withdrawn: list[Withdrawn]
    policy_version: int
    published_at: datetime
    grade: PublishedGrade | None
    explanation: GradeTree | None = None

    @property
    def is_gone(self) -> bool:
        return self.change == "gone"


@dataclass(frozen=True, slots=True)
class Policy:
    version: int
    created_at: datetime
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Released:
    component: str
    marks: int


@dataclass(frozen=True, slots=True)
class Me:
    email: str
    name: str
    scopes: list[str] | None
    courses: list[str] | None  # the only ones that the token reaches; None for all of the person's
    token_expires_at: datetime | None


# The component of the OpenAPI document that each is read from; the portal's tests hold the two against each other.
SCHEMAS: dict[type, str] = {
    Student: "GradedStudent",
    ComponentLine: "ComponentLine",
    PublishedGrade: "PublishedGrade",
    GradeLine: "GradeLine",
    Outcome: "Outcome",
    Item: "GradeItem",
    ComponentTree: "ComponentTree",
    Total: "Total",
    GradeTree: "GradeTree",
    Withdrawn: "Withdrawn",
    Change: "GradeChange",
    Policy: "Policy",
    Released: "Released",
    Me: "Me",
}


def read(kind: type[T], data: Any) -> T:
    """`data`, as JSON has it, as a `kind`. Raises KeyError for a field that is not there."""
    return typing.cast(T, _read(kind, data))


def _read(kind: Any, data: Any) -> Any:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return None if data is None else _read(next(each for each in inner if each is not type(None)), data)
    if origin is list:
        return [_read(inner[0], each) for each in data]
    if is_dataclass(kind):
        return _read_object(kind, data)
    if kind is Decimal:
        return Decimal(str(data))
    if kind is datetime:
        return datetime.fromisoformat(data.replace("Z", "+00:00"))
    if kind is date:
        return date.fromisoformat(data)
    return data


def _read_object(kind: Any, data: dict[str, Any]) -> Any:
    hints = typing.get_type_hints(kind)
    optional = {field.name for field in fields(kind) if field.default is None}
    values = {name: hints[name] for name in hints if name in data or name not in optional}
    return kind(**{name: _read(hint, data[name]) for name, hint in values.items()})
