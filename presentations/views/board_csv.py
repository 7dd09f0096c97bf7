"""The board as a file: taken along, and brought back with a look at what would change."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from courses.policies import require_instructor
from presentations.board_csv.actions import load_board
from presentations.board_csv.files import COLUMNS, plan_board, write_board

BIGGEST_FILE = 1_000_000  # bytes


class BoardForm(forms.Form):
    """A file, or its text in the box."""

    file = forms.FileField(required=False, label="CSV file", widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))
    text = forms.CharField(
        required=False, label="Or its text", strip=False, widget=forms.Textarea(attrs={"rows": 8, "class": "csv"})
    )

    def clean(self):
        data = super().clean()
        if (file := data.get("file")) is not None:
            if file.size > BIGGEST_FILE:
                raise forms.ValidationError("The file is larger than 1 MB.")
            try:
                data["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise forms.ValidationError("The file is not UTF-8 text. Save it as “CSV UTF-8”.") from None
        if not (data.get("text") or "").strip():
            raise forms.ValidationError("Choose a file, or paste its text.")
        return data


@login_required
@require_safe
def board_csv(request, course_slug):
    by = require_instructor(request.user, course_slug)
    headers = {"Content-Disposition": f'attachment; filename="{by.course.slug}-presentations.csv"'}
    return HttpResponse(write_board(by.course), content_type="text/csv; charset=utf-8", headers=headers)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def board_import(request, course_slug):
    """First what would change; with `apply`, and the digest of what was looked at, it is done."""
    by = require_instructor(request.user, course_slug)
    form, plan = BoardForm(request.POST or None, request.FILES or None), None
    if form.is_bound and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            if request.POST.get("apply"):
                plan = load_board(course=by.course, text=text, by=request.user, digest=request.POST.get("digest", ""))
                messages.success(
                    request, f"{len(plan.add)} given, {len(plan.remove)} taken away. It can be undone on the board."
                )
                return redirect("presentations:board", course_slug)
            plan = plan_board(by.course, text)
        except DomainError as refusal:
            form.add_error(None, refusal.message)
    context = {
        "course": by.course,
        "enrollment": by,
        "form": form,
        "plan": plan,
        "text": form.cleaned_data.get("text", "") if plan else "",
        "columns": ", ".join(COLUMNS),
    }
    return render(
        request, "presentations/board_import.html", context, status=422 if form.errors or (plan and plan.mistakes) else 200
    )
