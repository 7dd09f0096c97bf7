from django import forms
from django.db.models import Q

from core.text import tidy
from courses.models import Enrollment, JoinLink, Role
from courses.roster import UnreadableRoster, decode_roster

STATES = ("active", "invited", "inactive")


class PeopleFilter(forms.Form):
    """What of the people table is shown; every field may be empty."""

    q = forms.CharField(required=False, max_length=150, label="Name or email", widget=forms.SearchInput)
    role = forms.ChoiceField(required=False, choices=[("", "Every role"), *Role.choices], label="Role")
    section = forms.ChoiceField(required=False, label="Section")
    state = forms.ChoiceField(
        required=False, choices=[("", "Every state"), *((state, state.capitalize()) for state in STATES)], label="State"
    )

    def __init__(self, *args, sections: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [("", "Every section"), *((section, section) for section in sections)]

    def narrow(self, people):
        """The people who match; those of a field that was not understood are not narrowed by it."""
        if not self.is_valid():
            return people
        data = self.cleaned_data
        if data["q"]:
            people = people.filter(Q(user__name__icontains=data["q"]) | Q(user__email__icontains=data["q"]))
        if data["role"]:
            people = people.filter(role=data["role"])
        if data["section"]:
            people = people.filter(section=data["section"])
        return people.in_state(data["state"]) if data["state"] else people


class EnrollmentForm(forms.ModelForm):
    class Meta:
        model = Enrollment
        fields = ["role", "section", "is_active"]
        labels = {"is_active": "Active in this course"}
        help_texts = {
            "section": "Assistants who have a section mark the students of that section. May be empty.",
            "is_active": "Somebody who is not active cannot open the course; everything they did is kept.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The page sends along what it showed, so that one left open takes nothing back that others have changed since.
        for field in self.fields.values():
            field.show_hidden_initial = True

    def clean_section(self):
        return " ".join(self.cleaned_data["section"].split())

    def changed(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.changed_data}


class JoinLinkForm(forms.Form):
    """`expires_at` is a clock time in the course's zone."""

    role = forms.ChoiceField(choices=[(role.value, role.label) for role in JoinLink.ROLES], label="Makes people")
    section = forms.CharField(required=False, max_length=40, label="Section", help_text="May be empty.")
    expires_at = forms.DateTimeField(
        required=False,
        label="Expires",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Write a date and a time, such as 2021-09-15 23:59."},
    )
    max_uses = forms.IntegerField(
        required=False, min_value=1, max_value=100_000, label="How many people may use it", help_text="Empty: any number."
    )

    def __init__(self, *args, course, **kwargs):
        super().__init__(*args, **kwargs)
        self.course = course
        self.fields["expires_at"].help_text = f"In the course's time zone, {course.time_zone}. Empty: never."

    def clean_section(self):
        return " ".join(tidy(self.cleaned_data["section"]).split())

    def clean_expires_at(self):
        """The form reads clock times in UTC; they are meant in the course's zone."""
        moment = self.cleaned_data["expires_at"]
        if moment and moment.year > 2999:
            raise forms.ValidationError("Write a year up to 2999, or leave it empty for a link that does not expire.")
        return moment and moment.replace(tzinfo=self.course.zone)


class RosterForm(forms.Form):
    """A roster as a file or as text; `cleaned_data["text"]` has it either way."""

    file = forms.FileField(required=False, label="CSV file", help_text="UTF-8, with or without a header line.")
    text = forms.CharField(
        required=False,
        strip=False,
        label="Or paste it here",
        help_text="One person a line: email, name, role, section. Separate by comma, semicolon or tab.",
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocapitalize": "off"}),
    )
    text.validators = []  # the parser names the line that a NUL character is on

    def clean(self):
        data = super().clean()
        if upload := data.get("file"):
            try:
                data["text"] = decode_roster(upload.read())
            except UnreadableRoster as error:
                self.add_error("file", str(error))
        elif not data.get("text", "").strip() and "file" not in self.errors:
            self.add_error("text", "Choose a file or paste the roster.")
        return data
