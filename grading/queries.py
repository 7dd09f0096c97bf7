"""Reads that span models: the policy in force, facts for the engine, grades."""

from courses.models import Course, Meeting, MeetingKind, Paper
from grading.engine import Finding, Known, lint
from grading.models import Policy
from presentations.models import Slot
from projects.models import Milestone


def policy_in_force(course: Course) -> Policy | None:
    return Policy.objects.filter(course=course).order_by("-number").first()


def known_of(course: Course) -> Known:
    """What the course has, for the linter."""
    return Known(
        milestones=frozenset(Milestone.objects.filter(course=course).values_list("key", flat=True)),
        papers=Paper.objects.filter(course=course).exclude(meeting__kind=MeetingKind.HOLIDAY).count(),
        meetings=Meeting.objects.filter(course=course).exclude(kind=MeetingKind.HOLIDAY).count(),
        slots=Slot.objects.filter(course=course).count(),
    )


def policy_findings(course: Course, policy: Policy) -> list[Finding]:
    """What the instructor is to be told about the policy in force."""
    return lint(policy.document, known_of(course))
