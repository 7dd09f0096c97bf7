"""One way for a view to answer: a fragment to htmx, a redirect to a plain form post."""

from django.shortcuts import redirect, render


def respond_with_fragment(request, template: str, *, to: str, **context):
    """Render `template` for htmx, or redirect to the URL `to` for a browser without script."""
    if request.htmx:
        return render(request, template, context)
    return redirect(to)
