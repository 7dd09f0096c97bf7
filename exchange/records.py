"""The submitted reviews that one member may take along, and what the shapes need of them; a constant number of queries."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from courses.models import Enrollment, Paper
from reviews import policies
from reviews.models import Field, Review, ReviewRules
from reviews.queries.reading import reading_fields
from reviews.queries.terms import round_of, terms_in


@dataclass(frozen=True, slots=True)
class Record:
    """One submitted review; `answers` holds what this member may read of it, by field key."""

    paper: Paper
    reviewer: Enrollment
    letter: str  # tells the reviews of a paper apart within one file
    answers: dict
    revision: int
    submitted_at: datetime
    is_late: bool
    round_key: str = ""

    def given(self, fields: list[Field]) -> Iterator[tuple[Field, object]]:
        """The fields with an answer."""
        for field in fields:
            if self.answers.get(field.key) not in (None, "", []):
                yield field, self.answers[field.key]


@dataclass(frozen=True, slots=True)
class Collected:
    """`papers` are (number in the reading order, paper), those asked for; `records` their reviews by paper and letter."""

    papers: list[tuple[int, Paper]]
    fields: list[Field]
    records: list[Record]

    def of(self, paper: Paper) -> list[Record]:
        return [record for record in self.records if record.paper.pk == paper.pk]

    @property
    def numbers(self) -> dict[int, int]:
        return {paper.pk: number for number, paper in self.papers}


def collect(viewer: Enrollment, *, only: Collection[int] | None = None) -> Collected:
    """Staff take every submitted review along, a student their own; `only` narrows to these papers. Reads viewer.course."""
    papers = list(enumerate(Paper.objects.filter(course=viewer.course_id).select_related("meeting"), start=1))
    if only is not None:
        papers = [(number, paper) for number, paper in papers if paper.pk in only]
    by_id = {paper.pk: paper for _, paper in papers}
    # The answers of staff are about a review and no part of it.
    fields = [
        field
        for field in policies.readable_fields(reading_fields(viewer), viewer, is_own=not viewer.is_staff)
        if not field.is_for_staff_only
    ]
    return Collected(papers, fields, list(_records(viewer, by_id, {field.key for field in fields})))


def _records(viewer: Enrollment, papers: dict[int, Paper], readable: set[str]) -> Iterator[Record]:
    reviews = Review.objects.visible_to(viewer).submitted().filter(paper__in=papers)
    if not viewer.is_staff:
        reviews = reviews.filter(reviewer=viewer)
    rounds, counts = _round_keys(viewer), dict.fromkeys(papers, 0)
    order = {pk: place for place, pk in enumerate(papers)}
    # By the random handle: letters by the moment would tell who was first.
    rows = reviews.select_related("current", "reviewer__user").order_by("handle")
    for review in sorted(rows, key=lambda review: order[review.paper_id]):
        review.reviewer.course = viewer.course
        yield Record(
            paper=papers[review.paper_id],
            reviewer=review.reviewer,
            letter=_letter(counts[review.paper_id]),
            answers={key: value for key, value in review.current.answers.items() if key in readable},
            revision=review.revision,
            submitted_at=review.current.submitted_at,
            is_late=review.current.is_late,
            round_key=rounds(review),
        )
        counts[review.paper_id] += 1


def _round_keys(viewer: Enrollment):
    """A function from a review to its round's key, blank outside all rounds."""
    rules = ReviewRules.of(viewer.course)
    if rules is None or not rules.rounds:
        return lambda review: ""
    terms = terms_in(viewer.course)

    def key(review: Review) -> str:
        round = round_of(rules, review.paper, terms.of(review.reviewer_id, review.paper_id))
        return round.key if round else ""

    return key


def _letter(place: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    letters, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
