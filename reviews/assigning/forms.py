"""The form below the list of a paper's reviewers."""

from django import forms

from courses.models import Enrollment
from reviews.assigning.actions import REASON_LIMIT
from reviews.assigning.acts import ACTS


class TermsForm(forms.Form):
    """`due_at` is a clock time in the course's zone; `reviewers` are ticked in the list above the form."""

    use_required_attribute = False  # what is needed depends on the button
    act = forms.ChoiceField(choices=ACTS, error_messages={"required": "Choose what is to happen."})
    reviewers = forms.ModelMultipleChoiceField(
        Enrollment.objects.none(), error_messages={"required": "Tick at least one student in the list."}
    )
    due_at = forms.DateTimeField(
        label="New deadline",
        error_messages={"required": "Say until when."},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    round = forms.ChoiceField(required=False)
    reason = forms.CharField(
        label="Reason",
        max_length=REASON_LIMIT,
        error_messages={"required": "Say why: the student sees it, and so does whoever looks at the grade later."},
    )

    def __init__(self, course, *args, rounds=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["round"].choices = [("", "The paper's"), *((each.key, str(each)) for each in rounds)]
        self.course = course
        self.fields["reviewers"].queryset = Enrollment.objects.active().students().filter(course=course)
        self.fields["due_at"].help_text = f"In the course's time zone, {course.time_zone}."
        self.fields["reason"].help_text = "The student sees it, that of a conflict too."
        # Only more time needs a moment, and only a kindness needs a reason.
        act = self.data.get("act")
        self.fields["due_at"].required = act in (None, "more_time")
        self.fields["reason"].required = act in (None, "more_time", "excuse")

    def clean_due_at(self):
        """The form reads clock times in UTC; they are meant in the course's zone."""
        moment = self.cleaned_data["due_at"]
        return moment and moment.replace(tzinfo=self.course.zone)
