"""What was in the gradebook and is no more, so that copies elsewhere can go: with components that the policy lost, the pieces
of work below them; with students who left, their results.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from courses.models import Course, Enrollment, Paper
from grading import engine
from grading.models import Policy
from participation.queries import recorded_meetings, title_of
from projects.models import Milestone


class Work(NamedTuple):
    title: str
    when: date | None = None


class Gone(NamedTuple):
    """What it was called, and when the first version of the policy came that is without it."""

    title: str
    at: datetime
    when: date | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """`line_items` are by (component, key of the piece of work, or "" where the component is the line item)."""

    categories: Mapping[str, Gone] = field(default_factory=dict)
    line_items: Mapping[tuple[str, str], Gone] = field(default_factory=dict)


class Works:
    """{source: {key: work}} of what everybody has in the course; three queries, once it is asked for."""

    def __init__(self, course: Course):
        self.course = course

    @cached_property
    def by_source(self) -> dict[str, dict[str, Work]]:
        papers = Paper.objects.filter(course=self.course).select_related("meeting").defer("abstract").order_by("pk")
        milestones = Milestone.objects.filter(course=self.course)
        meetings = recorded_meetings(self.course)
        return {
            "reviews": {paper.key: Work(paper.title, paper.meeting.date) for paper in papers if not paper.meeting.is_holiday},
            "milestones": {each.key: Work(each.title, self.course.local(each.due_at).date()) for each in milestones},
            "participation": {f"meeting-{meeting.pk}": Work(title_of(meeting), meeting.date) for meeting in meetings},
        }

    def below(self, leaves: Iterable[engine.Component]) -> dict[tuple[str, str], Work]:
        """{(component, key of the piece of work, or "" where they share it): work} of the line items of these components."""
        return {(leaf.key, "" if key == leaf.key else key): work for leaf in leaves for key, work in self._below(leaf).items()}

    def _below(self, leaf: engine.Component) -> dict[str, Work]:
        if leaf.source not in self.by_source:
            return {"": Work(leaf.title)}
        there = self.by_source[leaf.source]
        return there if leaf.milestones is None else {key: work for key, work in there.items() if key in leaf.milestones}


def withdrawn_of(course: Course, works: Works) -> Withdrawn:
    """One query as long as no version of the policy lost anything; the works of the course are read only then."""
    rows = Policy.objects.filter(course=course).order_by("number").values_list("document", "created_at")
    versions = [(list(engine.read_policy(document).leaves()), at) for document, at in rows]
    if not any(_lost(before, after) for (before, _), (after, _) in zip(versions, versions[1:], strict=False)):
        return Withdrawn()
    categories = [({leaf.key: Work(leaf.title) for leaf in leaves}, at) for leaves, at in versions]
    return Withdrawn(_gone(categories), _gone([(works.below(leaves), at) for leaves, at in versions]))


def _lost(before: list[engine.Component], after: list[engine.Component]) -> bool:
    now = {leaf.key: leaf for leaf in after}
    return any(leaf.key not in now or _shape(leaf) != _shape(now[leaf.key]) for leaf in before)


def _shape(leaf: engine.Component) -> tuple:
    """What decides which pieces of work are below it."""
    return leaf.source, leaf.milestones


def _gone(versions: list[tuple[dict, datetime]]) -> dict:
    """{key: what a version had and none since has}"""
    gone: dict = {}
    before: dict = {}
    for now, at in versions:
        for key in before.keys() - now.keys():
            gone[key] = Gone(before[key].title, at, before[key].when)
        for key in now:
            gone.pop(key, None)
        before = now
    return gone


def left_of(course: Course, *, only: list[int] | None = None) -> list[Enrollment]:
    """The students who left the course, or are something else in it now."""
    return list(Enrollment.objects.among(only).filter(course=course, left_at__isnull=False).order_by("pk"))
