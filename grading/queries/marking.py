"""What a marker has to mark: the entries of each tab, and one piece of work to read.

An entry's `work` is its address on the marking page: review-12, presentation-5, milestone-3-14,
milestone-3-student-40, manual-essay-40; where the
marker is not to know whose it is, blind-4c0f2a… . Such an entry has no name, and stands where its random address puts it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch
from django.http import Http404
from django.utils.crypto import salted_hmac

from courses.models import Enrollment
from courses.policies import students_marked_by
from grading import engine
from grading.models import Mark, MarkChange
from presentations.models import SignUp, Slides
from projects.models import Deliverable, Milestone, Team, TeamMember
from reviews.answers import rendered, shown_answer
from reviews.models import Field, FieldKind, Review

BLIND = "blind-"  # begins an address that tells nothing of whose work it is


@dataclass(frozen=True, slots=True)
class Entry:
    work: str
    who: str
    title: str
    group: str  # the paper's or milestone's key, "" elsewhere
    points: Decimal | None
    note: str = ""
    is_changed: bool = False  # handed in anew since it was marked
    is_released: bool = False
    blind_target: str = ""  # the address that `work` stands in for

    @property
    def target(self) -> str:
        """The address that find_work takes."""
        return self.blind_target or self.work

    @property
    def is_blind(self) -> bool:
        return bool(self.blind_target)

    @property
    def is_marked(self) -> bool:
        return self.points is not None

    @property
    def needs_marking(self) -> bool:
        return self.points is None or self.is_changed


def review_entries(marker: Enrollment) -> list[Entry]:
    rows = (
        Review.objects.filter(course=marker.course_id, current__isnull=False, reviewer__in=students_marked_by(marker))
        .order_by("paper__meeting__date", "paper__position", "paper_id", "reviewer__user__name", "pk")
        .values_list(
            "pk", "reviewer__user__name", "paper__title", "paper__key",
            "mark__points", "mark__review_version", "current__number", "current__is_late", "mark__released_at",
        )
    )  # fmt: skip
    return [
        Entry(
            work=f"review-{pk}",
            who=who,
            title=title,
            group=key,
            points=points,
            note="late" if is_late else "",
            is_changed=points is not None and read is not None and read < number,
            is_released=released_at is not None,
        )
        for pk, who, title, key, points, read, number, is_late, released_at in rows
    ]


def presentation_entries(marker: Enrollment, today: date) -> list[Entry]:
    """Presentations whose day has come."""
    sign_ups = (
        SignUp.objects.filter(
            withdrawn_at=None, enrollment__in=students_marked_by(marker), role__slot__meeting__date__lte=today
        )
        .select_related("enrollment__user", "role__slot__paper", "role__slot__meeting", "mark")
        .order_by("role__slot__meeting__date", "role__slot__position", "role__slot_id", "role__position", "pk")
    )
    return [
        Entry(
            work=f"presentation-{sign_up.pk}",
            who=sign_up.enrollment.user.name,
            title=str(sign_up.role.slot),
            group="",
            points=_points(sign_up),
            note=sign_up.role.title,
        )
        for sign_up in sign_ups
    ]


def _points(marked) -> Decimal | None:
    mark = getattr(marked, "mark", None)
    return mark.points if mark else None


def milestone_entries(marker: Enrollment) -> list[Entry]:
    """Every team at every milestone, in the milestones' order."""
    course = marker.course_id
    teams = _teams(marker)
    marks = {(mark.milestone_id, mark.team_id): mark for mark in Mark.objects.filter(course=course, team__isnull=False)}
    handed_in: dict[tuple[int, int], Deliverable] = {}
    for deliverable in Deliverable.objects.filter(milestone__course=course).order_by("number"):
        handed_in[deliverable.milestone_id, deliverable.team_id] = deliverable
    return [
        _milestone_entry(milestone, team, marks.get((milestone.pk, team.pk)), handed_in.get((milestone.pk, team.pk)))
        for milestone in Milestone.objects.filter(course=course)
        for team in teams
    ]


def _teams(marker: Enrollment) -> list[Team]:
    members = Prefetch("members", TeamMember.objects.select_related("enrollment__user"))
    teams = Team.objects.filter(course=marker.course_id, members__enrollment__in=students_marked_by(marker))
    return list(teams.distinct().prefetch_related(members))


def _milestone_entry(milestone: Milestone, team: Team, mark: Mark | None, deliverable: Deliverable | None) -> Entry:
    return Entry(
        work=f"milestone-{milestone.pk}-{team.pk}",
        who=f"{team.name} ({', '.join(member.enrollment.user.name for member in team.members.all())})",
        title=milestone.title,
        group=milestone.key,
        points=mark.points if mark else None,
        note="not handed in" if deliverable is None else "late" if deliverable.is_late else "",
        is_changed=bool(mark and mark.points is not None and deliverable and deliverable.submitted_at > mark.changed_at),
        is_released=bool(mark and mark.released_at),
    )


def manual_entries(marker: Enrollment, leaf: engine.Component) -> list[Entry]:
    students = students_marked_by(marker).select_related("user").order_by("user__name", "pk")
    points = dict(Mark.objects.filter(course=marker.course_id, component=leaf.key).values_list("enrollment_id", "points"))
    return [
        Entry(f"manual-{leaf.key}-{student.pk}", student.user.name, leaf.title, "", points.get(student.pk))
        for student in students
    ]


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    title: str
    entries: list[Entry]
    sheets: tuple[tuple[str, str], ...] = ()  # (key, title) of the components that the same work is a sheet of

    @property
    def marked(self) -> int:
        return sum(1 for entry in self.entries if entry.is_marked)


def tabs_of(marker: Enrollment, policy: engine.Policy) -> list[Tab]:
    """The tabs of the marking page; a kind of work is there when the policy counts it or there is some to mark."""
    counted = {engine.source_key(leaf) for leaf in policy.leaves()}
    tabs = [
        Tab("reviews", "Reviews", blinded(review_entries(marker), policy, "reviews"), _sheets(policy, "reviews")),
        Tab(
            "presentations",
            "Presentations",
            presentation_entries(marker, marker.course.today()),
            _sheets(policy, "presentations"),
        ),
        Tab("milestones", "Project", blinded(milestone_entries(marker), policy, "milestones"), _sheets(policy, "milestones")),
    ]
    tabs = [tab for tab in tabs if tab.entries or tab.key in counted]
    by_hand = [leaf for leaf in policy.leaves() if leaf.source == "manual"]
    return tabs + [Tab(leaf.key, leaf.title, manual_entries(marker, leaf), ((leaf.key, leaf.title),)) for leaf in by_hand]


def _sheets(policy: engine.Policy, source: str) -> tuple[tuple[str, str], ...]:
    return tuple((leaf.key, leaf.title) for leaf in policy.leaves() if leaf.source == source and leaf.credit == "marks")


def blinded(entries: list[Entry], policy: engine.Policy, source: str) -> list[Entry]:
    """Without names where the policy says so and the mark is not released, and in an order that tells nothing of them."""
    places = {group: place for place, group in enumerate(dict.fromkeys(entry.group for entry in entries))}
    hidden = {group for group in places if _is_anonymous(policy, source, group)}
    if not hidden:
        return entries
    entries = [_blind(entry) if entry.group in hidden and not entry.is_released else entry for entry in entries]
    return sorted(entries, key=lambda entry: (places[entry.group], entry.work if entry.is_blind else ""))


def _is_anonymous(policy: engine.Policy, source: str, group: str) -> bool:
    leaf = policy.marked_by(source, group if source == "milestones" else "")
    return bool(leaf and leaf.is_anonymous)


def _blind(entry: Entry) -> Entry:
    code = salted_hmac("grading.marking.blind", entry.work).hexdigest()[:16]
    return replace(entry, work=f"{BLIND}{code}", who=f"Work {code[:6]}", blind_target=entry.work)


def told(tabs: list[Tab], address: str) -> str:
    """The address that find_work takes, of an entry in any tab."""
    return next((entry.target for tab in tabs for entry in tab.entries if entry.work == address), address)


# One piece of work


def find_work(marker: Enrollment, address: str) -> dict:
    """What `set_mark` takes as its target. Http404 unless it is work that this person marks."""
    kind, _, rest = address.partition("-")
    try:
        target = FINDERS[kind](marker, rest)
    except (KeyError, ValueError, OverflowError):
        target = None
    if target is None:
        raise Http404("No such work.")
    return target


def _find_review(marker: Enrollment, rest: str) -> dict | None:
    reviews = Review.objects.filter(course=marker.course_id, reviewer__in=students_marked_by(marker), current__isnull=False)
    review = reviews.select_related("course", "paper__meeting", "reviewer__user", "current").filter(pk=int(rest)).first()
    return review and {"review": review}


def _find_presentation(marker: Enrollment, rest: str) -> dict | None:
    sign_ups = SignUp.objects.filter(enrollment__in=students_marked_by(marker), withdrawn_at=None)
    related = ("enrollment__user", "enrollment__course", "role__slot__paper", "role__slot__meeting")
    sign_up = sign_ups.select_related(*related).filter(pk=int(rest)).first()
    return sign_up and {"sign_up": sign_up}


def _find_milestone(marker: Enrollment, rest: str) -> dict | None:
    milestone_pk, _, team_pk = rest.partition("-")
    milestone = Milestone.objects.select_related("course").filter(course=marker.course_id, pk=int(milestone_pk)).first()
    if team_pk.startswith("student-"):
        member = _members(marker).filter(pk=int(team_pk.removeprefix("student-"))).first()
        return {"milestone": milestone, "enrollment": member} if milestone and member else None
    team = next((team for team in _teams(marker) if team.pk == int(team_pk)), None)
    return {"milestone": milestone, "team": team} if milestone and team else None


def _members(marker: Enrollment):
    """The students of one's own who are in a team."""
    students = students_marked_by(marker).filter(team_member__isnull=False)
    return students.select_related("user", "course", "team_member__team")


def _find_by_hand(marker: Enrollment, rest: str) -> dict | None:
    component, _, student_pk = rest.rpartition("-")
    student = students_marked_by(marker).select_related("user", "course").filter(pk=int(student_pk)).first()
    return student and component and {"enrollment": student, "component": component}


FINDERS: dict[str, Callable[[Enrollment, str], dict | None]] = {
    "review": _find_review,
    "presentation": _find_presentation,
    "milestone": _find_milestone,
    "manual": _find_by_hand,
}


@dataclass(frozen=True, slots=True)
class Part:
    """What one member of a team has instead of the team's mark, if anything."""

    work: str
    who: str
    points: Decimal | None


def team_of(target: dict) -> Team | None:
    """Whose deliverable a milestone's mark is about, the team's own or one member's."""
    if "milestone" not in target:
        return None
    return target["team"] if "team" in target else target["enrollment"].team_member.team


def parts_of(marker: Enrollment, target: dict) -> list[Part]:
    """The members of the team whose milestone this is; empty for other work. Two queries."""
    if "team" not in target:
        return []
    milestone = target["milestone"]
    marks = Mark.objects.filter(milestone=milestone, enrollment__isnull=False).values_list("enrollment_id", "points")
    points = dict(marks)
    members = _members(marker).filter(team_member__team=target["team"]).order_by("user__name", "pk")
    return [
        Part(f"milestone-{milestone.pk}-student-{member.pk}", member.user.name, points.get(member.pk)) for member in members
    ]


@dataclass(frozen=True, slots=True)
class Answer:
    label: str
    html: str  # sanitised when it was submitted
    text: str


def answers_of(review: Review) -> list[Answer]:
    """The submitted answers, for reading: texts as HTML, the rest in words."""
    answers, html = review.current.answers, review.current.html
    fields = Field.objects.filter(form__course=review.course_id, key__in={*answers, *review.staff_answers})
    return [_answer(field, *((review.staff_answers, {}) if field.is_for_staff_only else (answers, html))) for field in fields]


def _answer(field: Field, answers: dict, html: dict[str, str]) -> Answer:
    value = answers.get(field.key)
    if field.kind != FieldKind.TEXT:
        return Answer(label=field.label, html="", text=shown_answer(field, value))
    return Answer(label=field.label, html=html.get(field.key) or rendered([field], answers).get(field.key, ""), text="")


def slides_of(sign_up: SignUp) -> Slides | None:
    return Slides.objects.filter(slot=sign_up.role.slot_id).order_by("-number").first()


def deliverable_of(milestone: Milestone, team: Team) -> Deliverable | None:
    return Deliverable.objects.filter(milestone=milestone, team=team).order_by("-number").first()


def history_of(mark: Mark | None) -> list[MarkChange]:
    """Newest first."""
    if mark is None or not mark.pk:
        return []
    return list(mark.changes.select_related("changed_by", "regrade").order_by("-pk"))
