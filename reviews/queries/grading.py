"""Who is to review what, and what has come in, as grading needs it: the largest answer of the portal, students × papers."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Case, Q, When

from courses.models import Course, Enrollment, Paper
from reviews.models import Asks, Review, ReviewRules, ReviewVersion, Times
from reviews.queries.duties import reviewable_papers
from reviews.queries.terms import Terms, terms_in, times_of


class ReviewFact(NamedTuple):
    """One student and one paper to be reviewed; `late` is how long after its deadline what is late came."""

    review_id: int | None
    paper_id: int
    paper_key: str
    title: str
    meeting_date: date
    due_at: datetime
    closes_at: datetime
    is_in: bool = False
    late: timedelta | None = None
    is_exempt: bool = False


# (reviewer, paper, review, its submitted version: their ids; when that came, if it was late)
Begun = tuple[int, int, int, int | None, datetime | None]
NOTHING: Mapping = {}


def grading_facts(
    course: Course, *, only: Collection[int] | None = None, at: datetime | None = None
) -> dict[int, list[ReviewFact]]:
    """{enrollment id: one fact per paper to be reviewed}, for every active student, or `only` for these ids.

    `at` asks for what had come in, and who presented, at an earlier moment; papers, terms and rules are today's.
    """
    return dict(facts_by_student(course, only=only, at=at))


def facts_by_student(
    course: Course, *, only: Collection[int] | None = None, at: datetime | None = None
) -> Iterator[tuple[int, list[ReviewFact]]]:
    """`grading_facts`, one student after the other: nobody has to keep all of a large course."""
    rules = ReviewRules.of(course)
    students = Enrollment.objects.graded(at).among(only).filter(course=course)
    student_ids = students.order_by().values_list("pk", flat=True)
    if rules is None:
        yield from ((student, []) for student in student_ids)
        return
    papers = [(paper, rules.times(paper)) for paper in reviewable_papers(course)]
    of = {} if only is None else {"reviewer__in": only}
    begun = _begun(course, **of) if at is None else _begun_at(course, at, **of)
    terms = terms_in(course, at=at, only=only)
    usual, apart = terms.usual, terms.apart()
    # Every student with every paper: even a model's `pk` counts here.
    blank = [(paper.pk, paper, _of_paper(paper, times, usual)) for paper, times in papers]
    for student in student_ids:
        own, came = apart.get(student, NOTHING), begun.get(student, NOTHING)
        yield (
            student,
            [
                _fact(paper, fact, rules, own.get(pk), came.get(pk))
                for pk, paper, fact in blank
                if _counts(own.get(pk, usual), came.get(pk))
            ],
        )


def _begun(course: Course, **of) -> Mapping[int, dict[int, Begun]]:
    """{enrollment id: {paper id: the review}}; `of` narrows (reviewer__in=...)."""
    rows = Review.objects.filter(course=course, **of).order_by()
    # Reading moments costs more than all the rest, so only those of late work are read.
    came_late_at = Case(When(current__is_late=True, then="current__submitted_at"))
    begun: dict[int, dict[int, Begun]] = defaultdict(dict)
    for row in rows.values_list("reviewer_id", "paper_id", "pk", "current_id", came_late_at):
        begun[row[0]][row[1]] = row
    return begun


def _begun_at(course: Course, at: datetime, **of) -> Mapping[int, dict[int, Begun]]:
    """As `_begun`, of what had come in by that moment: the latest version of each review then."""
    of = {f"review__{name}": value for name, value in of.items()}
    # A restored version took over when it was first submitted, and came in when it was restored.
    came_in = Q(restored_at=None, submitted_at__lte=at) | Q(restored_at__lte=at)
    versions = ReviewVersion.objects.filter(came_in, review__course=course, **of).order_by("number")
    came_late_at = Case(When(is_late=True, then="submitted_at"))
    begun: dict[int, dict[int, Begun]] = defaultdict(dict)
    for row in versions.values_list("review__reviewer_id", "review__paper_id", "review_id", "pk", came_late_at):
        begun[row[0]][row[1]] = row
    return begun


def _counts(terms: Terms, review: Begun | None) -> bool:
    """Whether a grade may rest on it: what is in, and what is owed or excused; not what was merely offered."""
    return (review is not None and review[3] is not None) or terms.asks in (Asks.REQUIRED, Asks.EXEMPT)


def _of_paper(paper: Paper, times: Times | ReviewFact, terms: Terms) -> ReviewFact:
    """What holds for everybody of whom nothing else is known: the same fact for all of them."""
    return ReviewFact(
        review_id=None,
        paper_id=paper.pk,
        paper_key=paper.key,
        title=paper.title,
        meeting_date=paper.meeting.date,
        due_at=times.due_at,
        closes_at=times.closes_at,
        is_exempt=terms.is_exempt,
    )


def _fact(paper: Paper, usual: ReviewFact, rules: ReviewRules, own: Terms | None, review: Begun | None) -> ReviewFact:
    """`own` are the student's terms where the course's rule does not hold."""
    known = usual
    if own is not None:
        known = _of_paper(paper, times_of(rules, paper, own) if own.has_own_times else usual, own)
    if review is None:
        return known
    _, _, review_id, version_id, came_late_at = review
    # The deadline may have been moved since for everybody: what is in time by now is not late.
    late = came_late_at - known.due_at if came_late_at and came_late_at > known.due_at else None
    return ReviewFact(review_id, *known[1:7], version_id is not None, late, known.is_exempt)
