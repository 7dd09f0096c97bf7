from django import forms


class SignupDetails(forms.Form):
    """What sign-up asks besides email and password."""

    name = forms.CharField(max_length=150, label="Your name")

    def signup(self, request, user):
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
