"""Bulk assignment by CSV: first what it would change, then the same file carried out as a whole."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from courses.policies import require_instructor
from reviews import policies
from reviews.assigning.bulk import actions
from reviews.assigning.bulk.reading import MAX_CHARACTERS

SHOWN = 500  # changes and problems on the page


class BulkForm(forms.Form):
    """A file or pasted text; the file wins."""

    file = forms.FileField(required=False, label="A CSV file")
    text = forms.CharField(
        required=False, label="or its text", strip=False, widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"})
    )

    def clean(self):
        given = super().clean()
        if upload := given.get("file"):
            given["text"] = _decoded(upload)
        if not given.get("text", "").strip():
            raise forms.ValidationError("Choose a file or paste its text.")
        return given


def _decoded(upload) -> str:
    if upload.size > 4 * MAX_CHARACTERS:
        raise forms.ValidationError(f"The file is too large; at most {MAX_CHARACTERS:,} characters fit.")
    try:
        return upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise forms.ValidationError("The file is not UTF-8 text. Save it as CSV in UTF-8.") from None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_assign(request, course_slug):
    """POST shows what would change; with the `digest` of what was shown it is carried out."""
    viewer = require_instructor(request.user, course_slug)
    policies.require_rules(viewer)
    form = BulkForm(request.POST, request.FILES) if request.method == "POST" else BulkForm()
    plan = None
    if form.is_bound and form.is_valid():
        text, digest = form.cleaned_data["text"], request.POST.get("digest")
        if digest and _applied(request, viewer, text, digest):
            return redirect("reviews:bulk_assign", course_slug)
        plan = actions.plan_bulk(viewer=viewer, text=text)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "form": form,
        "plan": plan,
        "text": form.cleaned_data["text"] if plan else "",
        "changes": plan.changes[:SHOWN] if plan else [],
        "problems": plan.problems[:SHOWN] if plan else [],
    }
    is_bad = form.errors or (plan and plan.problems)
    return render(request, "reviews/bulk_assign.html", context, status=422 if is_bad else 200)


def _applied(request, viewer, text: str, digest: str) -> bool:
    try:
        plan = actions.apply_bulk(viewer=viewer, text=text, digest=digest)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return False
    count = len(plan.changes)
    messages.success(request, f"Done: {count} change{'' if count == 1 else 's'}.")
    return True
