"""Machine clients and the access log, for people; and the two OAuth addresses, for machines."""

import base64
import binascii
from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.idp.oidc import views as oidc
from allauth.idp.oidc.models import Client
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from rest_framework.throttling import AnonRateThrottle

from core.errors import DomainError
from courses.policies import require_instructor
from machines import actions
from machines.forms import ClientForm, LogFilter
from machines.models import MachineClient
from machines.policies import grantable_courses, require_client_maker
from machines.queries import clients_of, pulls_of

PAGE = 50


@require_GET
@login_required
def client_list(request):
    require_client_maker(request.user)
    clients = MachineClient.objects.visible_to(request.user).for_display()
    return render(request, "machines/client_list.html", {"page": Paginator(clients, PAGE).get_page(request.GET.get("page"))})


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@reauthentication_required
def client_create(request):
    """The answer to the POST is the only place where the secret is ever shown."""
    require_client_maker(request.user)
    form = ClientForm(request.POST or None, courses=grantable_courses(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            client, secret = actions.create_client(by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            return render(request, "machines/client_created.html", {"client": client, "secret": secret})
    return render(request, "machines/client_form.html", {"form": form})


@require_POST
@login_required
def client_revoke(request, pk):
    client = get_object_or_404(MachineClient.objects.visible_to(request.user), pk=pk)
    try:
        client = actions.revoke_client(client=client, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"“{client.name}” is revoked, with every access token that it had.")
    return redirect("machines:client_list")


@login_required
@require_safe
def access_log(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    form = LogFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    context = {
        "course": enrollment.course,
        "enrollment": enrollment,
        "grants": clients_of(enrollment.course),
        "form": form,
        "is_filtered": any(asked.values()),
        "page": Paginator(pulls_of(enrollment.course, asked), PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "machines/access_log.html", context)


@login_required
@require_POST
def course_withdraw(request, course_slug, pk):
    enrollment = require_instructor(request.user, course_slug)
    client = get_object_or_404(MachineClient, pk=pk, grants__course=enrollment.course)
    actions.withdraw_course(client=client, course=enrollment.course, by=request.user)
    messages.success(request, f"“{client.name}” reaches this course no more.")
    return redirect("machines:access_log", course_slug=course_slug)


class TokenEndpointThrottle(AnonRateThrottle):
    """By address: checking a secret costs a tenth of a second of a core, so guesses are stopped before it."""

    scope = "token_endpoint"


def _refused(status: int, error: str, words: str, **headers) -> JsonResponse:
    """As RFC 6749, 5.2, has it."""
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"} | headers
    return JsonResponse({"error": error, "error_description": words}, status=status, headers=headers)


def _client_id(request) -> str:
    """As the header or the form names it; "" for what cannot be one."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    name = request.POST.get("client_id", "")
    if scheme.lower() == "basic":
        try:
            name = base64.b64decode(encoded).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            name = ""
    return "" if "\x00" in name else name


def for_live_clients(view):
    """allauth's view, for clients of ours that have not ended, within a rate; whatever else it could do stays switched off."""

    @csrf_exempt  # nothing here reads a cookie
    @require_POST
    @wraps(view)
    def checked(request):
        throttle = TokenEndpointThrottle()
        if not throttle.allow_request(request, None):
            wait = str(int(throttle.wait() or 0) + 1)
            return _refused(429, "temporarily_unavailable", "Too many requests; wait.", **{"Retry-After": wait})
        live = MachineClient.objects.usable(timezone.now())
        if not live.filter(oauth=_client_id(request)).exists():
            words = "No such client, or it has been revoked or has expired."
            return _refused(401, "invalid_client", words, **{"WWW-Authenticate": "Basic"})
        return view(request)

    return checked


@for_live_clients
def token(request):
    if request.POST.get("grant_type") != Client.GrantType.CLIENT_CREDENTIALS:
        return _refused(400, "unsupported_grant_type", "This address knows client_credentials only.")
    return oidc.token(request)


@for_live_clients
def token_revoke(request):
    return oidc.revoke(request)
