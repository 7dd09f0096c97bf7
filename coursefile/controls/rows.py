"""A list of small tables as rows of controls: change, reorder, remove, and blank rows to add to it. Needs no script."""

import re

from django import forms

from coursefile.controls.fields import field_for
from coursefile.controls.setting import Setting
from coursefile.schema_parts import KEY_PATTERN
from reviews.form_editing.forms import new_key

BLANK = 3


class Row(forms.Form):
    """One table of the list, or a blank one, which may stay blank. `cleaned_data` has its columns."""

    use_required_attribute = False
    key = forms.CharField(required=False, widget=forms.HiddenInput)
    place = forms.IntegerField(required=False, min_value=1, max_value=999)
    remove = forms.BooleanField(required=False)

    def __init__(self, data, *, number: int, is_saved: bool, values: dict, setting: Setting, items: dict):
        columns = {key: _column(key, setting, items) for key in setting.columns}
        initial = values | {"place": number} if is_saved else _blank(columns, items)
        super().__init__(data, prefix=f"{setting.key}-{number}", initial=initial, empty_permitted=not is_saved)
        self.number, self.is_saved, self.columns = number, is_saved, list(columns)
        self.fields |= columns
        labels = setting.columns | {"place": "Place", "remove": "Remove"}
        for key, label in labels.items():
            self.fields[key].label = label
            self.fields[key].widget.attrs["aria-label"] = f"{label}, row {number}"

    def clean(self):
        if self.cleaned_data.get("remove"):
            self.errors.clear()
        return self.cleaned_data

    @property
    def cells(self) -> list[forms.BoundField]:
        return [self[name] for name in (*self.columns, "place", *(["remove"] if self.is_saved else []))]

    @property
    def is_kept(self) -> bool:
        return not self.cleaned_data.get("remove") and (self.is_saved or self.has_changed())

    @property
    def wanted_place(self) -> int | None:
        """Where somebody put it; None for a row that stays where it is, and for a new one that says nothing."""
        place = self.cleaned_data.get("place")
        return None if self.is_saved and place == self.number else place


def _column(key: str, setting: Setting, items: dict) -> forms.Field:
    schema = items["properties"][key]
    words = Setting(key, setting.columns[key], choices=setting.choices)
    field = field_for(schema, words, is_required=key in items["required"])
    if "enum" in schema:
        field.widget = forms.Select(choices=field.choices)
    return field


def _blank(columns: dict, items: dict) -> dict:
    """What a blank row shows: a select has something chosen, a number that may be left out its default."""
    schemas = {key: items["properties"][key] for key in columns}
    return {key: schema["enum"][0] if "enum" in schema else schema.get("default") for key, schema in schemas.items()}


class Rows:
    """`value` is the list as the course file has it, once `is_valid`. `values` is the list as it stands."""

    def __init__(self, setting: Setting, schema: dict, *, values: list[dict], data=None):
        self.setting, self.schema, self.values = setting, schema, values
        self.data, self.error = data, ""
        self.saved = len(values) if data is None else self._sent_count(data)
        self.rows = [self._row(number) for number in range(1, self.saved + BLANK + 1)]

    def _sent_count(self, data) -> int:
        """How many rows the page had that were no blank ones: the course may have others by now."""
        sent = data.get(self.count_name, "")
        return min(int(sent), self.schema["maxItems"]) if sent.isascii() and sent.isdigit() and len(sent) < 5 else 0

    def _row(self, number: int) -> Row:
        values = self.values[number - 1] if number <= len(self.values) else {}
        items = self.schema["items"]
        return Row(self.data, number=number, is_saved=number <= self.saved, values=values, setting=self.setting, items=items)

    @property
    def count_name(self) -> str:
        return f"{self.setting.key}-rows"

    @property
    def labels(self) -> list[str]:
        return [*self.setting.columns.values(), "Place", "Remove"]

    def is_valid(self) -> bool:
        if [row for row in self.rows if not row.is_valid()]:  # each is asked, so that each shows its errors
            return False
        least, most = self.schema.get("minItems", 0), self.schema["maxItems"]
        if not least <= len(self.value) <= most:
            self.error = f"Keep {least} to {most} rows."
        return not self.error

    @property
    def value(self) -> list[dict]:
        # A row that is to go may hold anything.
        taken: list[str] = [row.cleaned_data.get("key", "") for row in self.rows if row.is_saved]
        found = []
        for row in _in_order([row for row in self.rows if row.is_kept]):
            # As it stands where nobody touched it: a cell trims what is typed, and the file may have a blank at an end.
            typed = {key: row.cleaned_data[key] for key in row.columns}
            values = typed | {key: row.initial[key] for key in typed if key in row.initial and key not in row.changed_data}
            if "key" in self.schema["items"]["properties"]:
                values |= {"key": self._key_of(row, taken)}
            found.append(values)
        return found

    @staticmethod
    def _key_of(row: Row, taken: list[str]) -> str:
        """A row that is renamed keeps its key, since answers and sign-ups hang on it; a new one is called after its text."""
        key = row.cleaned_data["key"]
        if not (row.is_saved and re.search(KEY_PATTERN, key)):
            key = new_key(row.cleaned_data[row.columns[0]], taken)
            taken.append(key)
        return key

    def has_changed(self) -> bool:
        return self.value != self.values


def _in_order(rows: list[Row]) -> list[Row]:
    """A row that somebody put into a place stands there; the others keep their order around it."""
    moved = sorted((row for row in rows if row.wanted_place), key=lambda row: row.wanted_place)
    ordered = [row for row in rows if not row.wanted_place]
    for row in moved:
        ordered.insert(row.wanted_place - 1, row)
    return ordered
