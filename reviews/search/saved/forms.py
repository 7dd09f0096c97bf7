"""A search and the name it is kept under."""

from django import forms

from reviews.models import Audience
from reviews.search.parse import MAX_BYTES
from reviews.search.saved.names import LONGEST

WHO_SEES = [(Audience.OWN, "Only you"), (Audience.STAFF, "Staff"), (Audience.COURSE, "The course")]


class SavedSearchForm(forms.Form):
    """Who may not share is not asked with whom."""

    name = forms.CharField(
        max_length=LONGEST + len("ss:"), help_text="Letters, digits, _ - and dots. ss:name stands for it in other searches."
    )
    text = forms.CharField(required=False, max_length=MAX_BYTES, label="Search", strip=False)
    audience = forms.ChoiceField(choices=WHO_SEES, label="Who sees it", initial=Audience.OWN)

    def __init__(self, *args, may_share: bool, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("name", "text"):
            self.fields[name].widget.attrs |= {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        if not may_share:
            del self.fields["audience"]

    @property
    def given(self) -> dict:
        """What `save_search` and `change_search` take."""
        cleaned = self.cleaned_data
        return {"name": cleaned["name"], "text": cleaned["text"], "audience": cleaned.get("audience", Audience.OWN)}
