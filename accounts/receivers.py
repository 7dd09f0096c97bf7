"""What happens here when allauth has done something."""

from allauth.account.signals import password_reset
from django.dispatch import receiver

from accounts import actions


@receiver(password_reset)
def verify_address_after_password_link(sender, request, user, **kwargs):
    """A password set through the mailed link (an invitation, a reset) proves the address it was mailed to."""
    actions.verify_mailed_address(user=user)
