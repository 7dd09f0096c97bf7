"""Who reviews a paper by when: the staff's list with the instructor's form, and a student's own choosing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from courses.policies import require_staff, require_student
from reviews import policies, queries
from reviews.assigning import actions
from reviews.assigning.acts import perform
from reviews.assigning.forms import TermsForm
from reviews.assigning.preferences.queries import PaperWishes, wishes_about
from reviews.assigning.queries import changes_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reviewer_list(request, course_slug, paper_key):
    viewer = require_staff(request.user, course_slug)
    rules = policies.require_rules(viewer)
    paper = get_object_or_404(queries.reviewable_papers(viewer.course), key=paper_key)
    paper.course = viewer.course
    rounds = rules.rounds.by_id.values()
    form = TermsForm(viewer.course, request.POST if request.method == "POST" else None, rounds=rounds)
    if request.method == "POST" and not policies.may_change_terms(viewer):
        raise PermissionDenied("Deadlines and exemptions are the instructor's to give.")
    if request.method == "POST" and form.is_valid() and _applied(request, paper, form):
        return redirect("reviews:reviewer_list", course_slug, paper_key)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "paper": paper,
        "rules": rules,
        "times": rules.times(paper),
        "round": rules.round_of(paper),
        "rows": _with_wishes(queries.reviewer_rows(paper, rules), wishes_about(paper)),
        "ticked": {str(each) for each in form["reviewers"].value() or ()},
        "changes": changes_of(paper),
        "form": form if policies.may_change_terms(viewer) else None,
    }
    return render(request, "reviews/reviewer_list.html", context, status=422 if form.errors else 200)


def _with_wishes(rows: list, wishes: PaperWishes) -> list[tuple]:
    """[(row, preference, conflict or None, whether an expert)]"""
    return [
        (row, wishes.values.get(pk, 0), wishes.conflicts.get(pk), pk in wishes.experts)
        for row in rows
        for pk in [row.enrollment.pk]
    ]


def _applied(request, paper, form: TermsForm) -> bool:
    given = form.cleaned_data
    try:
        perform(
            given["act"],
            paper=paper,
            reviewers=given["reviewers"],
            due_at=given["due_at"],
            round=given["round"],
            reason=given["reason"],
            by=request.user,
        )
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    count = len(given["reviewers"])
    messages.success(request, f"Done for {count} student{'' if count == 1 else 's'}.")
    return True


@login_required
@require_POST
def paper_choose(request, course_slug, paper_key):
    return _choosing(request, course_slug, paper_key, actions.choose, "The review is yours to write.")


@login_required
@require_POST
def paper_give_back(request, course_slug, paper_key):
    return _choosing(request, course_slug, paper_key, actions.give_back, "You no longer review this paper.")


def _choosing(request, course_slug, paper_key, act, done: str):
    student = require_student(request.user, course_slug)
    policies.require_rules(student)
    paper = get_object_or_404(queries.reviewable_papers(student.course), key=paper_key)
    paper.course = student.course
    try:
        act(paper=paper, reviewer=student)
        messages.success(request, done)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("reviews:paper_detail", course_slug, paper_key)
