"""The pages on which people look after their tokens; signing in is allauth's."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions
from accounts.forms import TokenForm
from accounts.models import Token
from core.errors import DomainError
from core.http import respond_with_fragment


@require_GET
@login_required
def token_list(request):
    return render(request, "accounts/token_list.html", {"tokens": Token.objects.visible_to(request.user)})


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@reauthentication_required
def token_create(request, courses_of):
    """The answer to the POST is the only place where the secret is ever shown.

    `courses_of` gives the (slug, title) of a person's courses; the room above hands it in.
    """
    form = TokenForm(request.POST or None, courses=courses_of(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = actions.create_token(user=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            return render(request, "accounts/token_created.html", {"token": token, "secret": secret})
    return render(request, "accounts/token_form.html", {"form": form})


@require_POST
@login_required
def token_revoke(request, pk):
    token = get_object_or_404(Token.objects.visible_to(request.user), pk=pk)
    token = actions.revoke_token(token=token)
    if not request.htmx:
        messages.success(request, f"The token “{token.name}” is revoked; programs that use it are refused from now on.")
    return respond_with_fragment(request, "accounts/_token.html", to=reverse("accounts:token_list"), token=token)
