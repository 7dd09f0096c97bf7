"""Who is to review what by when, and what has come in.

Every active student of a course with review rules is to review every paper of a meeting that takes place.
Where the rules ask for fewer, the first `required_count` reviews a student submits settle the rest.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from courses.deadlines import Deadline, State
from courses.models import Course, Enrollment, MeetingKind, Paper
from reviews.models import Review, ReviewRules


@dataclass(frozen=True)
class Progress:
    submitted: int
    required: int


@dataclass(frozen=True, slots=True)
class ReviewFact:
    """One student and one paper to be reviewed, as grading needs it; times are of the current version."""

    review_id: int | None
    paper_id: int
    paper_key: str
    title: str
    meeting_date: date
    due_at: datetime
    closes_at: datetime
    submitted_at: datetime | None = None
    is_late: bool = False


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

    def state(self, closes_at: datetime, now: datetime) -> State:
        if self.submitted_at:
            return State.LATE if self.is_late else State.SUBMITTED
        if now > closes_at:
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

    @property
    def state_words(self) -> str:
        """The chip's text: the state, and what of it is kept but not in."""
        if self.standing.submitted_at and self.standing.has_unsubmitted_changes:
            return "submitted, changes not submitted"
        if self.state == State.MISSING and self.standing.review_id:
            return "missing, a draft is kept"
        return "draft, not submitted" if self.state == State.DRAFT else str(self.state)

    @property
    def is_late_now(self) -> bool:
        """Whether the deadline is over and the grace is not."""
        return self.due_at < timezone.now() <= self.closes_at

    @property
    def is_closed(self) -> bool:
        return self.closes_at < timezone.now()


def review_due_at(paper: Paper, rules: ReviewRules) -> datetime:
    """When the paper's review is due; reads paper.meeting and rules.course."""
    return rules.due_at(paper)


def reviewable_papers(course: Course):
    return Paper.objects.filter(course=course).exclude(meeting__kind=MeetingKind.HOLIDAY).select_related("meeting")


def standings(course: Course, **of) -> dict[tuple[int, int], Standing]:
    """{(enrollment id, paper id): standing} of every review begun; `of` narrows (reviewer=..., paper=...)."""
    rows = (
        Review.objects.filter(course=course, **of)
        .order_by()
        .values_list(
            "reviewer_id", "paper_id", "pk", "handle", "words", "current__number",
            "current__submitted_at", "current__is_late", "has_unsubmitted_changes",
        )
    )  # fmt: skip
    return {
        (reviewer, paper): Standing(pk, handle, words, number or 0, submitted_at, bool(is_late), changed)
        for reviewer, paper, pk, handle, words, number, submitted_at, is_late, changed in rows
    }


def duties_of(enrollment: Enrollment) -> list[Duty]:
    """The student's reviews in the calendar's order; empty for other roles and courses without reviews."""
    rules = ReviewRules.of(enrollment.course)
    if rules is None or not enrollment.is_student or not enrollment.is_active:
        return []
    found = list(reviewable_papers(enrollment.course))
    own = standings(enrollment.course, reviewer=enrollment)
    is_required = _still_required(rules, found, enrollment.pk, own)
    return [_duty(paper, rules, own.get((enrollment.pk, paper.pk), NOTHING_YET), is_required) for paper in found]


def duty_of(enrollment: Enrollment, paper: Paper) -> Duty | None:
    """One paper's review by this student, None for other roles; reads paper.meeting. Counts nothing else as done."""
    rules = ReviewRules.of(enrollment.course)
    if rules is None or not enrollment.is_student:
        return None
    own = standings(enrollment.course, reviewer=enrollment, paper=paper)
    return _duty(paper, rules, own.get((enrollment.pk, paper.pk), NOTHING_YET), True)


def _still_required(rules: ReviewRules, papers: Iterable[Paper], student: int, begun: dict) -> bool:
    """Whether reviews that are not in yet still count: False once as many as the rules ask for are in."""
    if rules.required_count is None:
        return True
    submitted = sum(1 for paper in papers if begun.get((student, paper.pk), NOTHING_YET).submitted_at)
    return submitted < rules.required_count


def _duty(paper: Paper, rules: ReviewRules, standing: Standing, is_required: bool) -> Duty:
    due_at, closes_at = rules.due_at(paper), rules.closes_at(paper)
    return Duty(
        paper=paper,
        due_at=due_at,
        closes_at=closes_at,
        standing=standing,
        state=standing.state(closes_at, timezone.now()),
        is_required=is_required or standing.submitted_at is not None,
    )


def deadlines_for(enrollment: Enrollment) -> list[Deadline]:
    """The student's reviews as the to-do list, calendar and reminders take them."""
    return [_deadline(enrollment, duty) for duty in duties_of(enrollment)]


def _deadline(enrollment: Enrollment, duty: Duty) -> Deadline:
    return Deadline(
        enrollment_id=enrollment.pk,
        kind="review",
        key=duty.paper.key,
        title=duty.paper.title,
        due_at=duty.due_at,
        closes_at=duty.closes_at,
        state=duty.state,
        url=reverse("reviews:review_edit", args=[enrollment.course.slug, duty.paper.key]),
        detail=_detail(duty.standing, is_late_now=duty.is_late_now),
        is_required=duty.is_required,
        words=duty.standing.words if duty.standing.review_id else None,
    )


def _detail(standing: Standing, *, is_late_now: bool) -> str:
    parts = ["Review"]
    if standing.review_id:
        parts.append(f"{standing.words} words")
    if standing.submitted_at and standing.has_unsubmitted_changes:
        parts.append("changes not submitted")
    if is_late_now and not standing.submitted_at:
        parts.append("late, still taken")
    return " · ".join(parts)


def owed_between(course: Course, start: datetime, end: datetime) -> list[Deadline]:
    """What active students still owe with start < due <= end."""
    rules = ReviewRules.of(course)
    if rules is None:
        return []
    papers = list(reviewable_papers(course))
    due = [paper for paper in papers if start < rules.due_at(paper) <= end]
    if not due:
        return []
    begun = standings(course)
    students = _students(course)
    for student in students:
        student.course = course
    deadlines = (
        _deadline(student, _duty(paper, rules, begun.get((student.pk, paper.pk), NOTHING_YET), True))
        for student in students
        if _still_required(rules, papers, student.pk, begun)
        for paper in due
    )
    return [deadline for deadline in deadlines if deadline.is_owed]


def _students(course: Course) -> list[Enrollment]:
    return list(Enrollment.objects.active().students().filter(course=course).order_by("pk"))


def progress_of(enrollment: Enrollment) -> Progress:
    """How many reviews are in, of how many asked for."""
    rules = ReviewRules.of(enrollment.course)
    if rules is None:
        return Progress(0, 0)
    own = Review.objects.submitted().filter(reviewer=enrollment).exclude(paper__meeting__kind=MeetingKind.HOLIDAY)
    required = rules.required_count
    return Progress(own.count(), reviewable_papers(enrollment.course).count() if required is None else required)


def grading_facts(course: Course, *, only: Collection[int] | None = None) -> dict[int, list[ReviewFact]]:
    """{enrollment id: one fact per paper to be reviewed}, for every active student, or `only` for these ids."""
    rules = ReviewRules.of(course)
    students = Enrollment.objects.active().students().among(only).filter(course=course)
    student_ids = students.order_by().values_list("pk", flat=True)
    if rules is None:
        return {student: [] for student in student_ids}
    papers = [(paper, rules.due_at(paper), rules.closes_at(paper)) for paper in reviewable_papers(course)]
    begun = standings(course) if only is None else standings(course, reviewer__in=only)
    facts = defaultdict(list)
    for student in student_ids:
        for paper, due_at, closes_at in papers:
            standing = begun.get((student, paper.pk), NOTHING_YET)
            facts[student].append(_fact(paper, due_at, closes_at, standing))
    return dict(facts) if papers else {student: [] for student in student_ids}


def _fact(paper: Paper, due_at: datetime, closes_at: datetime, standing: Standing) -> ReviewFact:
    return ReviewFact(
        review_id=standing.review_id,
        paper_id=paper.pk,
        paper_key=paper.key,
        title=paper.title,
        meeting_date=paper.meeting.date,
        due_at=due_at,
        closes_at=closes_at,
        submitted_at=standing.submitted_at,
        is_late=standing.is_late,
    )


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
