"""The events of one page of the history, in words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from accounts.models import User
from courses.models import Course
from grading import engine
from grading.models import (
    Excuse,
    Mark,
    MarkChange,
    Override,
    Policy,
    RegradeMessage,
    RegradeRequest,
    ScheduledRelease,
    StaffNote,
)
from grading.queries.excuses import titles_of
from grading.queries.history import KINDS, Place, components_of
from grading.queries.regrades import WORK, title_of
from participation.models import RecordChange
from participation.queries import corrections
from participation.queries import title_of as title_of_meeting

MARKS = ("marked", "released", "hidden")
WHOLE_GRADE = "The whole grade"
AS_COMPUTED = "as computed"
OF_MARK = (
    "changed_by", "regrade__asked_by__user", "mark__enrollment__user", "mark__review__reviewer__user",
    "mark__sign_up__enrollment__user",
    *(f"mark__{path.removeprefix('mark__')}" for path in WORK),
)  # fmt: skip


class LevelChange(NamedTuple):
    part: str
    before: str  # such as "partly (1)"; "" for none
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    """`comment_before` and `comment_after` are texts of a mark's comment, or of a note, blank where the event leaves it as it
    is; `levels` are the parts of the rubric that it changes. `regrade` is the handle of the request that it decides,
    `policy_version` the number of the version that it puts in force.
    """

    kind: str
    at: datetime
    by: User | None
    what: str
    whose: str  # a student's or a team's name; "" for the whole course
    before: str
    after: str
    why: str = ""
    comment_before: str = ""
    comment_after: str = ""
    levels: tuple["LevelChange", ...] = ()
    regrade: str = ""
    policy_version: int | None = None

    @property
    def label(self) -> str:
        return KINDS[self.kind]


def events_at(course: Course, places: Iterable[tuple]) -> list[Event]:
    """The events in their order; a constant number of queries."""
    places = [Place(*place) for place in places]
    keys = defaultdict(list)
    for place in places:
        keys[place.kind].append(place.pk)
    components = components_of(course)
    marks = [pk for kind in MARKS for pk in keys[kind]]
    found = _marks(marks, components) | _overrides(keys["set"], components) | _policies(keys["policy"])
    found |= _releases(course, [*keys["planned"], *keys["unplanned"]], components)
    found |= _excuses(course, keys["excused"], keys["unexcused"], components)
    found |= _participation(course, keys["participation"]) | _notes(keys["noted"])
    return [found[place.kind, place.pk] for place in places]


Found = dict[tuple[str, int], Event]


def _marks(keys: list[int], components: dict[str, engine.Component]) -> Found:
    rows = list(MarkChange.objects.filter(pk__in=keys).select_related(*OF_MARK))
    decided = {row.regrade_id for row in rows if row.regrade_id}
    closing = RegradeMessage.objects.filter(request__in=decided).exclude(outcome="") if decided else ()
    reasons = {message.request_id: message.text for message in closing}
    return {(row.kind, row.pk): _of_mark(row, components, reasons) for row in rows}


def _of_mark(change: MarkChange, components: dict[str, engine.Component], reasons: dict[int, str]) -> Event:
    texts = (change.comment_before, change.comment_after)
    component = components.get(change.mark.component)
    return Event(
        change.kind,
        change.changed_at,
        change.changed_by,
        component.title if component else title_of(change.mark),
        _owner(change.mark),
        _points(change.points_before),
        _points(change.points_after),
        _why(change.regrade, reasons) if change.regrade else change.reason,
        *(texts if texts[0] != texts[1] else ("", "")),
        _changed_levels(change.levels_before, change.levels_after),
        change.regrade.handle if change.regrade else "",
    )


def _why(request: RegradeRequest, reasons: dict[int, str]) -> str:
    return f"Regrade request of {request.asked_by.user.name}: {reasons.get(request.pk, '')}"


def _changed_levels(before: list[dict], after: list[dict]) -> tuple[LevelChange, ...]:
    """The parts in the order of the rubric that now holds; what only the earlier one had follows."""
    was, now = ({level["key"]: level for level in levels} for levels in (before, after))
    both = [(was.get(key), now.get(key)) for key in {**now, **was}]
    return tuple(
        LevelChange((new or old)["title"], _level(old), _level(new)) for old, new in both if _level(old) != _level(new)
    )


def _level(level: dict | None) -> str:
    return f"{level['level']} ({level['points']})" if level else ""


def _points(points) -> str:
    return "no mark" if points is None else engine.plain(points)


def _owner(mark: Mark) -> str:
    if mark.review_id:
        return mark.review.reviewer.user.name
    if mark.sign_up_id:
        return str(mark.sign_up)
    if mark.team_id:
        return mark.team.name
    return mark.enrollment.user.name


def _overrides(keys: list[int], components: dict[str, engine.Component]) -> Found:
    """Each with what stood before it: so all of these students' are read."""
    if not keys:
        return {}
    students = Override.objects.filter(pk__in=keys).order_by().values("enrollment")
    rows = Override.objects.filter(enrollment__in=students).select_related("set_by", "enrollment__user").order_by("pk")
    found, standing = {}, {}
    for row in rows:
        before = standing.get((row.enrollment_id, row.component))
        found["set", row.pk] = _of_override(row, before, components)
        standing[row.enrollment_id, row.component] = row
    return found


def _of_override(row: Override, before: Override | None, components: dict[str, engine.Component]) -> Event:
    component = components.get(row.component)
    return Event(
        "set",
        row.set_at,
        row.set_by,
        component.title if component else row.component or WHOLE_GRADE,
        row.enrollment.user.name,
        before.words if before and not before.is_taken_back else AS_COMPUTED,
        AS_COMPUTED if row.is_taken_back else row.words,
        f"{row.reason} ({'shown' if row.is_shown else 'not shown'} to the student)",
    )


def _policies(keys: list[int]) -> Found:
    rows = Policy.objects.filter(pk__in=keys).select_related("created_by").defer("document")
    return {("policy", row.pk): _of_policy(row) for row in rows}


def _of_policy(row: Policy) -> Event:
    before = f"version {row.number - 1}" if row.number > 1 else ""
    after = f"version {row.number} in force"
    said = (row.created_at, row.created_by, "Grading policy", "", before, after, row.reason)
    return Event("policy", *said, policy_version=row.number)


def _releases(course: Course, keys: list[int], components: dict[str, engine.Component]) -> Found:
    found: Found = {}
    rows = ScheduledRelease.objects.filter(pk__in=keys).for_display() if keys else ()
    for row in rows:
        component = components.get(row.component)
        what = component.title if component else row.component or "Own work"
        whose = row.student.user.name if row.student else ""
        when = f"{course.local(row.due_at):%Y-%m-%d %H:%M}"
        found["planned", row.pk] = Event("planned", row.ordered_at, row.ordered_by, what, whose, "", when, row.reason)
        if row.cancelled_at:
            found["unplanned", row.pk] = Event(
                "unplanned", row.cancelled_at, row.cancelled_by, what, whose, when, "cancelled", row.cancel_reason
            )
    return found


def _excuses(course: Course, made: list[int], revoked: list[int], components: dict[str, engine.Component]) -> Found:
    rows = list(
        Excuse.objects.filter(pk__in=[*made, *revoked]).select_related("enrollment__user", "made_by", "revoked_by")
        if made or revoked
        else ()
    )
    titles = titles_of(course, rows) | {("manual", key): component.title for key, component in components.items()}
    found: Found = {}
    for row in rows:
        what, whose = titles.get((row.source, row.item), row.item), row.enrollment.user.name
        found["excused", row.pk] = Event("excused", row.made_at, row.made_by, what, whose, "counts", "excused", row.reason)
        if row.revoked_at:
            found["unexcused", row.pk] = Event(
                "unexcused", row.revoked_at, row.revoked_by, what, whose, "excused", "counts", _why_revoked(row)
            )
    return found


def _why_revoked(row: Excuse) -> str:
    return f"{row.revoke_reason} (it was excused for: {row.reason})".lstrip()


def _participation(course: Course, keys: list[int]) -> Found:
    rows = corrections(course).filter(pk__in=keys).select_related("changed_by", "record__meeting", "record__enrollment__user")
    return {("participation", row.pk): _of_record(row) for row in (rows if keys else ())}


def _of_record(row: RecordChange) -> Event:
    what, whose = title_of_meeting(row.record.meeting), row.record.enrollment.user.name
    return Event("participation", row.changed_at, row.changed_by, what, whose, row.before_in_words, row.in_words, row.reason)


def _notes(keys: list[int]) -> Found:
    """Each with what stood before it: so all of these students' are read."""
    if not keys:
        return {}
    students = StaffNote.objects.filter(pk__in=keys).order_by().values("enrollment")
    rows = StaffNote.objects.filter(enrollment__in=students).select_related("written_by", "enrollment__user").order_by("pk")
    found: Found = {}
    standing: dict[int, str] = {}
    for row in rows:
        before = standing.get(row.enrollment_id, "")
        words = ("noted" if before else "", "noted" if row.text else "taken away")
        event = Event("noted", row.written_at, row.written_by, "Note", row.enrollment.user.name, *words, "", before, row.text)
        found["noted", row.pk] = event
        standing[row.enrollment_id] = row.text
    return found
