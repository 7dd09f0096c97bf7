from django import forms

from gradefiles.reading import MAX_BYTES


class ImportForm(forms.Form):
    """A file or pasted text; `raw` and `file_name` have it either way."""

    file = forms.FileField(
        required=False, label="CSV or XLSX file", help_text="10 MB at most; of a workbook, the first sheet is read."
    )
    text = forms.CharField(
        required=False,
        strip=False,
        label="Or paste the table here",
        help_text="With its header row; separated by comma, semicolon or tab.",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocapitalize": "off"}),
    )
    text.validators = []  # the reader names the cell that a NUL character is in

    def clean(self):
        data = super().clean()
        upload = data.get("file")
        if upload and upload.size > MAX_BYTES:
            self.add_error("file", f"The file has {upload.size:,} bytes; at most {MAX_BYTES:,} (10 MB) are taken.")
        elif not upload and not data.get("text", "").strip() and "file" not in self.errors:
            self.add_error("file", "Choose a file or paste the table.")
        return data

    @property
    def raw(self) -> bytes:
        upload = self.cleaned_data.get("file")
        return upload.read() if upload else self.cleaned_data["text"].encode(errors="replace")

    @property
    def file_name(self) -> str:
        upload = self.cleaned_data.get("file")
        return upload.name if upload else "pasted"
