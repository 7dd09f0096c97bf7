"""Finding papers."""

from datetime import date, datetime
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.templatetags.portal import due_words
from courses.policies import require_member
from reviews import queries, search
from reviews.policies import REVIEW_RULES
from reviews.search.mistakes import shown_mistake
from reviews.search.saved.views import saved_section
from reviews.tags.queries import used_tags
from reviews.tags.shown import Chip, chips_of, used_chips

PER_PAGE = 100


@login_required
@require_safe
def paper_search(request, course_slug):
    """`?q=` in the search language; a mistake in it is shown at its place, with status 422."""
    viewer = require_member(request.user, course_slug, REVIEW_RULES)
    text = request.GET.get("q", "")
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "text": text,
        "max_length": search.MAX_BYTES,
        "field_labels": search.field_labels(viewer),
        "used_tags": used_chips(viewer.course, used_tags(viewer)),
        **saved_section(viewer, text),
    }
    try:
        found = search.find(viewer, text)
    except search.SearchError as mistake:
        return render(request, "reviews/search.html", context | {"mistake": shown_mistake(text, mistake)}, status=422)
    page = Paginator(found.ids, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "reviews/search.html", context | {"found": found, "page": page, "lines": _lines(viewer, found, page)}
    )


class Line(NamedTuple):
    """Everything that one line of the results shows, as plain values."""

    number: int
    title: str
    authors: str
    url: str
    date: date
    topic: str
    writes: bool  # the viewer writes reviews
    state: str
    review_url: str
    due_at: datetime | None
    due_words: str
    tags: tuple[Chip, ...]


def _lines(viewer, found: search.Found, page) -> list[Line]:
    papers = list(search.papers(page.object_list))
    duties = {duty.paper.pk: duty for duty in queries.duties_of(viewer, papers)}
    chips = chips_of(viewer, page.object_list)
    return [_line(viewer, paper, found.numbers[paper.pk], duties.get(paper.pk), chips.get(paper.pk, ())) for paper in papers]


def _line(viewer, paper, number: int, duty: queries.Duty | None, tags: tuple[Chip, ...]) -> Line:
    course = viewer.course
    return Line(
        number=number,
        title=paper.title,
        authors=paper.authors,
        url=reverse("reviews:paper_detail", args=[course.slug, paper.key]),
        date=paper.meeting.date,
        topic=paper.meeting.topic,
        writes=viewer.is_student,
        state=duty.state if duty else "",
        review_url=reverse("reviews:review_edit", args=[course.slug, paper.key]) if duty else "",
        due_at=course.local(duty.due_at) if duty else None,
        due_words=due_words(duty.due_at, course, duty.state) if duty else "",
        tags=tags,
    )
