"""Shapes of what the pages take; the rules are in actions."""

from django import forms

from courses.models import Enrollment
from participation.actions import Entry

MAX_REVISION = 2**31 - 1


class OwnForm(forms.Form):
    attended = forms.BooleanField(required=False, label="I attended")
    discussed = forms.BooleanField(required=False, label="I took part in the discussion")

    def clean(self):
        """One tick says it: whoever discussed was also there."""
        self.cleaned_data["attended"] |= self.cleaned_data["discussed"]


class SheetRowForm(forms.Form):
    """One student's row of a meeting's sheet; `revision` is that of the record it was filled from, 0 for none."""

    attended = forms.BooleanField(required=False)
    discussed = forms.BooleanField(required=False)
    revision = forms.IntegerField(min_value=0, max_value=MAX_REVISION, widget=forms.HiddenInput)

    def __init__(self, student: Enrollment, record, data=None):
        values = {"attended": False, "discussed": False, "revision": 0}
        if record is not None:
            values = {"attended": record.attended, "discussed": record.discussed, "revision": record.revision}
        prefix = str(student.pk)
        # A student who came since the page was loaded is not in what was posted, and is left alone.
        is_posted = data is not None and f"{prefix}-revision" in data
        super().__init__(data if is_posted else None, prefix=prefix, initial=values)
        self.student, self.record = student, record
        for name, label in (("attended", "Attended"), ("discussed", "Discussed")):
            self.fields[name].widget.attrs["aria-label"] = f"{label}: {student.user.name}"

    @property
    def entry(self) -> Entry:
        return Entry(self.student, **self.cleaned_data)
