"""What happened to the grades of a course: marks, their release, grades set by hand, versions of the policy; latest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import CharField, F, Q, QuerySet, Value

from accounts.models import User
from courses.models import Course
from grading import engine
from grading.models import Mark, MarkChange, Override, Policy
from grading.queries.policy import read_in_force
from grading.queries.regrades import WORK, title_of
from projects.models import TeamMember

KINDS = {
    "marked": "Marked",
    "released": "Released",
    "hidden": "Hidden",
    "set": "Set by hand",
    "policy": "Policy",
}


class Place(NamedTuple):
    """An event in the order of the history; what `slice_of` gives and `events_at` reads."""

    kind: str
    pk: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    kind: str
    at: datetime
    by: User | None
    what: str
    whose: str  # a student's or a team's name; "" for the whole course
    before: str
    after: str
    why: str = ""

    @property
    def label(self) -> str:
        return KINDS[self.kind]


def history_of(course: Course, asked: Mapping[str, str]) -> QuerySet:
    """Places, to be sliced. `asked` may name `student` and `who` (of a name or an email) and `kind`."""
    student, who, kind = (asked.get(name, "").strip() for name in ("student", "who", "kind"))
    marks = MarkChange.objects.filter(mark__course=course)
    sets = Override.objects.filter(enrollment__course=course)
    policies = Policy.objects.filter(course=course)
    if student:
        marks, sets = marks.filter(_of_student(student)), sets.filter(_named("enrollment__user", student))
        policies = policies.none()
    if who:
        marks, sets = marks.filter(_named("changed_by", who)), sets.filter(_named("set_by", who))
        policies = policies.filter(_named("created_by", who))
    if kind:
        marks = marks.filter(kind=kind)
        sets, policies = (sets if kind == "set" else sets.none()), (policies if kind == "policy" else policies.none())
    return (
        _places(marks, F("kind"), "changed_at")
        .union(_places(sets, Value("set"), "set_at"), _places(policies, Value("policy"), "created_at"), all=True)
        .order_by("-at", "-event", "-pk")
    )


def _places(rows: QuerySet, kind, moment: str) -> QuerySet:
    event = Value(kind.value, CharField()) if isinstance(kind, Value) else kind
    return rows.order_by().annotate(event=event, at=F(moment)).values_list("event", "pk", "at")


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


def events_at(course: Course, places: Iterable[tuple]) -> list[Event]:
    """The events of one page, in its order; a constant number of queries."""
    places = [Place(*place) for place in places]
    policy = read_in_force(course)[1]
    found = {("mark", row.pk): _of_mark(row, policy) for row in _rows(MarkChange, places, MARKS)}
    found |= {("set", row.pk): _of_override(row, policy) for row in _rows(Override, places, ("set",))}
    found |= {("policy", row.pk): _of_policy(row) for row in _rows(Policy, places, ("policy",))}
    return [found["mark" if place.kind in MARKS else place.kind, place.pk] for place in places]


MARKS = ("marked", "released", "hidden")
RELATED = {
    MarkChange: (
        "changed_by", "mark__enrollment__user", "mark__review__reviewer__user", "mark__sign_up__enrollment__user",
        *(f"mark__{path.removeprefix('mark__')}" for path in WORK),
    ),
    Override: ("set_by", "enrollment__user"),
    Policy: ("created_by",),
}  # fmt: skip


def _rows(model, places: list[Place], kinds: tuple[str, ...]):
    return model.objects.filter(pk__in=[place.pk for place in places if place.kind in kinds]).select_related(*RELATED[model])


def _of_mark(change: MarkChange, policy: engine.Policy) -> Event:
    before, after = _points(change.points_before), _points(change.points_after)
    why = "" if change.comment_before == change.comment_after else "the comment changed too"
    if change.kind != "marked":
        why = ""
    return Event(
        change.kind,
        change.changed_at,
        change.changed_by,
        title_of(change.mark, policy),
        _owner(change.mark),
        before,
        after,
        why,
    )


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


def _of_override(row: Override, policy: engine.Policy) -> Event:
    titles = {component.key: component.title for component in policy.walk()}
    what = titles.get(row.component, row.component) or "The letter"
    after = "taken back" if row.is_taken_back else row.letter or f"{engine.plain(row.percent)} %"
    shown = "shown to the student" if row.is_shown else "not shown to the student"
    return Event("set", row.set_at, row.set_by, what, row.enrollment.user.name, "", after, f"{row.reason} ({shown})")


def _of_policy(row: Policy) -> Event:
    return Event("policy", row.created_at, row.created_by, "Grading policy", "", "", f"version {row.number} in force")
