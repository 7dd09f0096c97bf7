"""Forms that name a moment in the course's zone: of the past, to look back at, or to come, to release marks at."""

from django import forms
from django.utils import timezone

from core.reasons import MAX_REASON
from courses.models import Course, Enrollment
from grading.engine import Policy
from grading.moments import moment_of, read_moment
from grading.queries.history import KINDS, WHOLE, Asked, components_of
from grading.queries.marks import Audience
from grading.queries.release import condition_of


class ScheduleForm(forms.Form):
    """`what` is a component as c:key or a student as s:enrollment id; `given()` is what the action takes."""

    what = forms.ChoiceField(label="Marks of")
    due_at = forms.DateTimeField(
        label="When", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    reason = forms.CharField(
        label="Why", max_length=MAX_REASON, required=False, help_text="For the history; students do not read it."
    )

    def __init__(self, *args, course: Course, policy: Policy, **kwargs):
        super().__init__(*args, **kwargs)
        self.course = course
        self.students = Enrollment.objects.graded().filter(course=course).select_related("user").order_by("user__name", "pk")
        components = [(f"c:{found.key}", found.title) for found in policy.walk() if condition_of(found) is not None]
        students = [(f"s:{student.pk}", student.user.name) for student in self.students]
        self.fields["what"].choices = [("Component", components), ("One student's own work", students)]
        self.fields["due_at"].help_text = f"In the course's time zone, {course.time_zone}."

    def clean_due_at(self):
        """The form reads clock times in UTC; they are meant in the course's zone."""
        clock = self.cleaned_data["due_at"].replace(tzinfo=None)
        if not 1900 <= clock.year <= 2999:  # so that it is a moment in every zone
            raise forms.ValidationError("Write a year from 1900 to 2999.")
        try:
            return moment_of(self.course, clock)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def given(self) -> dict:
        kind, _, name = self.cleaned_data["what"].partition(":")
        said = {"due_at": self.cleaned_data["due_at"], "reason": self.cleaned_data["reason"]}
        if kind == "c":
            return {"component_key": name} | said
        return {"student": next(student for student in self.students if student.pk == int(name))} | said


class HistoryForm(forms.Form):
    """What of the history is asked for; `asked()` is what the query takes."""

    student = forms.CharField(label="Student", required=False, max_length=150)
    who = forms.CharField(label="By whom", required=False, max_length=150)
    kind = forms.ChoiceField(label="What", required=False, choices=[("", "Everything"), *KINDS.items()])
    component = forms.ChoiceField(label="Component", required=False)
    since = forms.CharField(
        label="From", required=False, max_length=40, widget=forms.TextInput(attrs={"placeholder": "2021-10-20"})
    )
    until = forms.CharField(
        label="Until", required=False, max_length=40, widget=forms.TextInput(attrs={"placeholder": "2021-10-31"})
    )

    def __init__(self, *args, course: Course, **kwargs):
        super().__init__(*args, **kwargs)
        self.course = course
        components = [(key, component.title) for key, component in components_of(course).items()]
        self.fields["component"].choices = [("", "All"), (WHOLE, "The whole grade"), *components]

    def clean_since(self):
        return self._moment("since", is_start=True)

    def clean_until(self):
        return self._moment("until", is_start=False)

    def _moment(self, name: str, *, is_start: bool):
        text = self.cleaned_data[name]
        try:
            return read_moment(self.course, text, is_start=is_start) if text else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def asked(self) -> Asked:
        return Asked(**self.cleaned_data)


class AtForm(forms.Form):
    """A moment of the past, for whom its gradebook is shown, and of which student (the enrollment's id) when not of all."""

    at = forms.CharField(
        label="Date, or date and time",
        max_length=40,
        error_messages={"required": "Say when."},
        widget=forms.TextInput(attrs={"placeholder": "2021-10-20T17:00"}),
    )
    marks = forms.ChoiceField(
        label="Marks",
        required=False,
        choices=[("all", "All, as staff saw them"), ("released", "Released, as students saw them")],
    )
    student = forms.IntegerField(required=False, min_value=1, max_value=2**31, widget=forms.HiddenInput)

    def __init__(self, *args, course: Course, **kwargs):
        super().__init__(*args, **kwargs)
        self.course = course
        self.fields["at"].help_text = f"In the course's time zone, {course.time_zone}. A date alone is the end of that day."

    def clean_at(self):
        try:
            at = read_moment(self.course, self.cleaned_data["at"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        # The end of today is still to come, and means now.
        now = timezone.now()
        if self.course.local(at).date() > self.course.local(now).date():
            raise forms.ValidationError("That is still to come.")
        return min(at, now)

    @property
    def audience(self) -> Audience:
        return "student" if self.cleaned_data["marks"] == "released" else "staff"
