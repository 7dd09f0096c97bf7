"""The upload of filled-in forms, as an HTML form."""

from django import forms

from reviews.offline.files import MAX_BYTES, Source, read_uploads

PASTED = "pasted text"


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, as a list."""

    widget = FilesInput

    def clean(self, data, initial=None):
        return [super(FilesField, self).clean(file) for file in data or []]


class UploadForm(forms.Form):
    files = FilesField(
        required=False,
        label="Filled-in forms",
        help_text="Text files with one form or many, or a zip of them.",
        widget=FilesInput(attrs={"accept": ".txt,.text,.zip,text/plain,application/zip"}),
    )
    text = forms.CharField(
        required=False,
        strip=False,
        max_length=MAX_BYTES,
        label="Or paste them here",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono", "dir": "auto"}),
    )
    text.validators = []  # the reader names the line that a NUL character is on

    def clean(self):
        data = super().clean()
        if not data.get("files") and not data.get("text", "").strip() and not self.errors:
            self.add_error("files", "Choose a file or paste a form.")
        return data

    def sources(self) -> list[Source]:
        uploads = [(upload.name, upload.read(MAX_BYTES + 1)) for upload in self.cleaned_data["files"]]
        pasted = self.cleaned_data["text"]
        return read_uploads([*uploads, *([(PASTED, pasted.encode("utf-8", "surrogatepass"))] if pasted.strip() else [])])
