"""What students are let off: as the facts take it, and its history."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from courses.models import Course, Enrollment, Meeting, Paper
from grading.engine import Item, State
from grading.models import Excuse, ExcusedSource
from participation.queries import title_of as meeting_title
from presentations.models import SignUp
from projects.models import Milestone

# The note of an excused item; the reason follows.
EXCUSED = "excused: "


def excuse_items(course: Course, students: Mapping[int, Any], only: Collection[int] | None, at: datetime | None = None) -> None:
    """Make what is excused, now or at that moment, exempt in the facts of these students, whatever its mark; one query.

    An excuse is for the work, so an excused review is let off by the component of its mark and of its handing in alike.
    """
    standing = Excuse.objects.standing(at).filter(enrollment__course=course).order_by()
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


def titles_of(course: Course, excuses: Iterable[Excuse]) -> dict[tuple[str, str], str]:
    """{(source, item): the work in words}, where it is still known; a query for each source that there is."""
    items: dict[str, set[str]] = {}
    for excuse in excuses:
        items.setdefault(excuse.source, set()).add(excuse.item)
    titles: dict[tuple[str, str], str] = {}
    for source, keys in items.items():
        titles |= {(source, key): title for key, title in _titles(course, source, keys)}
    return titles


def _titles(course: Course, source: str, keys: set[str]) -> Iterable[tuple[str, str]]:
    match source:
        case ExcusedSource.REVIEWS:
            return Paper.objects.filter(course=course, key__in=keys).values_list("key", "title")
        case ExcusedSource.MILESTONES:
            return Milestone.objects.filter(course=course, key__in=keys).values_list("key", "title")
        case ExcusedSource.PARTICIPATION:
            meetings = Meeting.objects.filter(course=course, pk__in=_numbers(keys, "meeting-"))
            return [(f"meeting-{meeting.pk}", meeting_title(meeting)) for meeting in meetings]
        case ExcusedSource.PRESENTATIONS:
            sign_ups = SignUp.objects.filter(pk__in=_numbers(keys, "sign-up-"), role__slot__course=course)
            sign_ups = sign_ups.select_related("role__slot__paper", "role__slot__meeting")
            return [(f"sign-up-{sign_up.pk}", str(sign_up.role.slot)) for sign_up in sign_ups]
    return []


def _numbers(keys: set[str], before: str) -> list[int]:
    return [int(key.removeprefix(before)) for key in keys if key.startswith(before)]


def excuses_of(student: Enrollment) -> list[Excuse]:
    """Standing and taken back, newest first."""
    return list(Excuse.objects.filter(enrollment=student).select_related("made_by", "revoked_by").order_by("-pk"))
