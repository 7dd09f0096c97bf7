"""What a member reads: the list of papers, one paper with its reviews, who has written and who has not."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.prepared import Given, Prepared
from courses.deadlines import State
from courses.models import Enrollment, Paper
from reviews import policies
from reviews.models import Field, FieldKind, Review, ReviewRules, ReviewVersion, Round, Tag, Times
from reviews.queries.bodies import Asked, Body, ShownAnswer, bodies_of, body_of, fields_of, staff_answers_shown
from reviews.queries.duties import NOTHING_YET, Standing, standings
from reviews.queries.fields import form_fields
from reviews.queries.owing import shut_from
from reviews.queries.scores import ScoreSummary, Submitted, score_fields, score_summaries_of, submitted_in, summaries_of_answers
from reviews.queries.terms import ASKED, NOT_ASKED, Terms, own_times, terms_in, terms_of, times_of


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One line of the paper list. What the viewer may not know yet is None or empty."""

    paper: Paper
    due_at: datetime | None  # None: nobody reviews it
    closes_at: datetime | None
    standing: Standing
    state: State | None  # the viewer's own; None for those who write no reviews
    review_count: int | None
    scores: list[ScoreSummary]


SORTS = ("date", "merit", "reviews")  # by date is as the database gives them
PER_PAGE = 50


def paper_page(viewer: Enrollment, *, sort: str, number: str | int | None) -> Page:
    """One page of what `paper_rows` lists; a number that is none is taken for the nearest.

    By date only the papers of that page are looked up: a list of thousands opens as fast as one of fifty.
    """
    found = _papers(viewer)
    if sort in SORTS and sort != "date":
        papers = list(found)
        listing = _listing(viewer, papers)
        page = Paginator(listing.sorted(papers, sort), PER_PAGE).get_page(number)
        page.object_list = [listing.row(paper) for paper in page.object_list]
        return page
    if len(first := list(found[: PER_PAGE + 1])) <= PER_PAGE:  # nothing to count
        return Paginator(paper_rows(viewer, papers=first), PER_PAGE).get_page(1)
    page = Paginator(found, PER_PAGE).get_page(number)
    page.object_list = paper_rows(viewer, papers=first[:PER_PAGE] if page.number == 1 else list(page.object_list))
    return page


def _papers(viewer: Enrollment) -> QuerySet[Paper]:
    papers = Paper.objects.filter(course=viewer.course_id).annotate(has_tags=Tag.on_a_paper(Tag.objects.visible_to(viewer)))
    return papers.defer("abstract").select_related("meeting")


def paper_rows(viewer: Enrollment, *, sort: str = "date", papers: list[Paper] | None = None) -> list[PaperRow]:
    """Every paper of the course (or these of its papers) as this member may see it.

    `sort` is a key of SORTS, anything else means by date.
    """
    papers = list(_papers(viewer)) if papers is None else papers
    listing = _listing(viewer, papers)
    return [listing.row(paper) for paper in listing.sorted(papers, sort)]


@dataclass(frozen=True, slots=True)
class Listing:
    """What the lines of these papers are made from; of thousands that are sorted, only those of one page are made."""

    viewer: Enrollment
    standing: dict[int, Standing]
    terms: dict[int, Terms]
    is_open: set[int]  # the papers whose reviews the viewer may read
    submitted: dict[int, Submitted]
    scores: dict[int, list[ScoreSummary]]

    def review_count(self, paper: Paper) -> int | None:
        if paper.pk not in self.is_open:
            return None
        return self.submitted[paper.pk].count if paper.pk in self.submitted else 0

    def merit(self, paper: Paper) -> float | None:
        """The mean of the form's first score."""
        scores = self.scores.get(paper.pk)
        return scores[0].mean if scores else None

    def sorted(self, papers: list[Paper], sort: str) -> list[Paper]:
        """Highest first and what the viewer may not know last; equal ones as they come."""
        key = {"merit": self.merit, "reviews": self.review_count}.get(sort)
        if key is None:
            return papers
        found = {paper.pk: key(paper) for paper in papers}
        return sorted(papers, key=lambda paper: (found[paper.pk] is None, -(found[paper.pk] or 0)))

    def row(self, paper: Paper) -> PaperRow:
        standing, terms = self.standing[paper.pk], self.terms[paper.pk]
        rules = ReviewRules.of(self.viewer.course)
        is_reviewed = rules is not None and not paper.meeting.is_holiday
        times = times_of(rules, paper, terms) if is_reviewed else None
        return PaperRow(
            paper=paper,
            due_at=times and times.due_at,
            closes_at=times and times.closes_at,
            standing=standing,
            state=_own_state(self.viewer, standing, terms, times) if times else None,
            review_count=self.review_count(paper),
            scores=self.scores.get(paper.pk, []),
        )


def _listing(viewer: Enrollment, papers: list[Paper]) -> Listing:
    own = standings(viewer.course, reviewer=viewer) if viewer.is_student else {}
    standing = {paper.pk: own.get((viewer.pk, paper.pk), NOTHING_YET) for paper in papers}
    terms = _own_terms(viewer, papers)
    shut = shut_from(viewer)
    is_open = {
        paper.pk
        for paper in papers
        if policies.may_read_others(
            viewer,
            paper,
            has_submitted=standing[paper.pk].submitted_at is not None,
            own=own_times(viewer, paper, terms[paper.pk]),
            shut_from=shut,
        )
    }
    submitted = submitted_in(is_open)
    scores = score_summaries_of(submitted, score_fields(viewer.course, viewer))
    return Listing(viewer, standing, terms, is_open, submitted, scores)


def _own_terms(viewer: Enrollment, papers: list[Paper]) -> dict[int, Terms]:
    """{paper id: what the viewer is asked}; for who writes no reviews, what the course asks of everybody."""
    if not viewer.is_student or ReviewRules.of(viewer.course) is None:
        return dict.fromkeys((paper.pk for paper in papers), ASKED)
    terms = terms_in(viewer.course, reviewer=viewer)
    return {paper.pk: terms.of(viewer.pk, paper.pk) for paper in papers}


def _own_state(viewer: Enrollment, standing: Standing, terms: Terms, times: Times) -> State | None:
    """None for who writes no reviews or is not asked for this one and has not begun it."""
    if not viewer.is_student or not (terms.asks or standing.review_id):
        return None
    return standing.state(times, timezone.now(), is_exempt=terms.is_exempt)


@dataclass(frozen=True, slots=True)
class ReadableReview:
    """A submitted review as the viewer may see it; what would tell the hidden name is None."""

    handle: str
    name: str
    is_own: bool
    words: int
    version: int | None
    submitted_at: datetime | None
    is_late: bool | None
    body: Body
    staff_answers: tuple[ShownAnswer, ...] = ()  # for staff only

    @property
    def answers(self) -> tuple[ShownAnswer, ...]:
        return (*self.body.answers, *self.staff_answers)


@dataclass(frozen=True, slots=True)
class PaperReading:
    """A paper's reviews as far as they are open; `own` and `terms` are of the viewer's own review."""

    is_open: bool
    own: Standing
    terms: Terms
    reviews: list[ReadableReview]
    scores: list[ScoreSummary]


REVIEW_COLUMNS = (
    "pk", "handle", "reviewer_id", "reviewer__user__name", "words", "has_unsubmitted_changes", "current_id",
    "current__number", "current__submitted_at", "current__is_late", "current__words", "current__shows_name", "shows_name",
)  # fmt: skip


def read_paper(viewer: Enrollment, paper: Paper, terms: Terms | None = None) -> PaperReading:
    """The paper's reviews for this member, in three queries at most, and those of `shut_from`; reads paper.meeting.

    `terms` are the viewer's own, if they are known. Of the others' reviews no text is fetched before the policy has
    opened them.
    """
    rows = _reviews_of(viewer, paper)
    own = next((_standing(row) for row in rows if row["reviewer_id"] == viewer.pk), NOTHING_YET)
    if terms is None:
        terms = terms_of(viewer, paper) if viewer.is_student and ReviewRules.of(viewer.course) else NOT_ASKED
    is_open = policies.may_read_others(
        viewer,
        paper,
        has_submitted=own.submitted_at is not None,
        own=own_times(viewer, paper, terms),
        shut_from=shut_from(viewer),
    )
    submitted = [row for row in rows if row["current_id"] and (is_open or row["reviewer_id"] == viewer.pk)]
    fields = reading_fields(viewer) if submitted else []
    reviews = _readable(viewer, submitted, fields)
    if policies.sees_names(viewer):
        reviews.sort(key=lambda review: review.name.casefold())
    scored = [field for field in policies.readable_fields(fields, viewer, is_own=False) if _is_scored(field)]
    scores = summaries_of_answers(scored, (review.body.given for review in reviews)) if is_open else []
    return PaperReading(is_open=is_open, own=own, terms=terms, reviews=reviews, scores=scores)


def _reviews_of(viewer: Enrollment, paper: Paper) -> list[dict]:
    """What is submitted and what is the viewer's own, in the order of the handles, without the answers."""
    if not viewer.is_active or viewer.course_id != paper.course_id:
        return []
    return _shown(viewer.is_staff)(paper=paper.pk, viewer=viewer.pk)


@cache
def _shown(to_staff: bool) -> Prepared:
    found = Review.objects.filter(Q(current__isnull=False) | Q(reviewer=Given("viewer")), paper=Given("paper"))
    columns = (*REVIEW_COLUMNS, "staff_answers") if to_staff else REVIEW_COLUMNS
    return Prepared(lambda: found.order_by("handle").values(*columns))


def _is_scored(field: Field) -> bool:
    return field.kind == FieldKind.SCORE and field.retired_at is None and not field.is_for_staff_only


def _standing(row: dict) -> Standing:
    return Standing(
        review_id=row["pk"],
        handle=row["handle"],
        words=row["words"],
        version=row["current__number"] or 0,
        submitted_at=row["current__submitted_at"],
        is_late=bool(row["current__is_late"]),
        has_unsubmitted_changes=row["has_unsubmitted_changes"],
    )


def reading_fields(viewer: Enrollment) -> list[Field]:
    """The form's fields, retired ones too: old reviews hold answers to them."""
    rules = ReviewRules.of(viewer.course)
    return form_fields(rules) if rules else []


def _readable(viewer: Enrollment, submitted: list[dict], fields: list[Field]) -> list[ReadableReview]:
    own_fields, others_fields = (policies.readable_fields(fields, viewer, is_own=is_own) for is_own in (True, False))
    own_key, others_key = fields_of(own_fields), fields_of(others_fields)
    asked = [
        Asked(row["current_id"], row["current__submitted_at"], own_key if row["reviewer_id"] == viewer.pk else others_key)
        for row in submitted
    ]
    bodies = bodies_of(asked, {own_key: own_fields, others_key: others_fields})
    sees_names, sees_signed = policies.sees_names(viewer), policies.sees_signed_names(viewer)
    return [
        _review(
            row,
            number,
            bodies[row["current_id"]],
            is_own=row["reviewer_id"] == viewer.pk,
            sees_name=sees_names or (sees_signed and row["shows_name"] and row["current__shows_name"]),
            staff_answers=staff_answers_shown(fields, row["staff_answers"]) if viewer.is_staff else (),
        )
        for number, row in enumerate(submitted, start=1)
    ]


def _review(
    row: dict, number: int, body: Body, *, is_own: bool, sees_name: bool, staff_answers: tuple[ShownAnswer, ...]
) -> ReadableReview:
    may_name = is_own or sees_name
    return ReadableReview(
        handle=row["handle"],
        name=row["reviewer__user__name"] if may_name else f"Reviewer {number}",
        is_own=is_own,
        words=row["current__words"],
        version=row["current__number"] if may_name else None,
        submitted_at=row["current__submitted_at"] if may_name else None,
        is_late=row["current__is_late"] if may_name else None,
        body=body,
        staff_answers=staff_answers,
    )


def version_answers(viewer: Enrollment, review: Review, version: ReviewVersion) -> tuple[ShownAnswer, ...]:
    is_own = review.reviewer_id == viewer.pk
    fields = policies.readable_fields(reading_fields(viewer), viewer, is_own=is_own)
    return body_of(fields, version.answers, version.html).answers


@dataclass(frozen=True, slots=True)
class ReviewerRow:
    """One student and the paper at hand, for staff: of a draft they learn no more than that it exists."""

    enrollment: Enrollment
    state: State | None  # None: not asked, and not begun
    standing: Standing
    terms: Terms
    own_round: Round | None = None  # another one than the paper's

    @property
    def key(self) -> str:
        return str(self.enrollment.pk)


def reviewer_rows(paper: Paper, rules: ReviewRules) -> list[ReviewerRow]:
    """Every active student by name."""
    students = Enrollment.objects.active().students().filter(course=paper.course_id).for_display()
    begun, terms, now = standings(rules.course, paper=paper), terms_in(rules.course, paper=paper), timezone.now()
    rows = []
    for student in students:
        standing, asked = begun.get((student.pk, paper.pk), NOTHING_YET), terms.of(student.pk, paper.pk)
        times = terms.times(student.pk, paper)
        is_asked = asked.asks or standing.review_id
        state = standing.state(times, now, is_exempt=asked.is_exempt) if is_asked else None
        rows.append(ReviewerRow(student, state, standing, asked, rules.rounds.by_id.get(asked.round_id)))
    return rows
