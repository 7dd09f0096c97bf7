"""The review form as HTML form fields, made from the rows that describe it. Shape only: actions know the rules."""

import json
from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from core.text import count_words, text_problem, tidy
from reviews.answers import CHOICE_LIMIT, SCORE_LIMIT, condition_words
from reviews.models import Field, FieldKind
from reviews.symbols import symbol_of

NO_ANSWER = ("", "No answer")


class TextAnswer(forms.Field):
    """Text as it was typed; not a CharField, whose NUL check would speak beside ours."""

    def to_python(self, value) -> str:
        return tidy(value or "")

    def validate(self, value):
        problem = text_problem(value)
        if problem:
            raise ValidationError(problem)


class ScoreAnswer(forms.IntegerField):
    """Any whole number: a draft may hold a score that the form has dropped since; submitting says so."""

    def __init__(self, **kwargs):
        super().__init__(min_value=-SCORE_LIMIT, max_value=SCORE_LIMIT, **kwargs)


class ChoicesAnswer(forms.MultipleChoiceField):
    """Any texts: a draft may hold a choice that the form has dropped since; submitting says so."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value):
        problems = (text_problem(one, limit=CHOICE_LIMIT) for one in value)
        if problem := next(filter(None, problems), None):
            raise ValidationError(problem)


def _shown(field: Field, option: dict) -> str:
    return format_html("<b>{}</b>{}", symbol_of(option), option["label"]) if field.kind == FieldKind.SCORE else option["label"]


def _choices(field: Field) -> list[tuple]:
    given = [(option["value"], _shown(field, option)) for option in field.options]
    return given if field.is_required or field.kind == FieldKind.CHOICES else [*given, NO_ANSWER]


def _form_field(field: Field) -> forms.Field:
    common = {"label": field.label, "help_text": field.description, "required": False}
    match field.kind:
        case FieldKind.TEXT:
            made = TextAnswer(widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}), **common)
        case FieldKind.SCORE:
            made = ScoreAnswer(widget=forms.RadioSelect(choices=_choices(field)), **common)
        case FieldKind.CHOICE:
            made = forms.CharField(max_length=CHOICE_LIMIT, widget=forms.RadioSelect(choices=_choices(field)), **common)
        case FieldKind.CHOICES:
            made = ChoicesAnswer(choices=_choices(field), **common)
        case FieldKind.CHECKBOX:
            made = forms.BooleanField(**common)
    made.source = field
    made.steps = max(len(field.options) - 1, 1)  # from the first option of a scale to the last
    made.shown_when_is = json.dumps([str(value) if not isinstance(value, bool) else value for value in field.shown_when_is])
    return made


class AnswersForm(forms.Form):
    """`fields` are the course's form; `cleaned_data` are answers as `save_draft` takes them."""

    prefix = "answer"

    def __init__(self, fields: Iterable[Field], *args, **kwargs):
        super().__init__(*args, **kwargs)
        fields = list(fields)
        self.fields = {field.key: _form_field(field) for field in fields}
        for field in fields:
            self.fields[field.key].condition = condition_words(field, fields)
        for key, field in self.fields.items():
            if isinstance(field, TextAnswer):
                field.words = count_words(self[key].value() or "")

    def add_problems(self, problems: dict[str, list[str]]) -> None:
        """Show what keeps the answers from being submitted beside the fields at fault."""
        for key, messages in problems.items():
            self.add_error(key, messages)


class PdfForm(forms.Form):
    pdf = forms.FileField(label="PDF of the paper", widget=forms.FileInput(attrs={"accept": "application/pdf"}))
