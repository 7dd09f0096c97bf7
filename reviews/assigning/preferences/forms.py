"""What a student says about papers, and until when they are asked."""

from django import forms

from reviews.models.matching import STRONGEST


class ValueForm(forms.Form):
    """One paper's number; an empty field means no preference."""

    value = forms.IntegerField(required=False, min_value=-STRONGEST, max_value=STRONGEST)


class CallForm(forms.Form):
    """`closes_at` is a clock time in the course's zone; empty asks no more."""

    closes_at = forms.DateTimeField(
        required=False,
        label="Students may say until",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, course, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.course = course
        self.fields["closes_at"].help_text = f"In the course's time zone, {course.time_zone}. Empty: they are not asked."

    def clean_closes_at(self):
        """The form reads clock times in UTC; they are meant in the course's zone."""
        moment = self.cleaned_data["closes_at"]
        return moment and moment.replace(tzinfo=self.course.zone)
