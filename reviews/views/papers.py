"""The papers, one paper with its reviews, and its file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from core.uploads import PDF, serve_upload
from courses.actions import set_paper_pdf
from courses.models import Paper
from courses.policies import require_instructor, require_member
from reviews import queries
from reviews.forms import PdfForm
from reviews.models import ReviewRules


@login_required
@require_safe
def paper_list(request, course_slug):
    viewer = require_member(request.user, course_slug)
    sort = request.GET.get("sort", "date")
    rows = queries.paper_rows(viewer, sort=sort)
    labels = list(dict.fromkeys(score.label for row in rows for score in row.scores))
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "rows": [(row, [_by_label(row).get(label) for label in labels]) for row in rows],
        "sort": sort,
        "score_labels": labels,
        "progress": queries.progress_of(viewer) if viewer.is_student else None,
        "students": queries.student_count(viewer.course) if viewer.is_staff else None,
    }
    return render(request, "reviews/paper_list.html", context)


def _by_label(row) -> dict:
    return {score.label: score for score in row.scores}


@login_required
@require_safe
def paper_detail(request, course_slug, paper_key):
    viewer = require_member(request.user, course_slug)
    paper = _paper_of(viewer, paper_key)
    rules = None if paper.meeting.is_holiday else ReviewRules.of(viewer.course)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "paper": paper,
        "reading": queries.read_paper(viewer, paper),
        "duty": queries.duty_of(viewer, paper) if rules else None,
        "reviewers": queries.reviewer_rows(paper, rules) if rules and viewer.is_staff else [],
        "rules": rules,
        "pdf_form": PdfForm() if viewer.is_instructor else None,
    }
    return render(request, "reviews/paper_detail.html", context)


@login_required
@require_safe
def paper_pdf(request, course_slug, paper_key):
    viewer = require_member(request.user, course_slug)
    paper = _paper_of(viewer, paper_key)
    if not paper.pdf:
        raise Http404("This paper has no uploaded PDF.")
    return serve_upload(paper.pdf, kind=PDF, name=f"{paper.key}.pdf")


@login_required
@require_POST
def paper_pdf_upload(request, course_slug, paper_key):
    viewer = require_instructor(request.user, course_slug)
    paper = _paper_of(viewer, paper_key)
    form = PdfForm(request.POST, request.FILES)
    try:
        if form.is_valid():
            set_paper_pdf(paper=paper, upload=form.cleaned_data["pdf"])
            messages.success(request, "The PDF is now shown beside the review form.")
        else:
            messages.error(request, "Choose a PDF file to upload.")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("reviews:paper_detail", course_slug, paper_key)


def _paper_of(viewer, paper_key) -> Paper:
    papers = Paper.objects.filter(course=viewer.course).select_related("meeting")
    return get_object_or_404(papers, key=paper_key)
