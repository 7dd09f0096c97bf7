"""When marks were last changed for an audience, and which of them it has had and has no more."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from courses.models import Course
from grading.models import ChangeKind, Mark, MarkChange
from grading.queries.marks import Audience
from projects.models import TeamMember


class Stamp(NamedTuple):
    at: datetime | None = None
    is_gone: bool = False  # cleared, or for students hidden again: a copy elsewhere has to go


def stamps_of(course: Course, *, audience: Audience, only: list[int] | None = None) -> dict[tuple[int, str, str], Stamp]:
    """{(enrollment id, source, key of the item): stamp} in two queries. What an audience never saw is not in it."""
    was_released = Exists(MarkChange.objects.filter(mark=OuterRef("pk"), kind=ChangeKind.RELEASED))
    marks = Mark.objects.filter(course=course).annotate(was_released=was_released).order_by("pk")
    if only is not None:
        of_teams = TeamMember.objects.filter(enrollment__in=only).values("team")
        marks = marks.filter(Q(review__reviewer__in=only) | Q(enrollment__in=only) | Q(team__in=of_teams))
    teams: dict[int, list[int]] = {}
    for team, member in TeamMember.objects.filter(team__course=course).values_list("team_id", "enrollment_id"):
        teams.setdefault(team, []).append(member)
    stamps = {}
    # A member's own mark after the team's, whose place it takes as long as it is there.
    for mark in sorted(marks.values(*FIELDS, "was_released"), key=_is_members_own):
        if stamp := _stamp(mark, audience):
            for place in _places(mark, teams):
                if not (_is_members_own(mark) and stamp.is_gone and place in stamps):
                    stamps[place] = stamp
    return stamps


def _is_members_own(mark: dict) -> bool:
    return bool(mark["milestone__key"] and mark["enrollment_id"])


FIELDS = (
    "points", "released_points", "released_at", "changed_at", "component", "enrollment_id", "team_id", "milestone__key",
    "review__reviewer_id", "review__paper__key",
)  # fmt: skip


def _stamp(mark: dict, audience: Audience) -> Stamp | None:
    if audience == "staff":
        return Stamp(mark["changed_at"], mark["points"] is None)
    if mark["released_at"] is not None:
        return Stamp(mark["released_at"], mark["released_points"] is None)
    return Stamp(None, True) if mark["was_released"] else None


def _places(mark: dict, teams: dict[int, list[int]]) -> list[tuple[int, str, str]]:
    if mark["review__reviewer_id"]:
        return [(mark["review__reviewer_id"], "reviews", mark["review__paper__key"])]
    if mark["team_id"]:
        return [(member, "milestones", mark["milestone__key"]) for member in teams.get(mark["team_id"], [])]
    if _is_members_own(mark):
        return [(mark["enrollment_id"], "milestones", mark["milestone__key"])]
    if mark["component"]:
        return [(mark["enrollment_id"], "manual", mark["component"])]
    return []  # a presentation is part of its component's one line item
