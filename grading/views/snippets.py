"""The comment bank of a course, for its staff."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from courses.models import Enrollment
from courses.policies import require_staff
from grading import actions
from grading.forms import SnippetForm
from grading.models import Snippet
from grading.policies import may_change_snippet
from grading.queries.snippets import snippets_of


@login_required
@require_safe
def snippet_list(request, course_slug):
    return _page(request, require_staff(request.user, course_slug), SnippetForm())


@login_required
@require_POST
def snippet_add(request, course_slug):
    staff = require_staff(request.user, course_slug)
    form = SnippetForm(request.POST)
    if form.is_valid():
        try:
            actions.add_snippet(course=staff.course, text=form.cleaned_data["text"], by=request.user)
        except DomainError as refusal:
            form.add_error("text", refusal.message)
        else:
            messages.success(request, "The comment is in the bank.")
            return redirect("grading:snippet_list", course_slug=course_slug)
    return _page(request, staff, form, status=422)


@login_required
@require_POST
def snippet_edit(request, course_slug, pk):
    staff, snippet = _own(request, course_slug, pk)
    form = SnippetForm(request.POST)
    if form.is_valid():
        try:
            actions.edit_snippet(snippet=snippet, text=form.cleaned_data["text"])
        except DomainError as refusal:
            form.add_error("text", refusal.message)
        else:
            messages.success(request, "The comment is changed; marks that used it keep what they say.")
            return redirect("grading:snippet_list", course_slug=course_slug)
    return _page(request, staff, SnippetForm(), editing=(snippet.pk, form), status=422)


@login_required
@require_POST
def snippet_remove(request, course_slug, pk):
    _, snippet = _own(request, course_slug, pk)
    actions.remove_snippet(snippet=snippet)
    messages.success(request, "The comment is out of the bank; marks that used it keep what they say.")
    return redirect("grading:snippet_list", course_slug=course_slug)


def _own(request, course_slug: str, pk: int) -> tuple[Enrollment, Snippet]:
    staff = require_staff(request.user, course_slug)
    snippet = get_object_or_404(Snippet, course=staff.course, pk=pk)
    if not may_change_snippet(staff, snippet):
        raise PermissionDenied("Whoever put a comment into the bank changes it, or the instructor.")
    return staff, snippet


def _page(request, staff: Enrollment, form: SnippetForm, *, editing: tuple[int, SnippetForm] | None = None, status: int = 200):
    rows = [
        {
            "snippet": snippet,
            "may_change": may_change_snippet(staff, snippet),
            "form": editing[1]
            if editing and editing[0] == snippet.pk
            else SnippetForm(initial={"text": snippet.text}, auto_id=f"id_{snippet.pk}_%s"),
        }
        for snippet in snippets_of(staff.course)
    ]
    context = {"course": staff.course, "enrollment": staff, "form": form, "rows": rows}
    return render(request, "grading/snippet_list.html", context, status=status)
