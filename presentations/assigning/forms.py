"""What the instructor asks of the dealing."""

from django import forms

from presentations.assigning.world import Parameters

HIGHEST_SEED = 2**31 - 1


class RunForm(forms.Form):
    """`parameters` is there once the form is valid."""

    least = forms.IntegerField(label="Each student presents at least", min_value=0, max_value=100)
    most = forms.IntegerField(label="and at most", min_value=1, max_value=100)
    slot_least = forms.IntegerField(
        label="Students in each presentation, at least",
        min_value=0,
        max_value=100,
        required=False,
        help_text="0: some may stay empty.",
    )
    slot_least.is_awaited = True
    redeals = forms.BooleanField(
        required=False,
        label="Deal anew what was dealt before and is not pinned",
        help_text="What students took, what you gave by hand and what is pinned stays.",
    )
    seed = forms.IntegerField(
        min_value=0,
        max_value=HIGHEST_SEED,
        initial=0,
        required=False,
        label="Number",
        help_text="Decides between equally good answers; the same number gives the same answer.",
    )

    def clean(self):
        data = super().clean()
        if data.get("least", 0) > data.get("most", 100):
            self.add_error("most", f"Found {data['most']}; expected {data['least']} or more.")
        return data

    @property
    def parameters(self) -> Parameters:
        data = self.cleaned_data
        return Parameters(data["least"], data["most"], data["slot_least"] or 0, data["redeals"], data["seed"] or 0)
