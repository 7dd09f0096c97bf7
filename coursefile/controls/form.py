"""One section of the settings as a form over one table of the course file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django import forms

from coursefile.controls.choices import CHOICES
from coursefile.controls.edit import Present, schema_of
from coursefile.controls.fields import field_for, show_seconds
from coursefile.controls.rows import Rows
from coursefile.controls.setting import Section, Setting
from coursefile.controls.wording import in_words

SWITCH = "is_part"


@dataclass(frozen=True)
class Control:
    """What the template shows of one setting: a field or rows; `now` is the course's value where another is typed."""

    field: forms.BoundField | None
    rows: Rows | None
    css: str
    now: str | None


@dataclass(frozen=True)
class Changed:
    label: str
    was: str
    becomes: str


class SectionForm(forms.Form):
    use_required_attribute = False

    def __init__(self, section: Section, present: Present, data=None):
        self.section, self.present, self.schema = section, present, schema_of(section.key)
        self.was = {setting.key: present.value(section.key, setting.key) for setting in section.settings}
        super().__init__(data, initial=self.was | {SWITCH: present.has(section.key)}, auto_id="id_%s")
        if section.switch:
            self.fields[SWITCH] = forms.BooleanField(required=False, label=section.switch, help_text=section.switch_help)
        self.rows: dict[str, Rows] = {}
        for setting in section.settings:
            self._add(setting, data)

    def _add(self, setting: Setting, data) -> None:
        schema, value = self.schema["properties"][setting.key], self.was[setting.key]
        if setting.columns:
            self.rows[setting.key] = Rows(setting, schema, values=value, data=data)
            return
        choices = CHOICES.get((self.section.key, setting.key))
        field = field_for(
            schema,
            setting,
            is_required=setting.key in self.schema["required"],
            choices=choices and choices(self.present.data, value),
        )
        show_seconds(field, value)
        self.fields[setting.key] = field

    # Reading what was sent

    @property
    def is_part(self) -> bool:
        return not self.section.switch or self.cleaned_data.get(SWITCH, False)

    @property
    def is_switched(self) -> bool:
        """Whether the part comes or goes."""
        return self.is_part != (not self.section.switch or self.present.has(self.section.key))

    def clean(self):
        if not self.is_part:
            self.errors.clear()  # the part goes; what stood in its fields does not matter
        for setting in self.section.settings:
            if setting.only_with and not self._counts(setting):
                self.errors.pop(setting.key, None)
        return self.cleaned_data

    def _counts(self, setting: Setting) -> bool:
        """False where the choice that it belongs to is not made."""
        return not setting.only_with or self.cleaned_data.get(setting.only_with[0]) == setting.only_with[1]

    def is_valid(self) -> bool:
        is_valid = super().is_valid()
        if not self.is_bound or (is_valid and not self.is_part):
            return is_valid
        return not [rows for rows in self.rows.values() if not rows.is_valid()] and is_valid

    @property
    def has_bad_rows(self) -> bool:
        if not self.is_bound or not self.is_part:
            return False
        return any(rows.error or any(row.errors for row in rows.rows) for rows in self.rows.values())

    def value_of(self, setting: Setting):
        """As the course file has it; None for "not said"."""
        if not self._counts(setting):
            return None
        return self.rows[setting.key].value if setting.columns else self.cleaned_data[setting.key]

    def _has_changed(self, setting: Setting) -> bool:
        if setting.columns:
            return self.rows[setting.key].has_changed()
        goes = self.value_of(setting) is None and self.was[setting.key] is not None
        return goes or (setting.key in self.changed_data and self.value_of(setting) != self.was[setting.key])

    def changed_settings(self) -> list[Setting]:
        return [setting for setting in self.section.settings if self.is_part and self._has_changed(setting)]

    def text(self) -> str:
        """The course file with what the form says; to the letter as it was where the form changes nothing."""
        section, there = self.section, self.present.data.get(self.section.key)
        if not self.is_part:
            return self.present.with_table(section.key, None)
        changed = {setting.key: self.value_of(setting) for setting in self.changed_settings()}
        if there is None and not changed and not section.switch:
            return self.present.text
        table = (dict(section.starts_with) if there is None else there) | changed
        return self.present.with_table(section.key, {key: value for key, value in table.items() if value is not None})

    def add_problem(self, where: str, message: str) -> bool:
        """Put what the course file's check found to its field; False when no field of this form is at fault."""
        table, _, key = where.partition(".")
        key = re.sub(r"\W.*", "", key)
        if table != self.section.key or key not in self.was:
            return False
        message = self._with_labels(message)
        if key in self.rows:
            self.rows[key].error = message
        else:
            self.add_error(key, message)
        return True

    def _with_labels(self, message: str) -> str:
        """The check speaks of keys; the page of labels."""
        labels = {setting.key: f"“{setting.label}”" for setting in self.section.settings}
        message = re.sub(r"\b[a-z]+(_[a-z]+)+\b", lambda found: labels.get(found[0], found[0]), message)
        return f"{message[:1].upper()}{message[1:]}."

    # Showing

    @property
    def has_clock_times(self) -> bool:
        return any(schema.get("format") in ("time", "date-time") for schema in self.schema["properties"].values())

    def groups(self, *, shows_now: bool = False) -> Iterator[tuple[str, list[Control]]]:
        """`shows_now`: beside what is typed, what the course says by now, where that is something else."""
        differing = {setting.key for setting in self.changed_settings()} if shows_now else set()
        for group in self.section.groups:
            yield group.title, [self._control(setting, setting.key in differing) for setting in group.settings]

    def _control(self, setting: Setting, shows_now: bool) -> Control:
        css = "only-" + "-".join(setting.only_with) if setting.only_with else ""
        now = self._words(setting, self.was[setting.key]) if shows_now else None
        if setting.columns:
            return Control(None, self.rows[setting.key], css, now)
        return Control(self[setting.key], None, css, now)

    def changes(self) -> list[Changed]:
        """From what to what, in the words of the page."""
        switched = (
            [Changed(self.section.switch, *(("no", "yes") if self.is_part else ("yes", "no")))] if self.is_switched else []
        )
        return switched + [
            Changed(setting.label, self._words(setting, self.was[setting.key]), self._words(setting, self.value_of(setting)))
            for setting in self.changed_settings()
        ]

    def _words(self, setting: Setting, value) -> str:
        return in_words(value, self.schema["properties"][setting.key], setting.choices)
