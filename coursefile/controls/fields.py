"""A key of the schema -> a form field that takes what the schema takes.

A field gives the value as the course file has it, None for "not said". What it takes is checked against the schema
once more, so that the page lets in nothing that the file would refuse.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from decimal import Decimal
from functools import partial

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from coursefile.controls.setting import Choice, Setting
from coursefile.shape import as_moment, expected, validator

INPUTS = {
    "date": (forms.DateInput, "date"),
    "time": (forms.TimeInput, "time"),
    "date-time": (forms.DateTimeInput, "datetime-local"),
}
FORMATS = {"date": "%Y-%m-%d", "time": "%H:%M", "date-time": "%Y-%m-%dT%H:%M"}
CENT = Decimal("0.01")
EMPTY = "Leave empty"
LONG = 10_000  # characters; a text that may be longer is Markdown


class FromSchema:
    """What every field here does besides: `schema` has the last word, and a value that comes back as shown is no change."""

    schema: dict

    def __init__(self, *, schema: dict, **kwargs):
        self.schema = schema
        super().__init__(**kwargs)
        self.error_messages |= dict.fromkeys(("invalid", "min_value", "max_value"), self.expectation)

    def clean(self, value):
        cleaned = self.as_in_file(super().clean(value))
        if cleaned is not None and not validator.evolve(schema=self.schema).is_valid(cleaned):
            raise ValidationError(self.expectation)
        return cleaned

    def as_in_file(self, cleaned):
        return cleaned

    @property
    def expectation(self) -> str:
        return f"Write {expected(self.schema)}.".replace(" in quotes", "")

    def has_changed(self, initial, data) -> bool:
        try:
            return self.to_python(self.prepare_value(initial)) != self.to_python(data)
        except ValidationError:
            return True


class LineField(FromSchema, forms.CharField):
    def as_in_file(self, cleaned):
        """Nothing typed is "not said" where the file has no text of its own for that."""
        return cleaned if cleaned or "default" in self.schema else None


class TextField(FromSchema, forms.CharField):
    """Browsers send every line end as CR LF."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class WholeField(FromSchema, forms.IntegerField):
    pass


class PointsField(FromSchema, forms.DecimalField):
    def prepare_value(self, value):
        return str(value) if isinstance(value, (int, float)) else value

    def as_in_file(self, cleaned):
        return int(cleaned) if cleaned == int(cleaned) else float(cleaned)


class MomentField(FromSchema, forms.Field):
    """A date, a clock time or both, without a zone."""

    def to_python(self, value):
        if value in self.empty_values:
            return None
        try:
            return as_moment(self.schema["format"], value.strip() if isinstance(value, str) else value)
        except ValueError:
            raise ValidationError(self.expectation) from None


class FlagField(FromSchema, forms.BooleanField):
    pass


class ChoiceField(FromSchema, forms.ChoiceField):
    def as_in_file(self, cleaned):
        return cleaned or None


class ChoicesField(FromSchema, forms.MultipleChoiceField):
    def has_changed(self, initial, data) -> bool:
        return set(initial or ()) != set(data or ())


class NumbersField(FromSchema, forms.CharField):
    """Whole numbers with commas or blanks between them, put into descending order."""

    def prepare_value(self, value):
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value):
        words = super().to_python(value).replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 6 for word in words):
            raise ValidationError(self.expectation)
        return sorted(map(int, words), reverse=True)

    def validate(self, value):
        """No number at all is a value."""

    def run_validators(self, value):
        """The schema is asked; Django's are for text."""

    @property
    def expectation(self) -> str:
        item = self.schema["items"]
        least, most = item["minimum"], item["maximum"]
        return f"Write at most {self.schema['maxItems']} whole numbers from {least} to {most}, each once, with commas between."


# From the schema to the field

Choices = Mapping[str, Choice]


def field_for(schema: dict, setting: Setting, *, is_required: bool, choices: list | None = None) -> forms.Field:
    """`choices` are those of a setting whose schema does not enumerate them. A value that may be left out gives None."""
    make = _maker(schema, setting, choices)
    may_be_none = schema.get("type") == "array" and not schema.get("minItems")
    has_empty = schema.get("default") in ("", []) or schema.get("type") == "boolean" or may_be_none
    is_optional = has_empty or not (is_required or "default" in schema or setting.only_with)
    field = make(schema=schema, label=setting.label, help_text=setting.help, required=not is_optional)
    field.is_awaited = EMPTY in setting.help  # the hint says what leaving it empty does; the label need not say "optional"
    return field


def _maker(schema: dict, setting: Setting, choices: list | None) -> Callable[..., forms.Field]:
    if choices is not None:
        return partial(ChoiceField, choices=choices)
    if "enum" in schema:
        return partial(ChoiceField, choices=_in_words(schema["enum"], setting.choices), widget=forms.RadioSelect)
    match schema["type"]:
        case "boolean":
            return FlagField
        case "integer":
            return partial(WholeField, min_value=schema["minimum"], max_value=schema["maximum"])
        case "number":
            least = schema.get("minimum", CENT)
            return partial(PointsField, min_value=least, max_value=Decimal(str(schema["maximum"])), decimal_places=2)
        case "array":
            return _list_maker(schema["items"], setting)
    return _text_maker(schema)


def _list_maker(items: dict, setting: Setting) -> Callable[..., forms.Field]:
    if "enum" in items:
        words = _in_words(items["enum"], setting.choices) if setting.choices else [(each, each) for each in items["enum"]]
        return partial(ChoicesField, choices=words, widget=forms.CheckboxSelectMultiple)
    return partial(NumbersField, widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}))


def _text_maker(schema: dict) -> Callable[..., forms.Field]:
    kind = schema.get("format")
    if kind in INPUTS:
        return partial(MomentField, widget=_moment_input(kind))
    limit = schema["maxLength"]
    if is_markdown(schema):
        return partial(TextField, max_length=limit, strip=False, widget=forms.Textarea(attrs={"rows": 6, "data-markdown": ""}))
    if kind is None and "pattern" not in schema:
        return partial(TextField, max_length=limit, strip=False, widget=forms.Textarea(attrs={"rows": 4}))
    return partial(LineField, max_length=limit, widget=forms.URLInput if kind == "uri" else forms.TextInput)


def is_markdown(schema: dict) -> bool:
    return schema.get("type") == "string" and schema.get("maxLength", 0) > LONG


def _moment_input(kind: str) -> forms.Widget:
    widget, html_type = INPUTS[kind]
    return widget(attrs={"type": html_type}, format=FORMATS[kind])


def show_seconds(field: forms.Field, value) -> None:
    """A control without seconds would send another moment than the one that it shows."""
    if isinstance(value, (time, datetime)) and value.second:
        field.widget.format += ":%S"
        field.widget.attrs["step"] = 1


def _in_words(values: list[str], words: Choices) -> list[tuple[str, str]]:
    """Every value with what choosing it does; a value without words is a mistake of ours."""
    return [(value, _choice(words[value])) for value in values]


def _choice(choice: Choice) -> str:
    if not choice.help:
        return choice.name
    return format_html('<span class="choice"><b>{}</b> <span class="hint">{}</span></span>', choice.name, choice.help)
