from django import forms

from core.toml.problems import BadCourseFile
from core.toml.source import MAX_BYTES, decode


class CourseFileForm(forms.Form):
    """A course file as an upload or as text; `cleaned_data["text"]` has it either way, an upload before the text."""

    file = forms.FileField(
        required=False, label="Upload a course file", help_text="A TOML file in UTF-8. It takes the place of the text below."
    )
    text = forms.CharField(required=False, strip=False)
    text.validators = []  # the reader names the line that a NUL character is on
    start = forms.DateField(
        required=False,
        label="Move all dates",
        help_text="By whole weeks, so that the course starts in the week of this day: last year's file for a new term.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write a date such as 2022-09-01."},
    )
    digest = forms.CharField(required=False)

    @property
    def file_name(self) -> str:
        upload = self.cleaned_data.get("file")
        return upload.name if upload else "course file"

    def clean(self):
        data = super().clean()
        upload = data.get("file")
        if upload:
            try:
                data["text"] = decode(upload.read(MAX_BYTES + 1), file_name=upload.name)
            except BadCourseFile as refusal:
                self.add_error("file", refusal.message)
        elif not data.get("text", "").strip() and "file" not in self.errors:
            self.add_error("text", "Upload a course file, or write one here.")
        return data
