"""What students are let off: as the facts take it, and its history."""

from collections.abc import Collection, Mapping
from typing import Any

from courses.models import Course, Enrollment
from grading.engine import Item, State
from grading.models import Excuse, ExcusedSource

# The note of an excused item; the reason follows.
EXCUSED = "excused: "


def excuse_items(course: Course, students: Mapping[int, Any], only: Collection[int] | None) -> None:
    """Make what is excused exempt in the facts of these students, whatever its mark; one query.

    An excuse is for the work, so an excused review is let off by the component of its mark and of its handing in alike.
    """
    standing = Excuse.objects.filter(enrollment__course=course, revoked_at=None).order_by()
    if only is not None:
        standing = standing.filter(enrollment__in=only)
    reasons: dict[tuple[int, str], dict[str, str]] = {}
    for student, source, item, reason in standing.values_list("enrollment_id", "source", "item", "reason"):
        reasons.setdefault((student, source), {})[item] = reason
    for (student, source), mine in reasons.items():
        if student in students:
            sources = students[student].sources
            for name in _names(source):
                if name in sources:
                    sources[name] = tuple(_excused(item, mine) for item in sources[name])


def _names(source: str) -> tuple[str, ...]:
    return ("reviews", "submissions") if source == ExcusedSource.REVIEWS else (source,)


def _excused(item: Item, reasons: Mapping[str, str]) -> Item:
    if item.key not in reasons:
        return item
    return item._replace(state=State.EXEMPT, points=None, note=EXCUSED + reasons[item.key])


def is_excused(item: Item) -> bool:
    return item.state is State.EXEMPT and item.note.startswith(EXCUSED)


def excusable(sources: Mapping[str, tuple[Item, ...]]) -> dict[tuple[str, str], Item]:
    """{(source, item key): item} of a student's work that can be excused, as the facts know it."""
    found = {}
    for source in ExcusedSource.values:
        for name in _names(source):
            for item in sources.get(name, ()):
                found.setdefault((source, item.key), item)
    return found


def excuses_of(student: Enrollment) -> list[Excuse]:
    """Standing and taken back, newest first."""
    return list(Excuse.objects.filter(enrollment=student).select_related("made_by", "revoked_by").order_by("-pk"))
