"""What the pages of every room's runs do alike."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRefresh

from core.errors import DomainError
from core.runs import Run


def act_on(request, run: Run, act: Callable, done: str, address: str) -> HttpResponse:
    """Apply or undo it, and say so at its address; or say why not."""
    try:
        act(run=run, by=request.user)
        messages.success(request, done)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect(address)


def show_progress(request, run: Run, template: str, address: str) -> HttpResponse:
    """How far it is; once it is done or stalled, the page with what came out."""
    if run.is_under_way and not run.is_stalled():
        return render(request, template, {"course": run.course, "run": run})
    return HttpResponseClientRefresh() if request.htmx else redirect(address)
