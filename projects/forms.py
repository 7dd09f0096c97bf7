"""Shapes of what the pages take; the rules are in actions."""

from django import forms

from core.links import MAX_LINK
from courses.models import Course, Enrollment
from projects.models import Team

NOT_HERE = "Somebody whom you ticked is not an active student of this course any more; the others are still ticked."


class TeamForm(forms.Form):
    name = forms.CharField(max_length=Team._meta.get_field("name").max_length, label="Team name")
    topic = forms.CharField(
        required=False,
        max_length=Team._meta.get_field("topic").max_length,
        label="Topic",
        help_text="One line; you can change it later.",
    )


class MembersForm(forms.Form):
    """`cleaned_data["members"]` are enrollments of the course's active students."""

    members = forms.MultipleChoiceField(
        required=False, label="Members", widget=forms.CheckboxSelectMultiple, error_messages={"invalid_choice": NOT_HERE}
    )

    def __init__(self, course: Course, *args, **kwargs):
        super().__init__(*args, **kwargs)
        students = course.enrollments.active().students().select_related("user", "team_member__team")
        self.students = {str(student.pk): student for student in students}
        self.fields["members"].choices = [(pk, _label(student)) for pk, student in self.students.items()]

    def clean_members(self) -> list[Enrollment]:
        return [self.students[pk] for pk in self.cleaned_data["members"]]


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
