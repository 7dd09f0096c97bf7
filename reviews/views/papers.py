"""The papers, one paper with its reviews, and its file."""

from datetime import date, datetime
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from core.templatetags.portal import local
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
    students = queries.student_count(viewer.course) if viewer.is_staff else None
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "lines": [_line(viewer, row, labels, students) for row in rows],
        "sort": sort,
        "score_labels": labels,
        "progress": queries.progress_of(viewer) if viewer.is_student else None,
    }
    return render(request, "reviews/paper_list.html", context)


class Line(NamedTuple):
    """Everything that one line of the paper list shows, as plain values."""

    title: str
    topic: str
    url: str
    date: date
    writes: bool  # the viewer writes reviews
    state: str
    review_url: str
    due_at: datetime | None
    due_words: str
    count: int | None
    students: int | None
    scores: tuple  # (label, mean, counts) for each column


def _line(viewer, row, labels: list[str], students: int | None) -> Line:
    course, paper = viewer.course, row.paper
    by_label = {score.label: (score.label, score.mean_shown, tuple(score.counts)) for score in row.scores}
    return Line(
        title=paper.title,
        topic=paper.meeting.topic,
        url=reverse("reviews:paper_detail", args=[course.slug, paper.key]),
        date=paper.meeting.date,
        writes=viewer.is_student,
        state=row.state or "",
        review_url=reverse("reviews:review_edit", args=[course.slug, paper.key]) if row.state else "",
        due_at=course.local(row.due_at) if row.due_at else None,
        due_words=local(row.due_at, course),
        count=row.review_count,
        students=students,
        scores=tuple(by_label.get(label, (label, "", ())) for label in labels),
    )


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
@xframe_options_sameorigin
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
