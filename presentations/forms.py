"""Shapes of what the pages and the API take; the rules are in actions."""

from django import forms

from core.links import MAX_LINK
from presentations.models import SignUp


class AssignForm(forms.Form):
    """A student by id, or a guest by name; which of the two is the action's to decide."""

    enrollment_id = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    guest_name = forms.CharField(
        required=False, max_length=SignUp._meta.get_field("guest_name").max_length, label="Guest's name"
    )


BIGGEST = 2**63 - 1


class OfferForm(forms.Form):
    """To one person (`to`), for one place (`wants`), or to all."""

    to = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST)
    wants = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST)
    is_trade = forms.BooleanField(required=False)


class SlidesForm(forms.Form):
    file = forms.FileField(
        required=False,
        label="File",
        help_text="PDF, PowerPoint (PPTX) or Markdown.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.pptx,.md"}),
    )
    url = forms.CharField(
        required=False,
        max_length=MAX_LINK,
        label="Or a link",
        help_text="Starts with http:// or https://.",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
