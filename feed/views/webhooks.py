"""The pages of webhooks; for instructors."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from feed.actions import webhooks as actions
from feed.forms import WebhookForm
from feed.models import Event
from feed.policies import require_webhooks
from feed.queries.webhooks import deliveries_of, webhooks_of

PAGE = 50


@login_required
@require_safe
def webhook_list(request, course_slug):
    enrollment = require_webhooks(request.user, course_slug)
    context = {"course": enrollment.course, "enrollment": enrollment, "webhooks": webhooks_of(enrollment.course)}
    return render(request, "feed/webhook_list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_add(request, course_slug):
    enrollment = require_webhooks(request.user, course_slug)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            webhook = actions.add_webhook(course=enrollment.course, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            return _show_secret(request, enrollment, webhook)
    context = {"course": enrollment.course, "enrollment": enrollment, "form": form}
    return render(request, "feed/webhook_form.html", context, status=422 if form.is_bound else 200)


def _show_secret(request, enrollment, webhook):
    context = {"course": enrollment.course, "enrollment": enrollment, "webhook": webhook}
    return render(request, "feed/webhook_secret.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_detail(request, course_slug, pk):
    """The webhook with its log; POST changes its address and events."""
    enrollment, webhook = _find(request, course_slug, pk)
    form = WebhookForm(request.POST or None, initial={"url": webhook.url, "events": webhook.events})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_webhook(webhook=webhook, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, "Saved.")
            return redirect("feed:webhook_detail", course_slug, pk)
    context = {
        "course": enrollment.course,
        "enrollment": enrollment,
        "webhook": webhook,
        "events": [event.label for event in Event if event.value in webhook.events],
        "form": form,
        "page": Paginator(deliveries_of(webhook), PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "feed/webhook_detail.html", context, status=422 if form.is_bound else 200)


def _find(request, course_slug, pk):
    enrollment = require_webhooks(request.user, course_slug)
    return enrollment, get_object_or_404(webhooks_of(enrollment.course).select_related("course"), pk=pk)


@login_required
@require_POST
def webhook_pause(request, course_slug, pk):
    return _act(request, course_slug, pk, actions.pause_webhook, "Paused. What happens meanwhile waits.")


@login_required
@require_POST
def webhook_resume(request, course_slug, pk):
    return _act(request, course_slug, pk, actions.resume_webhook, "Resumed. What waited is on its way.")


@login_required
@require_POST
def webhook_ping(request, course_slug, pk):
    return _act(request, course_slug, pk, actions.ping, "A test message is on its way; the log below says what came of it.")


@login_required
@never_cache
@require_POST
def webhook_rotate(request, course_slug, pk):
    enrollment, webhook = _find(request, course_slug, pk)
    return _show_secret(request, enrollment, actions.rotate_secret(webhook=webhook))


@login_required
@require_POST
def webhook_delete(request, course_slug, pk):
    _, webhook = _find(request, course_slug, pk)
    try:
        actions.delete_webhook(webhook=webhook)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "Deleted.")
    return redirect("feed:webhook_list", course_slug)


@login_required
@require_POST
def delivery_replay(request, course_slug, pk, delivery_id):
    _, webhook = _find(request, course_slug, pk)
    delivery = get_object_or_404(deliveries_of(webhook), pk=delivery_id)
    delivery.webhook = webhook
    try:
        actions.replay(delivery=delivery)
        messages.success(request, "Sent again, with the same id.")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("feed:webhook_detail", course_slug, pk)


def _act(request, course_slug, pk, action, words):
    _, webhook = _find(request, course_slug, pk)
    try:
        action(webhook=webhook)
        messages.success(request, words)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("feed:webhook_detail", course_slug, pk)
