from django import forms

from accounts.actions import LIFETIMES
from accounts.models import Scope, Token
from core.text import tidy


class SignupDetails(forms.Form):
    """What sign-up asks besides email and password."""

    name = forms.CharField(max_length=150, label="Your name")

    def signup(self, request, user):
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=Token._meta.get_field("name").max_length,
        label="Name",
        help_text="What will use the token, for example “Registrar's nightly sync”. Only you see it.",
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        label="Scopes",
        error_messages={"required": "Choose at least one scope."},
    )
    days = forms.TypedChoiceField(
        choices=[(days, f"{days} days") for days in LIFETIMES], coerce=int, initial=90, label="Expires after"
    )

    def clean_name(self):
        return tidy(self.cleaned_data["name"])

    def scope_groups(self):
        """The checkboxes two by two, reading and writing of one thing."""
        boxes = list(self["scopes"])
        return [boxes[start : start + 2] for start in range(0, len(boxes), 2)]
