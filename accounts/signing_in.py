"""The form of the sign-in page. In a file of its own, because allauth's forms read `accounts.forms` while they are imported."""

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    """allauth's, for the keyboard: the cursor is in it, and the next Tab leads to the password, not to "Forgot?"."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""  # the page has the link, below
        self.fields["password" if self.is_bound else "login"].widget.attrs["autofocus"] = True
