"""Which grades are asked for, as an address says it: the gradebook's and the API's."""

from decimal import Decimal

from django import forms

from grading.engine import Policy
from grading.queries.grade_filter import FINAL, SO_FAR, GradeFilter

WORDS = {"": False, "on": True, "true": True, "1": True, "false": False, "0": False}
READINGS = [(SO_FAR, "so far"), (FINAL, "final")]


class TrueOrFalse(forms.Field):
    """A box to tick that takes no other word for yes: an address is typed as well."""

    def to_python(self, value):
        word = (value or "").lower()
        if word not in WORDS:
            raise forms.ValidationError(f"Expected true or false, found {value}.")
        return WORDS[word]


class GradeFilterForm(forms.Form):
    """`kept()` is what of it can be understood; the page shows that beside the errors, the API refuses."""

    name = forms.CharField(required=False, max_length=150, label="Name or email")
    section = forms.CharField(required=False, max_length=60)
    team = forms.IntegerField(required=False, min_value=1, max_value=2**53)
    missing = TrueOrFalse(required=False, label="Missing work only")
    below = forms.DecimalField(required=False, min_value=0, max_value=1000, max_digits=7, decimal_places=3)
    of = forms.ChoiceField(required=False)
    reading = forms.ChoiceField(required=False, choices=READINGS)
    sort = forms.CharField(required=False, max_length=80)

    def __init__(self, data, *, policy: Policy):
        super().__init__(data)
        leaves = [(leaf.key, leaf.title) for leaf in policy.leaves()]
        self.fields["of"].choices = [("", "the total"), *leaves]

    def kept(self) -> GradeFilter:
        self.is_valid()
        given = self.cleaned_data
        below: Decimal | None = given.get("below")
        return GradeFilter(
            name=given.get("name", ""),
            section=given.get("section", ""),
            team=given.get("team"),
            only_missing=given.get("missing", False),
            below=below,
            of=given.get("of", ""),
            reading=given.get("reading") or SO_FAR,
            sort=given.get("sort", ""),
        )
