"""What somebody sees who sends a form after their session has ended: nothing that they typed is lost."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

NOT_TYPED = {"csrfmiddlewaretoken", "next"}
HEADER = "X-Signed-Out"  # what portal.js goes by


class KeepWhatWasTyped:
    """Stands between a view's redirect to the sign-in page and whoever sent something to that view.

    - htmx would put the sign-in page into the place of a fragment: it gets 403, and portal.js says why.
    - A form with words in it is answered by a page that holds them, to be sent once more.
    - Any other form leads by the sign-in page back to where it stood, because its own address may take posts only.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not _asks_to_sign_in(response) or request.user.is_authenticated:
            return response
        if request.htmx:
            return HttpResponse("Signed out.", status=403, content_type="text/plain", headers={HEADER: "yes"})
        if request.method != "POST":
            return response
        if words := _words(request):
            return _page(request, words)
        return redirect(_sign_in_and_back_to(form)) if (form := _form(request)) else response


def _asks_to_sign_in(response) -> bool:
    to = urlsplit(response.get("Location", ""))
    return response.status_code == 302 and to.path == resolve_url(settings.LOGIN_URL) and to.query.startswith("next=")


def _words(request) -> list[tuple[str, str]]:
    """What was typed, field by field: more than one word. Codes and choices are quick to give again.

    A form with a password in it is not kept: that belongs on no page.
    """
    if any("password" in name for name in request.POST):
        return []
    names = [name for name in request.POST if name not in NOT_TYPED]
    return [(name, text) for name in names for text in request.POST.getlist(name) if len(text.split()) > 1]


def _page(request, words):
    sent = [(name, value) for name, values in request.POST.lists() if name not in NOT_TYPED for value in values]
    sign_in = _sign_in_and_back_to(_form(request) or resolve_url(settings.LOGIN_REDIRECT_URL))
    context = {"words": words, "sent": sent, "has_files": bool(request.FILES), "sign_in": sign_in}
    return render(request, "core/signed_out.html", context, status=403)


def _form(request) -> str:
    """The address of the page on which the form stood; empty where the browser does not say, or names another site."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return ""
    return urlsplit(page)._replace(scheme="", netloc="").geturl()


def _sign_in_and_back_to(page: str) -> str:
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page})}"
