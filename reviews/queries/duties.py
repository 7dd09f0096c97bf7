"""Who is to review what by when, and what has come in.

Every active student of a course with review rules is to review every paper of a meeting that takes place.
Where the rules ask for fewer, the first `required_count` reviews a student submits settle the rest.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from core.prepared import Given, Prepared
from courses.deadlines import Deadline, State
from courses.models import Course, Enrollment, MeetingKind, Paper
from reviews.models import Asks, Review, ReviewRules, Round, Times, Who
from reviews.queries.terms import ASKED, Terms, round_of, terms_in, terms_of, times_of


@dataclass(frozen=True)
class Progress:
    submitted: int
    required: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one student's review of one paper stands; all blank when there is none."""

    review_id: int | None = None
    handle: str = ""
    words: int = 0
    version: int = 0
    submitted_at: datetime | None = None
    is_late: bool = False
    has_unsubmitted_changes: bool = False

    def state(self, times: Times, now: datetime, *, is_exempt: bool = False) -> State:
        """By the times that hold now: what came late is in time once everybody's deadline has been moved behind it."""
        if self.submitted_at:
            return State.LATE if self.is_late and self.submitted_at > times.due_at else State.SUBMITTED
        if is_exempt:
            return State.EXEMPT
        if now > times.closes_at:
            return State.MISSING
        return State.DRAFT if self.review_id else State.OPEN


NOTHING_YET = Standing()


@dataclass(frozen=True, slots=True)
class Duty:
    """One student's review of one paper: by when, and where it stands. `is_required` is False for a spare one."""

    paper: Paper
    due_at: datetime
    closes_at: datetime
    standing: Standing
    state: State
    is_required: bool
    terms: Terms = ASKED
    opens_at: datetime | None = None  # None: from the start
    round: Round | None = None

    @property
    def state_words(self) -> str:
        """The chip's text: the state, and what of it is kept but not in."""
        if self.standing.submitted_at and self.standing.has_unsubmitted_changes:
            return "submitted, changes not submitted"
        if self.is_not_open_yet and not self.standing.submitted_at:
            return "a draft, not open yet" if self.standing.review_id else "not open yet"
        if self.state == State.MISSING and self.standing.review_id:
            return "missing, a draft is kept"
        return "draft, not submitted" if self.state == State.DRAFT else str(self.state)

    @property
    def is_late_now(self) -> bool:
        """Whether the deadline is over and the grace is not."""
        return self.due_at < timezone.now() <= self.closes_at

    @property
    def is_not_open_yet(self) -> bool:
        return self.opens_at is not None and timezone.now() < self.opens_at

    @property
    def is_closed(self) -> bool:
        return self.closes_at < timezone.now()


def review_due_at(paper: Paper, rules: ReviewRules) -> datetime:
    """When the paper's review is due; reads paper.meeting and rules.course."""
    return rules.due_at(paper)


def reviewable_papers(course: Course):
    """The papers of meetings that take place, with these, without the abstracts."""
    papers = Paper.objects.filter(course=course).exclude(meeting__kind=MeetingKind.HOLIDAY)
    return papers.defer("abstract").select_related("meeting")


def standings(course: Course, **of) -> dict[tuple[int, int], Standing]:
    """{(enrollment id, paper id): standing} of every review begun; `of` narrows (reviewer=..., paper=...)."""
    rows = _begun(*of)(course=course.pk, **{name: each.pk for name, each in of.items()})
    return {
        (reviewer, paper): Standing(pk, handle, words, number or 0, submitted_at, bool(is_late), changed)
        for reviewer, paper, pk, handle, words, number, submitted_at, is_late, changed in rows
    }


@cache
def _begun(*narrowed_by: str) -> Prepared:
    narrow = {name: Given(name) for name in ("course", *narrowed_by)}
    return Prepared(
        lambda: Review.objects.filter(**narrow)
        .order_by()
        .values_list(
            "reviewer_id", "paper_id", "pk", "handle", "words", "current__number",
            "current__submitted_at", "current__is_late", "has_unsubmitted_changes",
        )
    )  # fmt: skip


def duties_of(enrollment: Enrollment, papers: Iterable[Paper] | None = None) -> list[Duty]:
    """The student's reviews in the calendar's order; empty for other roles and courses without reviews.

    `papers` are all the course's papers in that order with their meetings, where they are at hand.
    """
    rules = ReviewRules.of(enrollment.course)
    if rules is None or not enrollment.is_student or not enrollment.is_active:
        return []
    own = standings(enrollment.course, reviewer=enrollment)
    terms = terms_in(enrollment.course, reviewer=enrollment)
    if papers is None:
        papers = reviewable_papers(enrollment.course)
        if rules.who != Who.EVERYBODY:
            papers = papers.filter(pk__in=terms.papers_of(enrollment.pk).union(paper for _, paper in own))
    found = [paper for paper in papers if not paper.meeting.is_holiday]
    is_required = _still_required(rules, found, enrollment.pk, own)
    return [
        _duty(paper, rules, standing, terms.of(enrollment.pk, paper.pk), is_required=is_required)
        for paper in found
        if _is_asked(terms.of(enrollment.pk, paper.pk), standing := own.get((enrollment.pk, paper.pk), NOTHING_YET))
    ]


def _is_asked(terms: Terms, standing: Standing) -> bool:
    """Whether there is anything to show: what is asked of the student, and what they began without being asked."""
    return terms.asks is not None or standing.review_id is not None


def duty_of(enrollment: Enrollment, paper: Paper, own: Standing | None = None, terms: Terms | None = None) -> Duty | None:
    """One paper's review by this student, None for other roles; reads paper.meeting. Counts nothing else as done.

    `own` and `terms` are where the student's review of it stands and what is asked, when that is at hand.
    """
    rules = ReviewRules.of(enrollment.course)
    if rules is None or not enrollment.is_student:
        return None
    if own is None:
        begun = standings(enrollment.course, reviewer=enrollment, paper=paper)
        own = begun.get((enrollment.pk, paper.pk), NOTHING_YET)
    terms = terms or terms_of(enrollment, paper)
    return _duty(paper, rules, own, terms, is_required=True) if _is_asked(terms, own) else None


def _still_required(rules: ReviewRules, papers: Iterable[Paper], student: int, begun: dict) -> bool:
    """Whether reviews that are not in yet still count: False once as many as the rules ask for are in."""
    if rules.required_count is None:
        return True
    submitted = sum(1 for paper in papers if begun.get((student, paper.pk), NOTHING_YET).submitted_at)
    return submitted < rules.required_count


def _duty(paper: Paper, rules: ReviewRules, standing: Standing, terms: Terms, *, is_required: bool) -> Duty:
    times = times_of(rules, paper, terms)
    return Duty(
        paper=paper,
        opens_at=times.opens_at,
        round=round_of(rules, paper, terms),
        due_at=times.due_at,
        closes_at=times.closes_at,
        standing=standing,
        state=standing.state(times, timezone.now(), is_exempt=terms.is_exempt),
        is_required=(is_required and terms.asks == Asks.REQUIRED) or standing.submitted_at is not None,
        terms=terms,
    )


def deadlines_for(enrollment: Enrollment, papers: Iterable[Paper] | None = None) -> list[Deadline]:
    """The student's reviews as the to-do list, calendar and reminders take them; `papers` as for `duties_of`."""
    return [_deadline(enrollment, duty) for duty in duties_of(enrollment, papers)]


def _deadline(enrollment: Enrollment, duty: Duty) -> Deadline:
    return Deadline(
        enrollment_id=enrollment.pk,
        kind="review",
        key=duty.paper.key,
        title=duty.paper.title,
        opens_at=duty.opens_at,
        due_at=duty.due_at,
        closes_at=duty.closes_at,
        state=duty.state,
        url=reverse("reviews:review_edit", args=[enrollment.course.slug, duty.paper.key]),
        detail=_detail(duty, enrollment.course),
        is_required=duty.is_required,
        words=duty.standing.words if duty.standing.review_id else None,
    )


def opens_words(opens_at: datetime, course: Course) -> str:
    there = course.local(opens_at)
    return f"opens on {there:%A} {there.day} {there:%B} at {there:%H:%M}"


def _detail(duty: Duty, course: Course) -> str:
    parts, standing = ["Review"], duty.standing
    if standing.review_id:
        parts.append(f"{standing.words} words")
    if standing.submitted_at and standing.has_unsubmitted_changes:
        parts.append("changes not submitted")
    if duty.is_not_open_yet and not standing.submitted_at:
        parts.append(opens_words(duty.opens_at, course))
    if duty.terms.due_at:
        parts.append("a deadline of your own")
    if duty.state == State.EXEMPT:
        parts.append("you need not write it")
    if duty.is_late_now and not standing.submitted_at and duty.state != State.EXEMPT:
        parts.append("late, still taken")
    return " · ".join(parts)


def owed_between(course: Course, start: datetime, end: datetime) -> list[Deadline]:
    """What active students still owe with start < due <= end."""
    rules = ReviewRules.of(course)
    if rules is None:
        return []
    papers, terms = list(reviewable_papers(course)), terms_in(course)
    apart = {paper for (_, paper), each in terms.rows.items() if each.has_own_times}
    due = [paper for paper in papers if start < rules.due_at(paper) <= end or paper.pk in apart]
    if not due:
        return []
    begun = standings(course)
    students = _students(course)
    for student in students:
        student.course = course
    deadlines = (
        _deadline(student, _duty(paper, rules, standing, terms.of(student.pk, paper.pk), is_required=True))
        for student in students
        if _still_required(rules, papers, student.pk, begun)
        for paper in due
        if _is_asked(terms.of(student.pk, paper.pk), standing := begun.get((student.pk, paper.pk), NOTHING_YET))
    )
    return [deadline for deadline in deadlines if deadline.is_owed and start < deadline.due_at <= end]


def _students(course: Course) -> list[Enrollment]:
    return list(Enrollment.objects.active().students().filter(course=course).order_by("pk"))


def progress_of(enrollment: Enrollment, states: Iterable[State] | None = None) -> Progress:
    """How many reviews are in, of how many asked for; `states` are those of the student's duties, where at hand."""
    rules = ReviewRules.of(enrollment.course)
    if rules is None:
        return Progress(0, 0)
    if states is None and rules.required_count is not None:
        taking_place = Review.objects.exclude(paper__meeting__kind=MeetingKind.HOLIDAY)
        return Progress(taking_place.submitted().filter(reviewer=enrollment).count(), rules.required_count)
    states = [duty.state for duty in duties_of(enrollment)] if states is None else list(states)
    states = [state for state in states if state != State.EXEMPT]
    submitted = sum(state in (State.SUBMITTED, State.LATE) for state in states)
    return Progress(submitted, len(states) if rules.required_count is None else rules.required_count)


def student_count(course: Course) -> int:
    return Enrollment.objects.active().students().filter(course=course).count()


def submitted_counts(course: Course) -> dict[int, int]:
    """{paper id: reviews that active students have submitted}; for staff, who see all of them."""
    rows = (
        Review.objects.submitted()
        .filter(course=course, reviewer__is_active=True, reviewer__role="student")
        .order_by()
        .values_list("paper")
        .annotate(Count("pk"))
    )
    return Counter(dict(rows))
