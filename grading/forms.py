from decimal import Decimal

from django import forms

from grading.actions.marks import MAX_COMMENT
from grading.engine import plain


class MarkForm(forms.Form):
    """`revision` is that of the mark the marker had before them, `version` the review version they read."""

    points = forms.DecimalField(max_digits=7, decimal_places=2, required=False)
    comment = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=MAX_COMMENT,
        help_text="The student reads it once the mark is released. Markdown works.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    def __init__(self, *args, max_points: Decimal, has_mark: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_mark = has_mark
        points = self.fields["points"]
        points.label = f"Points, 0 to {plain(max_points)}"
        points.help_text = "Leave empty to clear the mark." if has_mark else ""
        points.widget.attrs |= {"min": "0", "max": str(max_points), "step": "any", "inputmode": "decimal", "autofocus": True}

    def clean_points(self):
        points = self.cleaned_data["points"]
        if points is None and not self.has_mark:
            raise forms.ValidationError("Type the points.")
        return points
