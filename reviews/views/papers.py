"""The papers, one paper with its reviews, and its file."""

from datetime import date, datetime
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from core.templatetags.portal import due_words, local
from core.uploads import PDF, serve_upload
from courses.actions import set_paper_pdf
from courses.models import Paper
from courses.policies import require_instructor, require_member
from reviews import queries
from reviews.forms import PdfForm
from reviews.models import ReviewRules, Who
from reviews.policies import REVIEW_RULES
from reviews.queries.bodies import Body, ShownAnswer
from reviews.queries.fields import staff_fields
from reviews.tags.shown import Chip, chips_of
from reviews.tags.views import tags_section


@login_required
@require_safe
def paper_list(request, course_slug):
    viewer = require_member(request.user, course_slug, REVIEW_RULES)
    sort = request.GET.get("sort", "date")
    page = queries.paper_page(viewer, sort=sort, number=request.GET.get("page"))
    rows = page.object_list
    labels = list(dict.fromkeys(score.label for row in rows for score in row.scores))
    students = queries.student_count(viewer.course) if viewer.is_staff else None
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "page": page,
        "lines": _lines(viewer, rows, labels, students),
        "sort": sort,
        "score_labels": labels,
        "progress": _progress(viewer, page) if viewer.is_student else None,
    }
    return render(request, "reviews/paper_list.html", context)


def _progress(viewer, page) -> queries.Progress | None:
    states = None if page.has_other_pages() else [row.state for row in page.object_list if row.state]
    return queries.progress_of(viewer, states)


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
    scores: tuple  # (label, mean, counts, colours) for each column
    tags: tuple[Chip, ...]


def _lines(viewer, rows, labels: list[str], students: int | None) -> list[Line]:
    chips = chips_of(viewer, [row.paper.pk for row in rows if row.paper.has_tags])
    return [_line(viewer, row, labels, students, chips.get(row.paper.pk, ())) for row in rows]


def _line(viewer, row, labels: list[str], students: int | None, tags: tuple[Chip, ...]) -> Line:
    course, paper = viewer.course, row.paper
    by_label = {score.label: (score.label, score.mean_shown, tuple(score.counts), score.colours) for score in row.scores}
    return Line(
        title=paper.title,
        topic=paper.meeting.topic,
        url=reverse("reviews:paper_detail", args=[course.slug, paper.key]),
        date=paper.meeting.date,
        writes=viewer.is_student,
        state=row.state or "",
        review_url=reverse("reviews:review_edit", args=[course.slug, paper.key]) if row.state else "",
        due_at=course.local(row.due_at) if row.due_at else None,
        due_words=due_words(row.due_at, course, row.state),
        count=row.review_count,
        students=students,
        scores=tuple(by_label.get(label, (label, "", (), "")) for label in labels),
        tags=tags,
    )


class Article(NamedTuple):
    """Everything that one review on a paper's page shows; `body` is the same object as long as its text is the same."""

    handle: str
    heading: str
    words: int
    submitted_at: datetime | None
    submitted_words: str
    is_late: bool | None
    version: int | None
    history_url: str  # only for its reviewer and staff
    name: str
    body: Body
    staff_answers: tuple[ShownAnswer, ...]
    staff_url: str  # where staff answer what is asked of them
    discussion_url: str
    is_rated: bool  # this reader may rate it


def _article(viewer, review, *, asks_staff: bool, discussion: str) -> Article:
    course = viewer.course
    has_history = review.is_own or viewer.is_staff
    return Article(
        handle=review.handle,
        heading="Your review" if review.is_own else review.name,
        words=review.words,
        submitted_at=course.local(review.submitted_at) if review.submitted_at else None,
        submitted_words=local(review.submitted_at, course),
        is_late=review.is_late,
        version=review.version,
        history_url=reverse("reviews:review_history", args=[course.slug, review.handle]) if has_history else "",
        name=review.name,
        body=review.body,
        staff_answers=review.staff_answers,
        staff_url=reverse("reviews:staff_answers", args=[course.slug, review.handle]) if asks_staff else "",
        discussion_url=f"{discussion}?review={review.handle}#review-{review.handle}",
        is_rated=not review.is_own and (viewer.is_student or viewer.is_staff),
    )


@login_required
@require_safe
def paper_detail(request, course_slug, paper_key):
    viewer = require_member(request.user, course_slug, REVIEW_RULES)
    try:
        paper, terms = queries.paper_with_terms(viewer, paper_key)
    except Paper.DoesNotExist:
        raise Http404("No such paper.") from None
    rules = None if paper.meeting.is_holiday else ReviewRules.of(viewer.course)
    reading = queries.read_paper(viewer, paper, terms)
    duty = queries.duty_of(viewer, paper, reading.own, reading.terms) if rules else None
    asks_staff = bool(rules) and viewer.is_staff and bool(staff_fields(rules))
    discussion = reverse("discussion:discussion_detail", args=[course_slug, paper_key])
    chooses = bool(rules) and rules.who == Who.CHOSEN and viewer.is_student
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "paper": paper,
        "reading": reading,
        "articles": [_article(viewer, review, asks_staff=asks_staff, discussion=discussion) for review in reading.reviews],
        "discussion_url": discussion,
        "duty": duty,
        "due_at": rules.due_at(paper) if rules else None,
        "may_choose": chooses and duty is None and rules.closes_at(paper) >= timezone.now(),
        "may_give_back": chooses and duty is not None and not duty.standing.review_id and not duty.terms.is_exempt,
        "reviewers": queries.reviewer_rows(paper, rules) if rules and viewer.is_staff else [],
        "rules": rules,
        "pdf_form": PdfForm() if viewer.is_instructor else None,
        **tags_section(viewer, paper),
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
