"""Regrade requests: which a person may read, and which marks may be contested."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from courses.models import Course, Enrollment
from grading import engine
from grading.models import Mark, Outcome, RegradeMessage, RegradeRequest
from grading.moments import TICK
from grading.queries.marks import marks_visible_to, work_address
from grading.queries.policy import NO_POLICY

WORK = (
    "mark__review__paper",
    "mark__sign_up__role__slot__paper",
    "mark__sign_up__role__slot__meeting",
    "mark__milestone",
    "mark__team",
)


def requests_visible_to(reader: Enrollment) -> QuerySet[RegradeRequest]:
    """A student's own; for staff, those about work that they mark. Open ones first, who waits longest first."""
    requests = RegradeRequest.objects.filter(course=reader.course_id).select_related(
        *WORK, "asked_by__user", "decided_by", "mark__marked_by", "course"
    )
    requests = requests.annotate(said=Count("messages")).order_by(F("decided_at").desc(nulls_first=True), "asked_at", "pk")
    if reader.is_student:
        return requests.filter(asked_by=reader)
    return requests.filter(mark__in=marks_visible_to(reader).order_by().values("pk"))


def open_count(reader: Enrollment) -> int:
    """How many requests wait for this person's decision."""
    return RegradeRequest.objects.filter(outcome="", mark__in=marks_visible_to(reader).order_by().values("pk")).count()


def messages_of(request: RegradeRequest) -> list[RegradeMessage]:
    return list(request.messages.select_related("author"))


def open_requests_of(mark: Mark | None) -> list[RegradeRequest]:
    """What waits for a decision about this mark, for whoever marks the work."""
    if mark is None:
        return []
    return list(RegradeRequest.objects.filter(mark=mark, outcome="").select_related("asked_by__user"))


def title_of(mark: Mark, policy: engine.Policy = NO_POLICY) -> str:
    """The work in words; `policy` knows what is marked by hand. Reads what WORK names."""
    if mark.review_id:
        return f"Review of {mark.review.paper.title}"
    if mark.sign_up_id:
        return f"Presentation: {mark.sign_up.role.slot}"
    if mark.team_id:
        return f"{mark.milestone.title} of {mark.team.name}"
    if mark.milestone_id:
        return f"{mark.milestone.title}, individual mark"
    leaf = policy.leaf(mark.component)
    return leaf.title if leaf else mark.component


@dataclass(frozen=True, slots=True)
class Contest:
    """Whether a student may contest a mark now. `until` is the moment at which that ends, `request` the latest one."""

    work: str
    until: datetime
    request: RegradeRequest | None
    is_open: bool  # it may be contested now

    @property
    def is_over(self) -> bool:
        return timezone.now() > self.until


def contests_of(student: Enrollment, policy: engine.Policy) -> dict[str, Contest]:
    """{work: contest} of the student's released marks; empty where nothing can be contested and nothing was. Two queries."""
    latest = {request.mark_id: request for request in _own(student)}
    if not policy.regrade_days and not latest:
        return {}
    marks = marks_visible_to(student)
    return {(made := contest_of(mark, latest.get(mark.pk), policy, student.course)).work: made for mark in marks}


def contest_of(mark: Mark, latest: RegradeRequest | None, policy: engine.Policy, course: Course) -> Contest:
    until = contest_ends(mark, policy, course)
    may_ask = latest is None or latest.outcome == Outcome.WITHDRAWN or is_answered_before_release(latest, mark)
    is_open = bool(policy.regrade_days) and may_ask and timezone.now() <= until
    return Contest(work_address(mark), until, latest, is_open)


def contest_ends(mark: Mark, policy: engine.Policy, course: Course) -> datetime:
    """The last moment of the last of the policy's days after the release, in the course's zone: shown as 23:59 of that day,
    since 00:00 of the next would read as a day more."""
    day = course.local(mark.released_at).date() + timedelta(days=policy.regrade_days + 1)
    return course.at(day, time(0)) - TICK


def is_answered_before_release(request: RegradeRequest, mark: Mark) -> bool:
    """Whether another release came after the decision, so that this is a mark that nobody has contested yet."""
    return request.decided_at is not None and mark.released_at > request.decided_at


def _own(student: Enrollment) -> Iterable[RegradeRequest]:
    return RegradeRequest.objects.filter(asked_by=student).order_by("pk")
