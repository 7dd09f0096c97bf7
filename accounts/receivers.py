"""What happens here when allauth has done something."""

from allauth.account.signals import password_reset
from allauth.socialaccount.signals import social_account_added
from django.dispatch import receiver

from accounts import actions


@receiver(password_reset)
def verify_address_after_password_link(sender, request, user, **kwargs):
    """A password set through the mailed link (an invitation, a reset) proves the address it was mailed to."""
    actions.verify_own_address(user=user)


@receiver(social_account_added)
def verify_address_after_single_sign_on(sender, request, sociallogin, **kwargs):
    """Whoever vouches for the address has verified it; a mail of ours would prove nothing more."""
    user = sociallogin.user
    if any(address.verified and address.email.lower() == user.email for address in sociallogin.email_addresses):
        actions.verify_own_address(user=user)
