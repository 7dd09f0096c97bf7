from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from django import forms

from core.reasons import MAX_REASON
from grading.engine import Policy, plain
from grading.given import MAX_COMMENT
from grading.models import ExcusedSource, Mark, Outcome, StaffNote
from grading.work import Work
from presentations.models import SignUp

HUNDREDTH = Decimal("0.01")


class EntryForm(forms.Form):
    """The fields by which this work's mark is given: points, percent, a symbol of the scale, or a level for every part of the
    rubric. `given()` is what the actions take. A form that is about more than the mark need not have one chosen.
    """

    must_choose = True
    points = forms.DecimalField(max_digits=7, decimal_places=2, required=False)

    def __init__(self, *args, work: Work, mark: Mark | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.work, self.entry = work, work.entry
        self.has_mark = bool(mark and mark.points is not None)
        if self.entry.rubric:
            self._ask_for_levels(mark)
        elif self.entry.symbols:
            self._ask_for_a_symbol(mark)
        else:
            self._ask_for_a_number(mark)

    @property
    def offers_clearing(self) -> bool:
        return "clear" in self.fields

    def _ask_for_levels(self, mark: Mark | None) -> None:
        del self.fields["points"]
        chosen = {level["key"]: level["points"] for level in mark.levels} if mark else {}
        for part in self.entry.rubric:
            choices = [(plain(level.points), level.title) for level in part.levels]
            field = forms.ChoiceField(label=part.title, choices=choices, widget=forms.RadioSelect, required=False)
            self.fields[f"level-{part.key}"] = field
            self.initial.setdefault(f"level-{part.key}", chosen.get(part.key))
        if self.has_mark:
            self.fields["clear"] = forms.BooleanField(label="Clear the mark", required=False)

    def _ask_for_a_symbol(self, mark: Mark | None) -> None:
        choices = [(plain(points), symbol) for symbol, points in self.entry.symbols]
        given = plain(mark.points) if self.has_mark else None
        if given and given not in dict(choices):
            choices.append((given, f"{given} points"))
        if self.has_mark:
            choices.append(("", "no mark"))
        self.fields["points"] = forms.ChoiceField(label="Mark", choices=choices, widget=forms.RadioSelect, required=False)
        self.initial.setdefault("points", given)

    def _ask_for_a_number(self, mark: Mark | None) -> None:
        points, out_of = self.fields["points"], self.work.max_points
        points.is_awaited = True
        top = Decimal(100) if self.entry.is_percent else out_of
        points.required = self.must_choose and not self.has_mark
        points.error_messages["required"] = "Type the points."
        points.label = "Percent, 0 to 100" if self.entry.is_percent else f"Points, 0 to {plain(out_of)}"
        points.help_text = "Leave empty to clear the mark." if self.has_mark else ""
        points.widget.attrs |= {"min": "0", "max": str(top), "step": "any", "inputmode": "decimal", "autofocus": True}
        if self.has_mark:
            shown = (mark.points / out_of * 100).quantize(HUNDREDTH) if self.entry.is_percent else mark.points
            self.initial.setdefault("points", shown)

    def clean_points(self):
        points = self.cleaned_data["points"]
        if points in (None, "") and self.must_choose and not self.has_mark:
            raise forms.ValidationError("Type the points." if not self.entry.symbols else "Choose a mark.")
        if points in (None, ""):
            return None
        points = Decimal(points)
        if not self.entry.is_percent:
            return points
        if not 0 <= points <= 100:
            raise forms.ValidationError(f"Found {points.normalize():f}; percent go from 0 to 100.")
        return (points * self.work.max_points / 100).quantize(HUNDREDTH, ROUND_HALF_UP)

    def clean(self):
        is_chosen = self._is_cleared() or any(self._levels().values())
        if self.entry.rubric and self.must_choose and not is_chosen:
            self.add_error(None, "Choose a level for every part.")
        return super().clean()

    def _is_cleared(self) -> bool:
        return bool(self.cleaned_data.get("clear"))

    def _levels(self) -> dict[str, str]:
        return {part.key: self.cleaned_data.get(f"level-{part.key}", "") for part in self.entry.rubric}

    def given(self) -> dict:
        """`points` and `levels` for set_mark."""
        if not self.entry.rubric:
            return {"points": self.cleaned_data["points"]}
        if self._is_cleared():
            return {"points": None}
        return {"points": None, "levels": {key: Decimal(points) for key, points in self._levels().items() if points}}

    def level_fields(self) -> Iterator[forms.BoundField]:
        return (self[f"level-{part.key}"] for part in self.entry.rubric)

    def typed_words(self) -> str:
        """What stands in the form, for putting it beside somebody else's mark."""
        if not self.entry.rubric:
            return str(self["points"].value() or "–")
        values = [str(self[f"level-{part.key}"].value() or "–") for part in self.entry.rubric]
        return " + ".join(values)


class MarkForm(EntryForm):
    """`revision` is that of the mark the marker had before them, `version` the review version they read."""

    comment = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=MAX_COMMENT,
        help_text="The student reads it once the mark is released. Markdown works.",
    )
    reason = forms.CharField(
        label="Why it changes",
        required=False,
        max_length=MAX_REASON,
        help_text="For the history; the student does not read it.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    def given(self) -> dict:
        return super().given() | {name: self.cleaned_data[name] for name in ("comment", "reason", "revision", "version")}


class TalkMarkForm(MarkForm):
    """One of several on a page, each with ids of its own; the page is about more than marks, so none takes the cursor."""

    def __init__(self, *args, sign_up: SignUp, **kwargs):
        super().__init__(*args, auto_id=f"mark-{sign_up.pk}-%s", **kwargs)
        self.sign_up = sign_up
        self.fields["comment"].widget.attrs["rows"] = 3
        if points := self.fields.get("points"):
            points.widget.attrs.pop("autofocus", None)


class SnippetForm(forms.Form):
    text = forms.CharField(
        label="Comment", widget=forms.Textarea(attrs={"rows": 3}), max_length=MAX_COMMENT, help_text="Markdown works."
    )


class RegradeTextForm(forms.Form):
    """What a student contests, or what either side says."""

    text = forms.CharField(label="Your message", widget=forms.Textarea(attrs={"rows": 5}), max_length=MAX_COMMENT)


class KeepForm(forms.Form):
    """The one outcome for work that can no longer be marked, such as a presentation whose slot was given back."""

    outcome = forms.ChoiceField(label="Outcome", choices=[(Outcome.KEPT.value, "Keep the mark")], widget=forms.RadioSelect)
    text = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 4}), max_length=MAX_COMMENT)


class DecideForm(EntryForm):
    """The outcome of a request; the mark and its comment count only when it is to be changed, and what is left empty of the
    mark stays as it is.
    """

    must_choose = False

    outcome = forms.ChoiceField(
        label="Outcome",
        choices=[(Outcome.KEPT.value, "Keep the mark"), (Outcome.CHANGED.value, "Change the mark")],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label="Comment of the mark",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=MAX_COMMENT,
        help_text="Stands with the mark on the student's grade page. Markdown works.",
    )
    text = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 4}), max_length=MAX_COMMENT)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    field_order = ("outcome", "points", "comment", "text")

    def __init__(self, *args, mark: Mark, **kwargs):
        super().__init__(*args, mark=mark, **kwargs)
        self.initial.setdefault("comment", mark.comment)
        # Keeping the mark needs no points, and nothing is cleared here.
        self.fields.pop("clear", None)
        if points := self.fields.get("points"):
            points.help_text = ""
            points.widget.attrs.pop("autofocus", None)

    def given(self) -> dict:
        given = super().given() | {"comment": self.cleaned_data["comment"]}
        return given | {"levels": given.get("levels") or None}


class OverrideForm(forms.Form):
    """`component` is a key of the student's policy, or blank for the whole grade: its total, its letter, or both."""

    component = forms.ChoiceField(label="What", required=False)
    percent = forms.DecimalField(
        label="Percent of it",
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=200,
        required=False,
        help_text="Leave percent and letter empty to take back what was set.",
    )
    letter = forms.ChoiceField(
        label="Letter",
        required=False,
        help_text="Of the whole grade. Without one, a total that you set has the policy's letter.",
    )
    reason = forms.CharField(
        label="Reason", max_length=1000, help_text="Kept for good, and shown to the student where the grade is explained."
    )
    is_shown = forms.BooleanField(
        label="The student sees it now", required=False, help_text="Otherwise they go on seeing what they saw before."
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args, policy: Policy, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["component"].choices = [("", "The whole grade"), *((found.key, found.title) for found in policy.walk())]
        self.fields["letter"].choices = [("", "–"), *((letter, letter) for letter in policy.letter_names)]
        if not policy.letter_names:
            del self.fields["letter"]


class ExcuseForm(forms.Form):
    """`work` is the item as source:key, or all that is missing."""

    MISSING = "missing"

    work = forms.RegexField(rf"^(({'|'.join(ExcusedSource.values)}):.+|{MISSING})$", max_length=120)
    reason = forms.CharField(max_length=200)

    def given(self) -> dict[str, str]:
        source, _, item = self.cleaned_data["work"].partition(":")
        return {"source": source, "item": item, "reason": self.cleaned_data["reason"]}


class PolicyForm(forms.Form):
    """`digest` is the preview's that is saved, `reason` what the history says of it; a preview asks for neither."""

    text = forms.CharField(max_length=200_000, strip=False)
    digest = forms.CharField(max_length=64, required=False)
    reason = forms.CharField(max_length=MAX_REASON, required=False)


class VersionForm(forms.Form):
    """Which version of the policy, and which other one it is compared with."""

    version = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)
    against = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)


class NoteForm(forms.Form):
    """`revision` is the id of the note that the page showed, 0 for none."""

    text = forms.CharField(
        label="Note", required=False, max_length=StaffNote.MOST, help_text="Only staff see it. Leave it empty to take it away."
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
