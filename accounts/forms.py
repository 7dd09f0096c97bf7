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
        help_text="What will use the token, for example “Nightly notebook”. Instructors see it where it pulls grades.",
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        label="Scopes",
        error_messages={"required": "Choose at least one scope."},
    )
    only = forms.ChoiceField(
        choices=[("", "Every course that I am in, now and later"), ("chosen", "Only the courses that I choose")],
        widget=forms.RadioSelect,
        required=False,
        label="Courses",
    )
    courses = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False, label="The courses")
    days = forms.TypedChoiceField(
        choices=[(days, f"{days} days") for days in LIFETIMES], coerce=int, initial=90, label="Expires after"
    )

    def __init__(self, *args, courses, **kwargs):
        """`courses` are the (slug, title) of those that the person is in."""
        super().__init__(*args, **kwargs)
        self.fields["courses"].choices = courses

    def clean(self):
        data = super().clean()
        is_chosen = data.pop("only", "") == "chosen"
        # A course that is ticked with "every course" left on would otherwise make a wider token than was meant.
        if data.get("courses") and not is_chosen:
            self.add_error("only", "You ticked courses. Choose “only the courses that I choose”, or tick none.")
        data["courses"] = data.get("courses", []) if is_chosen else None
        return data

    def clean_name(self):
        return tidy(self.cleaned_data["name"])

    def scope_groups(self):
        """The checkboxes two by two, reading and writing of one thing."""
        boxes = list(self["scopes"])
        return [boxes[start : start + 2] for start in range(0, len(boxes), 2)]
