"""The shape of what is typed about a webhook; the actions check the rules."""

from django import forms

from feed.addresses import LONGEST
from feed.models import Event


class WebhookForm(forms.Form):
    url = forms.CharField(
        max_length=LONGEST,
        label="Address",
        help_text="Where messages are posted to, such as https://registrar.example.edu/grades.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    events = forms.MultipleChoiceField(
        choices=Event.choices, label="Tell it of", widget=forms.CheckboxSelectMultiple, initial=[event.value for event in Event]
    )
