from django import forms

from accounts.actions import LIFETIMES
from core.text import tidy
from machines.models import MachineClient, MachineScope, Sees, Via


class ClientForm(forms.Form):
    name = forms.CharField(
        max_length=MachineClient._meta.get_field("name").max_length,
        label="Name",
        help_text="Which program it is, for example “Registrar's nightly sync”. Instructors see it in the access log.",
    )
    courses = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, label="Courses", error_messages={"required": "Choose at least one course."}
    )
    scopes = forms.MultipleChoiceField(
        choices=MachineScope.choices,
        widget=forms.CheckboxSelectMultiple,
        label="Scopes",
        error_messages={"required": "Choose at least one scope."},
    )
    sees = forms.ChoiceField(choices=Sees.choices, widget=forms.RadioSelect, initial=Sees.RELEASED, label="Marks that it sees")
    days = forms.TypedChoiceField(
        choices=[(days, f"{days} days") for days in LIFETIMES], coerce=int, initial=180, label="Expires after"
    )

    def __init__(self, *args, courses, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["courses"].choices = [(course.slug, str(course)) for course in courses]

    def clean_name(self):
        return tidy(self.cleaned_data["name"])


class LogFilter(forms.Form):
    who = forms.CharField(max_length=150, required=False, label="Name or email")
    key = forms.CharField(max_length=80, required=False, label="Token or client")
    via = forms.ChoiceField(choices=[("", "Any way"), *Via.choices], required=False, label="By")
