"""The course file as it stands, and the same with other values at some keys: everything else stays to the letter."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from core.toml.problems import BadCourseFile
from coursefile.document import readable
from coursefile.dump import digest_of, dump_course, text_of
from coursefile.load import read_course_file
from coursefile.plan import Plan
from coursefile.schema import SCHEMA
from courses.models import Course


@dataclass(frozen=True)
class Present:
    text: str

    @classmethod
    def of(cls, course: Course) -> "Present":
        return cls(dump_course(course))

    @property
    def digest(self) -> str:
        return digest_of(self.text)

    @cached_property
    def data(self) -> dict:
        return tomllib.loads(self.text)

    def has(self, table: str) -> bool:
        return table in self.data

    def value(self, table: str, key: str):
        """As it stands in the file or, where the file says nothing, as it is taken to be; None for "not said"."""
        schema = schema_of(table)["properties"][key]
        value = self.data.get(table, {}).get(key, schema.get("default"))
        return None if value is None else readable(value, schema)

    def with_table(self, table: str, values: dict | None) -> str:
        """The text with the table as given; None takes it out."""
        data = {key: value for key, value in self.data.items() if key != table}
        return text_of(data if values is None else data | {table: values})

    def with_data(self, data: dict) -> str:
        """The text of other data of the whole course; the very same where nothing differs."""
        return self.text if data == self.data else text_of(data)

    def new_warnings(self, plan: Plan) -> list[str]:
        """What the plan tells and the file as it stands does not. Without places: they shift where a list gets shorter."""
        try:
            known = Counter(told.message for told in read_course_file(self.text).warnings)
        except BadCourseFile:
            known = Counter()
        return list((Counter(told.message for told in plan.warnings) - known).elements())


def schema_of(table: str) -> dict:
    return SCHEMA["properties"][table]


def schema_at(path: tuple[str, ...]) -> dict:
    """Of the list or table at this path, through tables only."""
    schema = SCHEMA
    for part in path:
        schema = schema["properties"][part]
    return schema
