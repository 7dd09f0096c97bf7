"""One field of a review form as it is edited on the web. Shape only: the actions know the rules."""

from collections.abc import Iterable

from django import forms
from django.utils.text import slugify

from reviews.form_editing.actions import NOWHERE
from reviews.form_editing.tables import WITH_OPTIONS, complete
from reviews.form_editing.usage import Usage
from reviews.models import FieldColours, FieldKind, FieldVisibility, Round
from reviews.symbols import score_words

STAYS, TO_NOTHING = "", "-"
BLANK_OPTIONS = 4


class FieldForm(forms.Form):
    """`others` are the tables of the form's other fields, `rounds` the course's. `cleaned_data` becomes a table by `table`."""

    use_required_attribute = False
    label = forms.CharField(max_length=120, help_text="What the form shows.")
    kind = forms.ChoiceField(choices=FieldKind, widget=forms.RadioSelect)
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="A hint below the label.")
    is_required = forms.BooleanField(required=False, label="A review cannot be submitted without it")
    visible_to = forms.ChoiceField(choices=FieldVisibility, label="Who sees the answer", widget=forms.RadioSelect)
    min_words = forms.IntegerField(required=False, min_value=0, max_value=100_000, label="At least (words)")
    max_words = forms.IntegerField(required=False, min_value=1, max_value=100_000, label="At most (words)")
    colours = forms.ChoiceField(choices=FieldColours, label="Colours of the scale")
    condition = forms.MultipleChoiceField(required=False, label="Asked only when", widget=forms.CheckboxSelectMultiple)

    rounds = forms.MultipleChoiceField(required=False, label="Asked only in", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, others: Iterable[dict], rounds: Iterable[Round] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["rounds"].choices = [(round.key, str(round)) for round in rounds]
        self.fields["rounds"].help_text = "Tick none to ask it in every review."
        self.others = [other for other in others if other["kind"] != FieldKind.TEXT]
        self.fields["condition"].choices = [
            (f"{other['key']}:{value}", f"{other['label']} is {words}")
            for other in self.others
            for value, words in _answers_of(other)
        ]
        self.fields["condition"].help_text = "Tick none to ask it always; all that are ticked belong to one field."

    @staticmethod
    def initial_of(table: dict, others: Iterable[dict]) -> dict:
        other = next((other for other in others if other["key"] == table["shown_when"]), None)
        answers = _answers_of(other) if other else []
        condition = [f"{other['key']}:{value}" for value, _ in answers if value in table["shown_when_is"]]
        return table | {"condition": condition}

    def clean_condition(self) -> list[str]:
        chosen = self.cleaned_data["condition"]
        if len({each.partition(":")[0] for each in chosen}) > 1:
            raise forms.ValidationError("Tick answers of one field only.")
        return chosen

    def table(self, *, key: str, options: list[dict]) -> dict:
        data = self.cleaned_data
        values = {name: data[name] for name in ("label", "kind", "description", "is_required", "visible_to")}
        is_text, is_score = data["kind"] == FieldKind.TEXT, data["kind"] == FieldKind.SCORE
        return complete(
            values
            | {
                "key": key,
                "min_words": data["min_words"] if is_text else None,
                "max_words": data["max_words"] if is_text else None,
                "colours": data["colours"] if is_score else FieldColours.PLAIN,
                "options": options if data["kind"] in WITH_OPTIONS else [],
            }
            | {"rounds": data["rounds"]}
            | self._condition()
        )

    def _condition(self) -> dict:
        chosen = self.cleaned_data["condition"]
        if not chosen:
            return {"shown_when": "", "shown_when_is": []}
        key = chosen[0].partition(":")[0]
        other = next(other for other in self.others if other["key"] == key)
        by_name = {f"{key}:{value}": value for value, _ in _answers_of(other)}
        return {"shown_when": key, "shown_when_is": [by_name[each] for each in chosen]}


def _answers_of(table: dict) -> list[tuple[object, str]]:
    """What may be answered to a field, and in words."""
    if table["kind"] == FieldKind.CHECKBOX:
        return [(True, "ticked"), (False, "not ticked")]
    is_score = table["kind"] == FieldKind.SCORE
    return [(option["value"], score_words(option) if is_score else option["label"]) for option in table["options"]]


def new_key(label: str, taken: Iterable[str]) -> str:
    """A key from the label that no field of the form has, retired ones neither."""
    taken, base = set(taken), (slugify(label).replace("_", "-").strip("-") or "field")[:50]
    numbered = (f"{base}-{number}" for number in range(2, 10_000))
    return base if base not in taken else next(key for key in numbered if key not in taken)


class OptionRow(forms.Form):
    """One option. `goes` says whether it stays, or where its answers go."""

    use_required_attribute = False
    value = forms.CharField(max_length=200, required=False)
    symbol = forms.CharField(max_length=10, required=False)
    label = forms.CharField(max_length=200, required=False)
    goes = forms.ChoiceField(required=False, label="When saved")


class OptionRows:
    """The options of a field, those that are there and some blank rows; `before` are the ones saved."""

    def __init__(self, data, *, before: list[dict], usage: Usage, suggested: list[dict] | None = None):
        self.before = before
        shown = suggested if suggested is not None else before
        count = len(shown) + BLANK_OPTIONS
        if data is not None:
            sent = data.get("options", "")
            count = min(int(sent), 100 + BLANK_OPTIONS) if sent.isascii() and sent.isdigit() and len(sent) < 4 else count
        saved = [shown[place] if place < len(shown) else None for place in range(max(count, len(before)))]
        self.rows = [self._row(data, place, option, usage) for place, option in enumerate(saved)]

    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows)

    def _row(self, data, place: int, option: dict | None, usage: Usage) -> OptionRow:
        row = OptionRow(data, prefix=f"option-{place}", initial=option)
        row.saved = self.before[place] if place < len(self.before) else None
        row.count = usage.count(row.saved["value"]) if row.saved else 0
        others = [other for other in self.before if row.saved and other is not row.saved]
        to = [(str(other["value"]), f"Remove; answers become {other['label']}") for other in others] if row.count else []
        nothing = (TO_NOTHING, "Remove; answers become blank" if row.count else "Remove")
        row.fields["goes"].choices = [(STAYS, "Keep"), nothing, *to]
        if row.saved:
            row.fields["value"].disabled = True
        return row

    def is_valid(self) -> bool:
        return not [row for row in self.rows if not row.is_valid()]  # each is asked, so that each shows its errors

    def read(self, kind: str) -> tuple[list[dict], dict]:
        """(the options, {value that leaves: where its answers go}); what is no number in a score is left for the action."""
        options, moves = [], {}
        for row in self.rows:
            data = row.cleaned_data
            if row.saved and data["goes"] != STAYS:
                by_name = {str(option["value"]): option["value"] for option in self.before}
                moves[row.saved["value"]] = by_name.get(data["goes"], NOWHERE)
            elif row.saved:
                options.append({"value": _as(kind, row.saved["value"]), "label": data["label"]} | _symbol(kind, data))
            elif data["label"] or data["value"]:
                options.append(self._new(kind, data, len(options)))
        if kind == FieldKind.SCORE and all(type(option["value"]) is int for option in options):
            options.sort(key=lambda option: option["value"])
        return options, moves

    @staticmethod
    def _new(kind: str, data: dict, place: int) -> dict:
        """A choice that names no value is called by its label, a score by its place."""
        label = data["label"] or data["value"]
        called = data["value"] or (str(place + 1) if kind == FieldKind.SCORE else label)
        return {"value": _as(kind, called), "label": label} | _symbol(kind, data)


def _symbol(kind: str, data: dict) -> dict:
    return {"symbol": data["symbol"]} if kind == FieldKind.SCORE and data["symbol"] else {}


def _as(kind: str, value):
    if kind != FieldKind.SCORE:
        return str(value)
    text = str(value)
    return int(text) if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) < 8 else text
