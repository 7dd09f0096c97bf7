"""How allauth treats who comes from the university's sign-in page: it opens an account, it makes none for strangers."""

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings
from django.shortcuts import render

from accounts.models import User
from core.text import tidy

NAME_LENGTH = User._meta.get_field("name").max_length


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request, provider=None, client_id=None) -> list[SocialApp]:
        """What the environment names and nothing else: a row in the database opens no door."""
        named = settings.SOCIALACCOUNT_PROVIDERS[OpenIDConnectProvider.id]["APPS"]
        apps = [SocialApp(provider=OpenIDConnectProvider.id, **app) for app in named]
        return [app for app in apps if provider in (None, app.provider, app.provider_id) and client_id in (None, app.client_id)]

    def populate_user(self, request, sociallogin, data):
        user = super().populate_user(request, sociallogin, data)
        name = data.get("name") or " ".join(filter(None, (data.get("first_name"), data.get("last_name"))))
        user.name = tidy(name or user.email.partition("@")[0])[:NAME_LENGTH]
        return user

    def get_signup_form_initial_data(self, sociallogin) -> dict:
        return {**super().get_signup_form_initial_data(sociallogin), "name": sociallogin.user.name}

    def is_open_for_signup(self, request, sociallogin) -> bool:
        """As without single sign-on: for whoever came by a join link. Others are told which address nobody here knows."""
        if super().is_open_for_signup(request, sociallogin):
            return True
        page = "accounts/sso_unknown.html"
        context = {"addresses": sociallogin.email_addresses, "provider": sociallogin.provider}
        raise ImmediateHttpResponse(render(request, page, context, status=403))
