"""Releases at a moment to come, and what became of those that were."""

from dataclasses import dataclass

from courses.models import Course
from grading import engine
from grading.models import ScheduledRelease

SETTLED_SHOWN = 10  # the latest ones that are done or cancelled


@dataclass(frozen=True, slots=True)
class Scheduled:
    release: ScheduledRelease
    title: str  # of the component, or the student's name


def scheduled_of(course: Course, policy: engine.Policy) -> list[Scheduled]:
    """Those that wait, the next one first; one query."""
    return _titled(ScheduledRelease.objects.waiting().filter(course=course).for_display(), policy)


def settled_of(course: Course, policy: engine.Policy) -> list[Scheduled]:
    """The latest that were carried out or cancelled; one query."""
    settled = ScheduledRelease.objects.filter(course=course).exclude(done_at=None, cancelled_at=None)
    return _titled(settled.for_display().order_by("-due_at", "-pk")[:SETTLED_SHOWN], policy)


def waiting_for(student) -> ScheduledRelease | None:
    return ScheduledRelease.objects.waiting().filter(student=student).select_related("ordered_by").first()


def _titled(releases, policy: engine.Policy) -> list[Scheduled]:
    titles = {component.key: component.title for component in policy.walk()}
    return [
        Scheduled(release, titles.get(release.component, release.component) or release.student.user.name)
        for release in releases
    ]
