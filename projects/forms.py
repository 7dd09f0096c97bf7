"""Shapes of what the pages take; the rules are in actions."""

from django import forms

from core.links import MAX_LINK
from courses.models import Course, Enrollment
from projects.models import Team


class TeamForm(forms.Form):
    name = forms.CharField(max_length=Team._meta.get_field("name").max_length, label="Team name")
    topic = forms.CharField(
        required=False,
        max_length=Team._meta.get_field("topic").max_length,
        label="Topic",
        help_text="One line; you can change it later.",
    )


class MembersForm(forms.Form):
    members = forms.ModelMultipleChoiceField(
        queryset=Enrollment.objects.none(),
        required=False,
        label="Members",
        help_text="Who is in another team moves to this one.",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, course: Course, *args, **kwargs):
        super().__init__(*args, **kwargs)
        students = course.enrollments.active().students().select_related("user", "team_member__team")
        self.fields["members"].queryset = students
        self.fields["members"].label_from_instance = _label


def _label(student: Enrollment) -> str:
    member = getattr(student, "team_member", None)
    return f"{student.user.name} ({member.team.name if member else 'no team'})"


class DeliverableForm(forms.Form):
    file = forms.FileField(
        required=False,
        label="File",
        help_text="PDF, PowerPoint (PPTX), ZIP or plain text.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.pptx,.zip,.txt,.md"}),
    )
    url = forms.CharField(
        required=False,
        max_length=MAX_LINK,
        label="Link",
        help_text="For example the repository. Starts with http:// or https://.",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    # No CharField rules of its own: the action says what is wrong with a text, once.
    note = forms.Field(required=False, label="Note", help_text="What should whoever reads this know?", widget=forms.Textarea)

    def clean_note(self):
        return self.cleaned_data["note"] or ""
