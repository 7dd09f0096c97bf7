import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST


@require_POST
def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leave for the university's sign-in page, by a page of our own that leads on.

    A redirect in answer to a form would fall under `form-action`, in Chromium with every further one on the way, and over
    which hosts a university's sign-in leads only it knows.
    """
    try:
        provider = get_adapter(request).get_provider(request, provider_id)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    try:
        response = provider.redirect_from_request(request)
    except (requests.RequestException, KeyError) as error:  # does not answer, or not as OpenID Connect says
        return render_authentication_error(request, provider, exception=error)
    if response.status_code != 302:
        return response
    return render(request, "accounts/sso_leaving.html", {"address": response["Location"], "provider": provider})
