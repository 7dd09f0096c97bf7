"""Where in the history of a course's grades what is asked for stands, latest first; history_events puts it in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import CharField, F, Q, QuerySet, Value

from courses.models import Course
from grading import engine
from grading.models import Excuse, Mark, MarkChange, Override, Policy, ScheduledRelease, StaffNote
from grading.queries.release import condition_of
from participation.queries import corrections
from projects.models import TeamMember

KINDS = {
    "marked": "Marked",
    "released": "Released",
    "hidden": "Hidden",
    "set": "Set by hand",
    "excused": "Excused",
    "unexcused": "Excuse taken back",
    "planned": "Release set for a date",
    "unplanned": "Release at a date cancelled",
    "policy": "Policy",
    "participation": "Participation set by staff",
    "noted": "Note of the staff",
}
WHOLE = "~total"  # asks for the whole grade; no component can be called so
NOTHING, EVERY = Q(pk__in=[]), Q()


@dataclass(frozen=True, slots=True)
class Asked:
    """`student` and `who` are parts of a name or an email, `component` a key of any version of the policy, or WHOLE."""

    student: str = ""
    who: str = ""
    kind: str = ""
    component: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Place(NamedTuple):
    """An event in the order of the history; what a slice of `history_of` gives and `events_at` reads."""

    kind: str
    pk: int
    at: datetime


class Log(NamedTuple):
    """Rows of one table that are events of one kind (of marks: of `kind`'s), and how they are narrowed."""

    rows: QuerySet
    kind: str
    moment: str
    by: str
    student: Q
    component: Q


def components_of(course: Course) -> dict[str, engine.Component]:
    """{key: component} of every version of the policy, each as the newest version that has it says; one query."""
    found: dict[str, engine.Component] = {}
    for document in Policy.objects.filter(course=course).order_by("-number").values_list("document", flat=True):
        for component in engine.read_policy(document).walk():
            found.setdefault(component.key, component)
    return found


def history_of(course: Course, asked: Asked) -> QuerySet:
    """Places, to be sliced."""
    first, *rest = [_places(log, asked) for log in _logs(course, asked)]
    return first.union(*rest, all=True).order_by("-at", "-event", "-pk")


def _places(log: Log, asked: Asked) -> QuerySet:
    rows, kind = log.rows, Value(log.kind, CharField()) if log.kind else F("kind")
    if asked.student:
        rows = rows.filter(log.student)
    if asked.component:
        rows = rows.filter(log.component)
    if asked.who:
        rows = rows.filter(_named(log.by, asked.who))
    if asked.since:
        rows = rows.filter(**{f"{log.moment}__gte": asked.since})
    if asked.until:
        rows = rows.filter(**{f"{log.moment}__lte": asked.until})
    rows = rows.order_by().annotate(event=kind, at=F(log.moment))
    if asked.kind:
        rows = rows.filter(event=asked.kind)
    return rows.values_list("event", "pk", "at")


def _logs(course: Course, asked: Asked) -> Iterator[Log]:
    of = _of_component(course, asked.component) if asked.component else OfComponent()
    own = _named("enrollment__user", asked.student)
    marks = MarkChange.objects.filter(mark__course=course)
    yield Log(marks, "", "changed_at", "changed_by", _of_student(asked.student), of.marks)
    sets = Override.objects.filter(enrollment__course=course)
    yield Log(sets, "set", "set_at", "set_by", own, of.overrides)
    excuses = Excuse.objects.filter(enrollment__course=course)
    yield Log(excuses, "excused", "made_at", "made_by", own, of.excuses)
    yield Log(excuses.exclude(revoked_at=None), "unexcused", "revoked_at", "revoked_by", own, of.excuses)
    releases = ScheduledRelease.objects.filter(course=course)
    own = _named("student__user", asked.student)
    yield Log(releases, "planned", "ordered_at", "ordered_by", own, of.releases)
    yield Log(releases.exclude(cancelled_at=None), "unplanned", "cancelled_at", "cancelled_by", own, of.releases)
    corrected, own = corrections(course), _named("record__enrollment__user", asked.student)
    yield Log(corrected, "participation", "changed_at", "changed_by", own, of.participation)
    notes, own = StaffNote.objects.filter(enrollment__course=course), _named("enrollment__user", asked.student)
    yield Log(notes, "noted", "written_at", "written_by", own, NOTHING)
    policies = Policy.objects.filter(course=course)
    yield Log(policies, "policy", "created_at", "created_by", NOTHING, NOTHING)


class OfComponent(NamedTuple):
    """What of each table belongs to the component that is asked for."""

    marks: Q = NOTHING
    overrides: Q = NOTHING
    excuses: Q = NOTHING
    releases: Q = NOTHING
    participation: Q = NOTHING


def _of_component(course: Course, key: str) -> OfComponent:
    if key == WHOLE:
        return OfComponent(overrides=Q(component=""))
    component = components_of(course).get(key)
    if component is None:
        return OfComponent()
    condition = condition_of(component)
    marks = NOTHING if condition is None else Q(mark__in=Mark.objects.filter(condition, course=course).order_by().values("pk"))
    keys = [inner.key for inner in component.walk()]
    excuses = reduce(or_, (_excuses_of(leaf) for leaf in component.leaves()))
    participation = EVERY if any(leaf.source == "participation" for leaf in component.leaves()) else NOTHING
    return OfComponent(marks, Q(component__in=keys), excuses, Q(component__in=keys), participation)


def _excuses_of(leaf: engine.Component) -> Q:
    excuses = Q(source=leaf.source)
    if leaf.source == "manual":
        return excuses & Q(item=leaf.key)
    return excuses if leaf.milestones is None else excuses & Q(item__in=leaf.milestones)


def _named(person: str, text: str) -> Q:
    return Q(**{f"{person}__name__icontains": text}) | Q(**{f"{person}__email__icontains": text})


def _of_student(text: str) -> Q:
    teams = TeamMember.objects.filter(_named("enrollment__user", text)).values("team")
    return (
        _named("mark__review__reviewer__user", text)
        | _named("mark__sign_up__enrollment__user", text)
        | _named("mark__enrollment__user", text)
        | Q(mark__team__in=teams)
    )
