"""What each student is asked about each paper, and by when: the course's rule and where it differs."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import F, FilteredRelation, Q, QuerySet

from core.prepared import Given, Prepared
from courses.models import Course, Enrollment, Paper
from presentations.queries import presenters_by_paper
from reviews.models import Asks, Assignment, ReviewRules, Round, Tag, Times, Who

PRESENTS = "You present this paper."


@dataclass(frozen=True, slots=True)
class Terms:
    """`asks` is None where nothing is asked; `due_at` is a deadline of the student's own, `round_id` a round of their own."""

    asks: str | None
    due_at: datetime | None = None
    reason: str = ""
    round_id: int | None = None

    @property
    def is_exempt(self) -> bool:
        return self.asks == Asks.EXEMPT

    @property
    def has_own_times(self) -> bool:
        return self.due_at is not None or self.round_id is not None


ASKED, NOT_ASKED = Terms(Asks.REQUIRED), Terms(None)
PRESENTER = Terms(Asks.EXEMPT, reason=PRESENTS)


@dataclass(frozen=True, slots=True)
class AllTerms:
    rules: ReviewRules
    rows: dict[tuple[int, int], Terms]
    presenters: dict[int, Collection[int]]

    def of(self, student: int, paper: int) -> Terms:
        """What staff decided for this student comes first, then the presenter's exemption, then the course's rule."""
        if row := self.rows.get((student, paper)):
            return row
        if student in self.presenters.get(paper, ()):
            return PRESENTER
        return self.usual

    @property
    def usual(self) -> Terms:
        """The course's rule, which holds where nothing else does."""
        return ASKED if self.rules.who == Who.EVERYBODY else NOT_ASKED

    def apart(self) -> dict[int, dict[int, Terms]]:
        """{enrollment id: {paper id: terms}} wherever something else than the course's rule holds; `of` for all of them."""
        found: dict[int, dict[int, Terms]] = defaultdict(dict)
        for paper, students in self.presenters.items():
            for student in students:
                found[student][paper] = PRESENTER
        for (student, paper), terms in self.rows.items():
            found[student][paper] = terms
        return found

    def papers_of(self, student: int) -> set[int]:
        """The papers for which something else than the course's rule holds for this student."""
        presents = {paper for paper, students in self.presenters.items() if student in students}
        return presents.union(paper for reviewer, paper in self.rows if reviewer == student)

    def times(self, student: int, paper: Paper) -> Times:
        """When this student's review is taken; reads paper.meeting."""
        return times_of(self.rules, paper, self.of(student, paper.pk))


def round_of(rules: ReviewRules, paper: Paper, terms: Terms) -> Round | None:
    """The round of one student's review of the paper."""
    return rules.round_of(paper, terms.round_id)


def times_of(rules: ReviewRules, paper: Paper, terms: Terms) -> Times:
    """When one student's review of the paper is taken; reads paper.meeting."""
    of_their_own = rules.rounds.by_id.get(terms.round_id)
    return rules.times(paper, own_due_at=terms.due_at, own_round=of_their_own)


def own_times(viewer: Enrollment, paper: Paper, terms: Terms) -> Times | None:
    """When this member's review is taken, None where that is as for the paper; reads paper.meeting."""
    rules = ReviewRules.of(viewer.course)
    return times_of(rules, paper, terms) if rules and (terms.due_at or terms.round_id) else None


def terms_in(course: Course, *, at: datetime | None = None, only: Collection[int] | None = None, **of) -> AllTerms:
    """The terms of a course that has review rules; `of` narrows (reviewer=..., paper=...), `only` to these reviewers' ids.

    `at` excuses those who presented at that moment instead of now.
    """
    rules = ReviewRules.of(course)
    if only is None:
        rows = _assigned(*of)(course=course.pk, **{name: each.pk for name, each in of.items()})
    else:
        rows = _columns(Assignment.objects.filter(course=course, reviewer__in=only, **of))
    found = {(reviewer, paper): Terms(*terms) for reviewer, paper, *terms in rows}
    return AllTerms(rules, found, _presenters(rules, at))


def _columns(assignments: QuerySet[Assignment]) -> QuerySet:
    return assignments.order_by().values_list("reviewer_id", "paper_id", "asks", "due_at", "reason", "round_id")


@cache
def _assigned(*narrowed_by: str) -> Prepared:
    narrow = {name: Given(name) for name in ("course", *narrowed_by)}
    return Prepared(lambda: _columns(Assignment.objects.filter(**narrow)))


def _presenters(rules: ReviewRules, at: datetime | None = None) -> dict[int, Collection[int]]:
    """{paper id: the presenters whom the course excuses}"""
    return presenters_by_paper(rules.course, at=at) if rules.presenters_are_exempt else {}


def terms_of(reviewer: Enrollment, paper: Paper) -> Terms:
    """One student's terms for one paper of a course that has review rules; reads reviewer.course."""
    return terms_in(reviewer.course, reviewer=reviewer, paper=paper).of(reviewer.pk, paper.pk)


def paper_with_terms(viewer: Enrollment, key: str) -> tuple[Paper, Terms]:
    """A paper of the viewer's course with its meeting and `has_tags`, and what the viewer is asked about it, in one query.

    Raises Paper.DoesNotExist. Who writes no reviews is asked nothing.
    """
    rules = ReviewRules.of(viewer.course)
    writes = viewer.is_student and rules is not None
    found = _paper(writes, viewer.is_staff)(course=viewer.course_id, viewer=viewer.pk, key=key)
    if not found:
        raise Paper.DoesNotExist
    paper = found[0]
    if not writes:
        return paper, NOT_ASKED
    own = Terms(paper.own_asks, paper.own_due_at, paper.own_reason, paper.own_round_id)
    row = {(viewer.pk, paper.pk): own} if own.asks else {}
    return paper, AllTerms(rules, row, _presenters(rules)).of(viewer.pk, paper.pk)


@cache
def _paper(writes: bool, is_staff: bool) -> Prepared:
    tags = Tag.objects.shown(to_staff=is_staff, owner=Given("viewer"), course=Given("course"))
    papers = Paper.objects.filter(course=Given("course"), key=Given("key")).select_related("meeting").order_by()
    papers = papers.annotate(has_tags=Tag.on_a_paper(tags))
    if not writes:
        return Prepared(lambda: papers)
    own = FilteredRelation("review_assignments", condition=Q(review_assignments__reviewer=Given("viewer")))
    columns = {f"own_{name}": F(f"own__{name}") for name in ("asks", "due_at", "reason", "round_id")}
    return Prepared(lambda: papers.annotate(own=own).annotate(**columns))
