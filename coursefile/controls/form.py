"""A form over one table of the course file: a section of the settings, or one entry of a list."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django import forms
from django.utils.datastructures import MultiValueDict

from coursefile.controls.choices import CHOICES
from coursefile.controls.edit import Present
from coursefile.controls.fields import field_for, is_markdown, show_seconds
from coursefile.controls.rows import Rows
from coursefile.controls.seen import Sent, as_sent, mark_of, marks_text, meanwhile
from coursefile.controls.setting import Choice, Group, Setting
from coursefile.controls.wording import in_words

SWITCH = "is_part"
NOT_SENT = ("csrfmiddlewaretoken", "apply", "seen", "plan")


@dataclass(frozen=True)
class Control:
    """What the template shows of one setting: a field or rows; `now` is the course's value where another is typed."""

    field: forms.BoundField | None
    rows: Rows | None
    css: str
    now: str | None


@dataclass(frozen=True)
class Changed:
    """`text` is the Markdown that a changed text becomes."""

    label: str
    was: str
    becomes: str
    text: str = ""


class TableForm(forms.Form):
    """`was` {key: value as it stands}; `table` is the name under which CHOICES knows the settings."""

    use_required_attribute = False
    part_was: bool | None = None  # whether the part is there, for a part that can be switched

    def __init__(self, groups: tuple[Group, ...], present: Present, *, table: str, schema: dict, was: dict, data=None):
        self.shown_groups = tuple(_offered(group, table, present) for group in groups)
        self.present, self.table, self.schema, self.was = present, table, schema, was
        self.rows: dict[str, Rows] = {}
        self.clashes, self.follows = frozenset(), frozenset()
        super().__init__(data, initial=was | {SWITCH: self.part_was}, auto_id="id_%s")
        self._add_switch()
        for setting in self.settings:
            self._add(setting, data)

    def _add_switch(self) -> None:
        """For a part that can be switched."""

    def _add(self, setting: Setting, data) -> None:
        schema, value = self.schema["properties"][setting.key], self.was[setting.key]
        if setting.columns:
            self.rows[setting.key] = Rows(setting, schema, values=value, data=data)
            return
        choices = CHOICES.get((self.table, setting.key))
        field = field_for(
            schema,
            setting,
            is_required=setting.key in self.schema["required"],
            choices=choices and choices(self.present.data, value),
        )
        show_seconds(field, value)
        self.fields[setting.key] = field

    @property
    def settings(self) -> Iterator[Setting]:
        for group in self.shown_groups:
            yield from group.settings

    # Two people at once

    def _names_of(self, key: str, data: MultiValueDict) -> list[str]:
        return [name for name in data if name.startswith(f"{key}-")] if key in self.rows else [key]

    def untouched(self) -> dict[str, Sent]:
        """{key: what its control sends when nobody touches it}, of a form that is not bound."""
        sent = {name: as_sent([self[name]]) for name in self.fields}
        for key, rows in self.rows.items():
            sent[key] = {rows.count_name: [str(rows.saved)]} | as_sent(bound for row in rows.rows for bound in row)
        return sent

    @property
    def seen(self) -> str:
        return marks_text({key: mark_of(sent) for key, sent in self.fresh().untouched().items()})

    def fresh(self) -> "TableForm":
        """The same form as nobody has touched it."""
        raise NotImplementedError

    def answered(self, data: MultiValueDict) -> "TableForm":
        """The form with what was sent, as far as it is not older than what the course says by now."""
        raise NotImplementedError

    def _met(self, data: MultiValueDict):
        return meanwhile(self.untouched(), data, lambda key: self._names_of(key, data), never_follow=SWITCH)

    # Reading what was sent

    @property
    def is_part(self) -> bool:
        return True

    def clean(self):
        if not self.is_part:
            self.errors.clear()  # the part goes; what stood in its fields does not matter
        for setting in self.settings:
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
        # A text that the file says to be empty is shown and sent like one that it does not say.
        goes = self.value_of(setting) is None and self.was[setting.key] not in (None, "")
        return goes or (setting.key in self.changed_data and self.value_of(setting) != self.was[setting.key])

    def changed_settings(self) -> list[Setting]:
        return [setting for setting in self.settings if self.is_part and self._has_changed(setting)]

    def changed_values(self) -> dict:
        return {setting.key: self.value_of(setting) for setting in self.changed_settings()}

    def text(self) -> str:
        """The course file with what the form says; to the letter as it was where the form changes nothing."""
        raise NotImplementedError

    def warnings(self) -> list[str]:
        """What the author is to be told besides what the course file's check tells."""
        return []

    # What stands against it

    @property
    def where(self) -> str:
        """The table's place in `text`, as the course file's check names it."""
        raise NotImplementedError

    def add_problem(self, where: str, message: str) -> bool:
        """Put what the course file's check found to its field; False when no field of this form is at fault."""
        if not where.startswith(f"{self.where}."):
            return False
        key = re.sub(r"\W.*", "", where.removeprefix(f"{self.where}."))
        if key not in self.fields and key not in self.rows:
            return False
        message = self._with_labels(message)
        if key in self.rows:
            self.rows[key].error = message
        else:
            self.add_error(key, message)
        return True

    def _with_labels(self, message: str) -> str:
        """The check speaks of keys; the page of labels."""
        labels = {setting.key: f"“{setting.label}”" for setting in self.settings}
        message = re.sub(r"\b[a-z]+(_[a-z]+)+\b", lambda found: labels.get(found[0], found[0]), message)
        return f"{message[:1].upper()}{message[1:]}."

    # Showing

    @property
    def has_clock_times(self) -> bool:
        formats = [self.schema["properties"][setting.key].get("format") for setting in self.settings]
        return "time" in formats or "date-time" in formats

    def groups(self) -> Iterator[tuple[str, list[Control]]]:
        for group in self.shown_groups:
            yield group.title, [self._control(setting) for setting in group.settings]

    def _control(self, setting: Setting) -> Control:
        css = "only-" + "-".join(setting.only_with) if setting.only_with else ""
        now = self._words(setting, self.was[setting.key]) if setting.key in self.clashes else None
        if setting.columns:
            return Control(None, self.rows[setting.key], css, now)
        return Control(self[setting.key], None, css, now)

    @property
    def sent(self) -> list[tuple[str, str]]:
        """All that was sent, for the button below a preview to send once more."""
        return [(name, value) for name, values in self.data.lists() if name not in NOT_SENT for value in values]

    def followed(self) -> list[str]:
        """Labels of what somebody else has changed meanwhile and this author left alone."""
        return [setting.label for setting in self.settings if setting.key in self.follows]

    def changes(self) -> list[Changed]:
        """From what to what, in the words of the page."""
        return [self._changed(setting) for setting in self.changed_settings()]

    def _changed(self, setting: Setting) -> Changed:
        was, becomes = self.was[setting.key], self.value_of(setting)
        text = becomes if is_markdown(self.schema["properties"][setting.key]) else ""
        return Changed(setting.label, self._words(setting, was), self._words(setting, becomes), text)

    def _words(self, setting: Setting, value) -> str:
        return in_words(value, self.schema["properties"][setting.key], self._choices_of(setting))

    def _choices_of(self, setting: Setting) -> Mapping[str, Choice]:
        offered = CHOICES.get((self.table, setting.key))
        if offered is None:
            return setting.choices
        pairs = offered(self.present.data, self.was[setting.key])
        return {value: Choice(words) for value, words in pairs if isinstance(words, str)}


def _offered(group: Group, table: str, present: Present) -> Group:
    """Without the settings that have nothing to choose from in this course."""
    kept = [each for each in group.settings if (table, each.key) not in CHOICES or CHOICES[table, each.key](present.data, None)]
    return Group(group.title, tuple(kept))
