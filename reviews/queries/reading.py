"""What a member reads: the list of papers, one paper with its reviews, who has written and who has not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from courses.deadlines import State
from courses.models import Enrollment, Paper
from reviews import policies
from reviews.answers import shown_answer
from reviews.models import Field, FieldKind, Review, ReviewRules, ReviewVersion
from reviews.queries.duties import NOTHING_YET, Standing, standings
from reviews.queries.scores import ScoreSummary, open_counts, score_summaries, summaries_of_answers


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

    @property
    def merit(self) -> float | None:
        """The mean of the form's first score."""
        return self.scores[0].mean if self.scores else None


SORTS = {
    "date": lambda row: (),  # as the database gave them
    "merit": lambda row: (row.merit is None, -(row.merit or 0)),
    "reviews": lambda row: (row.review_count is None, -(row.review_count or 0)),
}


def paper_rows(viewer: Enrollment, *, sort: str = "date") -> list[PaperRow]:
    """Every paper of the course as this member may see it; `sort` is a key of SORTS, anything else means by date."""
    course = viewer.course
    papers = Paper.objects.filter(course=course).select_related("meeting")
    own = standings(course, reviewer=viewer) if viewer.is_student else {}
    counts = open_counts(viewer)
    scores = score_summaries(course, viewer, counts=counts)
    rows = [_row(viewer, paper, own.get((viewer.pk, paper.pk), NOTHING_YET), counts, scores) for paper in papers]
    return sorted(rows, key=SORTS.get(sort, SORTS["date"]))


def _row(viewer: Enrollment, paper: Paper, standing: Standing, counts: dict, scores: dict) -> PaperRow:
    rules = ReviewRules.of(viewer.course)
    is_reviewed = rules is not None and not paper.meeting.is_holiday
    closes_at = rules.closes_at(paper) if is_reviewed else None
    is_open = policies.may_read_others(viewer, paper, has_submitted=standing.submitted_at is not None)
    return PaperRow(
        paper=paper,
        due_at=rules.due_at(paper) if is_reviewed else None,
        closes_at=closes_at,
        standing=standing,
        state=standing.state(closes_at, timezone.now()) if is_reviewed and viewer.is_student else None,
        review_count=counts.get(paper.pk, 0) if is_open else None,
        scores=scores.get(paper.pk, []),
    )


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer ready to be shown: `html` for text, `text` for everything else."""

    label: str
    html: SafeString = SafeString("")
    text: str = ""
    is_for_staff: bool = False


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
    answers: tuple[ShownAnswer, ...]


@dataclass(frozen=True, slots=True)
class PaperReading:
    """A paper's reviews as far as they are open. `own` is the viewer's review, None when there is none."""

    is_open: bool
    own: Standing
    reviews: list[ReadableReview]
    scores: list[ScoreSummary]


REVIEW_COLUMNS = (
    "pk", "handle", "reviewer_id", "reviewer__user__name", "words", "has_unsubmitted_changes", "current__number",
    "current__submitted_at", "current__is_late", "current__words", "current__answers", "current__html",
)  # fmt: skip


def read_paper(viewer: Enrollment, paper: Paper) -> PaperReading:
    """The paper's reviews for this member, in two queries; reads paper.meeting."""
    rows = list(Review.objects.visible_to(viewer).filter(paper=paper).order_by("handle").values(*REVIEW_COLUMNS))
    own = next((_standing(row) for row in rows if row["reviewer_id"] == viewer.pk), NOTHING_YET)
    submitted = [row for row in rows if row["current__submitted_at"]]
    is_open = policies.may_read_others(viewer, paper, has_submitted=own.submitted_at is not None)
    fields = reading_fields(viewer)
    reviews = [_readable(viewer, number, row, fields) for number, row in enumerate(submitted, start=1)]
    if policies.sees_names(viewer):
        reviews.sort(key=lambda review: review.name.casefold())
    scored = [field for field in policies.readable_fields(fields, viewer, is_own=False) if _is_scored(field)]
    scores = summaries_of_answers(scored, (row["current__answers"] for row in submitted)) if is_open else []
    return PaperReading(is_open=is_open, own=own, reviews=reviews, scores=scores)


def _is_scored(field: Field) -> bool:
    return field.kind == FieldKind.SCORE and field.retired_at is None


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
    return list(Field.objects.filter(form=rules.form_id)) if rules else []


def _readable(viewer: Enrollment, number: int, row: dict, fields: list[Field]) -> ReadableReview:
    is_own = row["reviewer_id"] == viewer.pk
    may_name = is_own or policies.sees_names(viewer)
    return ReadableReview(
        handle=row["handle"],
        name=row["reviewer__user__name"] if may_name else f"Reviewer {number}",
        is_own=is_own,
        words=row["current__words"],
        version=row["current__number"] if may_name else None,
        submitted_at=row["current__submitted_at"] if may_name else None,
        is_late=row["current__is_late"] if may_name else None,
        answers=tuple(
            shown_answers(
                policies.readable_fields(fields, viewer, is_own=is_own), row["current__answers"], row["current__html"]
            )
        ),
    )


def shown_answers(fields: Iterable[Field], answers: dict, html: dict[str, str]) -> list[ShownAnswer]:
    """The answers given, in the form's order; `html` was sanitised when the version was submitted."""
    shown = []
    for field in fields:
        label = f"{field.label} (no longer asked)" if field.retired_at else field.label
        is_for_staff = field.visible_to == "staff"
        if field.key in html:
            shown.append(ShownAnswer(label, html=mark_safe(html[field.key]), is_for_staff=is_for_staff))  # noqa: S308
        elif field.kind != FieldKind.TEXT and field.key in answers:
            text = shown_answer(field, answers[field.key])
            if text:
                shown.append(ShownAnswer(label, text=text, is_for_staff=is_for_staff))
    return shown


def version_answers(viewer: Enrollment, review: Review, version: ReviewVersion) -> list[ShownAnswer]:
    is_own = review.reviewer_id == viewer.pk
    fields = policies.readable_fields(reading_fields(viewer), viewer, is_own=is_own)
    return shown_answers(fields, version.answers, version.html)


@dataclass(frozen=True, slots=True)
class ReviewerRow:
    """One student and the paper at hand, for staff: of a draft they learn no more than that it exists."""

    enrollment: Enrollment
    state: State
    standing: Standing


def reviewer_rows(paper: Paper, rules: ReviewRules) -> list[ReviewerRow]:
    """Every active student by name."""
    students = Enrollment.objects.active().students().filter(course=paper.course_id).for_display()
    begun = standings(rules.course, paper=paper)
    closes_at, now = rules.closes_at(paper), timezone.now()
    rows = ((student, begun.get((student.pk, paper.pk), NOTHING_YET)) for student in students)
    return [ReviewerRow(student, standing.state(closes_at, now), standing) for student, standing in rows]
