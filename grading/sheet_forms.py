"""The forms of the mark sheet."""

import json
from collections.abc import Sequence

from django import forms

from core.reasons import MAX_REASON
from grading.actions.entries import Step
from grading.pasting import MAX_TEXT, Pasted
from grading.queries.entries import MAX_ENTRIES, Wanted
from grading.queries.sheet import Column

NO_ENTRIES = "These are no entries of a sheet. Paste the block again."


def _is_id(text: str) -> bool:
    """Whether it is a number that a key can be."""
    return text.isascii() and text.isdigit() and len(text) < 19


class SentField(forms.JSONField):
    """What a page of ours wrote and got back; whatever else comes is refused, also where Python itself would not read it."""

    def to_python(self, value):
        try:
            found = super().to_python(value)
            json.dumps(found, ensure_ascii=False).encode()  # half of a character cannot be shown again
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        return found


class PasteForm(forms.Form):
    """A block of cells. `students` and `columns` are the sheet's, from the cell on at which a script pasted it; `start` is
    the column that the first values are for where people paste it themselves.
    """

    text = forms.CharField(
        label="Cells from a spreadsheet",
        strip=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono", "placeholder": "ada@example.org\t8.5\t9"}),
    )
    start = forms.ChoiceField(label="The marks begin with", required=False)
    start.is_awaited = True
    students = forms.CharField(required=False, max_length=20_000)
    columns = forms.CharField(required=False, max_length=20_000)

    def __init__(self, *args, columns: Sequence[Column], **kwargs):
        super().__init__(*args, **kwargs)
        self.keys = [column.key for column in columns]
        self.fields["start"].choices = [(column.key, column.title) for column in columns]
        self.fields["text"].validators = []  # the reader says what is wrong with the block

    def pasted(self) -> Pasted:
        given = self.cleaned_data
        students = [int(pk) for pk in given["students"].split(",") if _is_id(pk)]
        start = self.keys.index(given["start"]) if given["start"] else 0
        columns = [key for key in given["columns"].split(",") if key] or self.keys[start:]
        return Pasted(given["text"], columns, students)


class EntriesForm(forms.Form):
    """Entries as a preview made them: [{student, work, value, revision}]."""

    entries = SentField(error_messages={"invalid": NO_ENTRIES})
    reason = forms.CharField(max_length=MAX_REASON, required=False)

    def clean_entries(self) -> list[Wanted]:
        try:
            entries = [
                Wanted(int(each["student"]), str(each["work"]), str(each["value"]), int(each["revision"]))
                for each in self.cleaned_data["entries"]
            ]
        except (TypeError, KeyError, ValueError, OverflowError) as error:
            raise forms.ValidationError(NO_ENTRIES) from error
        if not all(_is_id(str(each.student)) for each in entries):
            raise forms.ValidationError(NO_ENTRIES)
        return entries


class CellsForm(forms.Form):
    """The whole sheet: `was` is {cell: [revision, value]} as the page had it, and "v:<cell>" what each says now."""

    was = SentField()

    def changed(self) -> dict[str, Wanted]:
        """{cell: what it is to say}, of those that somebody changed."""
        wanted = {}
        for name, text in self.data.items():
            student, _, work = name.removeprefix("v:").partition(":")
            before = self._before(f"{student}:{work}") if name.startswith("v:") else None
            if before and text.strip() != before[1]:
                wanted[f"{student}:{work}"] = Wanted(int(student), work, text, before[0])
        return wanted

    def _before(self, cell: str) -> tuple[int, str] | None:
        was = self.cleaned_data["was"]
        before = was.get(cell) if isinstance(was, dict) else None
        if not (isinstance(before, list) and len(before) == 2 and _is_id(cell.partition(":")[0])):
            return None
        revision, value = before
        return (revision, value) if isinstance(revision, int) and isinstance(value, str) else None


class StepsForm(forms.Form):
    """What is to be undone: [[work, revision]]."""

    steps = SentField()

    def clean_steps(self) -> list[Step]:
        try:
            steps = [Step(str(work), int(revision)) for work, revision in self.cleaned_data["steps"]]
        except (TypeError, ValueError, OverflowError) as error:
            raise forms.ValidationError("There is nothing to undo.") from error
        if not 0 < len(steps) <= MAX_ENTRIES:
            raise forms.ValidationError("There is nothing to undo.")
        return steps
