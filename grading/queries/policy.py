"""The policy in force."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple

import orjson
from django.db.models import Count, QuerySet
from django.utils.functional import SimpleLazyObject

from courses.models import Course, Meeting, MeetingKind, Paper
from discussion.models import DiscussionRules
from grading import engine
from grading.models import Mark, Policy
from participation.models import ParticipationRules, Record
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
    rules = ParticipationRules.of(course)
    marked = SimpleLazyObject(partial(_marked_in, course))  # one question for both
    return engine.Known(
        milestones=frozenset(Milestone.objects.filter(course=course).values_list("key", flat=True)),
        papers=Paper.objects.filter(course=course).exclude(meeting__kind=MeetingKind.HOLIDAY).count(),
        meetings=Meeting.objects.filter(course=course).exclude(kind=MeetingKind.HOLIDAY).count(),
        takes=partial(_takes, course),
        slots=Slot.objects.filter(course=course).count(),
        # Only a policy with tracks asks for them, and few have any.
        sections=SimpleLazyObject(partial(sections_of, course)),
        participation=rules.points_per_meeting if rules else Decimal(0),
        recorded=SimpleLazyObject(partial(_is_recorded, course)),  # asked only by a policy that does not count it
        marked=SimpleLazyObject(lambda: marked.sources),
        by_hand=SimpleLazyObject(lambda: marked.by_hand),
    )


class _Marked(NamedTuple):
    """The sources of which marks are given, and the keys of the components that marks by hand are given for."""

    sources: frozenset[str]
    by_hand: frozenset[str]


def _takes(course: Course, source: str) -> bool:
    """Whether the course has such work at all."""
    match source:
        case "reviews":
            return ReviewRules.of(course) is not None
        case "milestones":
            return ProjectRules.of(course) is not None
        case "discussion":
            return DiscussionRules.is_on_in(course)
    return True


def _is_recorded(course: Course) -> bool:
    return Record.objects.filter(meeting__course=course, attended=True).exists()


def _marked_in(course: Course) -> _Marked:
    marks = Mark.objects.filter(course=course, points__isnull=False).order_by()
    counted = marks.values_list("component").annotate(reviews=Count("review"), presentations=Count("sign_up"))
    sources, by_hand = set(), set()
    for component, reviews, presentations in counted:
        sources |= {source for source, count in (("reviews", reviews), ("presentations", presentations)) if count}
        by_hand |= {component} if component else set()
    return _Marked(frozenset(sources), frozenset(by_hand))


def sections_of(course: Course) -> frozenset[str]:
    """The sections that students are in."""
    students = course.enrollments.active().students().exclude(section="")
    return frozenset(students.order_by().values_list("section", flat=True))


def policy_findings(course: Course, row: Policy) -> list[engine.Finding]:
    """What the instructor is to be told about the policy in force."""
    return engine.lint(row.document, known_of(course))
