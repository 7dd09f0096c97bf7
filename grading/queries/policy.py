"""The policy in force."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial

import orjson
from django.db.models import Count, QuerySet
from django.utils.functional import SimpleLazyObject

from courses.models import Course, Meeting, MeetingKind, Paper
from discussion.models import DiscussionRules
from grading import engine
from grading.models import Mark, Policy
from participation.models import ParticipationRules
from presentations.models import Slot
from projects.models import Milestone, ProjectRules
from reviews.models import ReviewRules

NO_POLICY = engine.Policy.empty()


def policy_in_force(course: Course) -> Policy | None:
    return Policy.objects.filter(course=course).order_by("-number").first()


def policy_at(course: Course, at: datetime) -> Policy | None:
    """The version that was in force at that moment."""
    return Policy.objects.filter(course=course, created_at__lte=at).order_by("-number").first()


def read_in_force(course: Course, at: datetime | None = None) -> tuple[Policy | None, engine.Policy]:
    """The row in force, now or then, and what the engine computes with; (None, an empty policy) before there is one."""
    row = policy_in_force(course) if at is None else policy_at(course, at)
    return (row, engine.read_policy(row.document)) if row else (None, NO_POLICY)


def versions_of(course: Course) -> QuerySet[Policy]:
    """Newest first; none is ever changed or removed."""
    return Policy.objects.filter(course=course).select_related("created_by").order_by("-number")


def policy_digest(row: Policy | None, document: Mapping) -> str:
    """Tells a preview of this document over this version in force from every other."""
    state = orjson.dumps([row.number if row else 0, document], option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(state).hexdigest()


def known_of(course: Course) -> engine.Known:
    """What the course has, for the linter."""
    return engine.Known(
        milestones=frozenset(Milestone.objects.filter(course=course).values_list("key", flat=True)),
        papers=Paper.objects.filter(course=course).exclude(meeting__kind=MeetingKind.HOLIDAY).count(),
        meetings=Meeting.objects.filter(course=course).exclude(kind=MeetingKind.HOLIDAY).count(),
        takes=partial(_takes, course),
        a_meeting=partial(_points_a_meeting, course),
        slots=Slot.objects.filter(course=course).count(),
        # Only a policy with tracks asks for them, and few have any.
        sections=SimpleLazyObject(partial(sections_of, course)),
        marked=SimpleLazyObject(partial(_marked_in, course)),  # asked only by a policy that leaves one of them out
    )


def _takes(course: Course, source: str) -> bool:
    """Whether the course has such work at all."""
    match source:
        case "reviews":
            return ReviewRules.of(course) is not None
        case "participation":
            return _points_a_meeting(course) > 0
        case "milestones":
            return ProjectRules.of(course) is not None
        case "discussion":
            return DiscussionRules.is_on_in(course)
    return True


def _points_a_meeting(course: Course) -> Decimal:
    rules = ParticipationRules.of(course)
    return Decimal(rules.points_per_meeting) if rules else Decimal(0)


def _marked_in(course: Course) -> frozenset[str]:
    """The sources of which marks are given."""
    marks = Mark.objects.filter(course=course, points__isnull=False).order_by()
    counts = marks.aggregate(reviews=Count("review"), presentations=Count("sign_up"))
    return frozenset(source for source, count in counts.items() if count)


def sections_of(course: Course) -> frozenset[str]:
    """The sections that students are in."""
    students = course.enrollments.active().students().exclude(section="")
    return frozenset(students.order_by().values_list("section", flat=True))


def policy_findings(course: Course, row: Policy) -> list[engine.Finding]:
    """What the instructor is to be told about the policy in force."""
    return engine.lint(row.document, known_of(course))
