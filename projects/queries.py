"""Teams, milestones and what is handed in: for the pages, the to-do list, reminders and grading."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from django.urls import reverse
from django.utils import timezone

from courses.deadlines import Deadline, State
from courses.models import Course, Enrollment
from projects import policies
from projects.models import Deliverable, Milestone, ProjectRules, Team, TeamMember


@dataclass(frozen=True, slots=True)
class MilestoneFact:
    """One student and one milestone, as grading needs it; the times are those of the team's latest version.

    It `is_late` if it was when it came and is by the deadline as it stands.
    """

    milestone_id: int
    key: str
    title: str
    max_points: Decimal
    due_at: datetime
    closes_at: datetime
    team_id: int | None
    submitted_at: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The latest version of what a team handed in for a milestone."""

    number: int
    submitted_at: datetime
    is_late: bool


def state_of(milestone: Milestone, latest: HandedIn | Deliverable | None, now: datetime) -> State:
    if latest is not None:
        return State.LATE if is_late(milestone, latest) else State.SUBMITTED
    return State.MISSING if milestone.closes_at < now else State.OPEN


def is_late(milestone: Milestone, latest: HandedIn | Deliverable) -> bool:
    """By the deadline that holds now: what came late is in time once it has been moved behind it."""
    return latest.is_late and latest.submitted_at > milestone.due_at


def latest_handed_in(**of) -> dict[tuple[int, int], HandedIn]:
    """{(team id, milestone id): its latest version}; `of` narrows (team=..., milestone__course=...)."""
    highest = Deliverable.objects.filter(team=OuterRef("team"), milestone=OuterRef("milestone")).order_by("-number")
    versions = Deliverable.objects.filter(**of).filter(number=Subquery(highest.values("number")[:1])).order_by()
    return _by_work(versions)


def _by_work(versions: QuerySet[Deliverable]) -> dict[tuple[int, int], HandedIn]:
    rows = versions.values_list("team_id", "milestone_id", "number", "submitted_at", "is_late")
    return {(team, milestone): HandedIn(*version) for team, milestone, *version in rows}


def deadlines_for(enrollment: Enrollment) -> list[Deadline]:
    """The student's milestones by date; who is in no team owes them too. Empty for other roles."""
    if not (enrollment.is_student and enrollment.is_active) or ProjectRules.of(enrollment.course) is None:
        return []
    team = TeamMember.objects.filter(enrollment=enrollment).values_list("team_id", flat=True).first()
    latest = latest_handed_in(team=team) if team else {}
    return _deadlines([(enrollment, team)], list(Milestone.objects.filter(course=enrollment.course_id)), latest)


def owed_between(course: Course, start: datetime, end: datetime) -> list[Deadline]:
    """What active students still owe with start < due <= end."""
    if ProjectRules.of(course) is None:
        return []
    milestones = list(Milestone.objects.filter(course=course, due_at__gt=start, due_at__lte=end))
    if not milestones:
        return []
    students = Enrollment.objects.active().students().filter(course=course).order_by("pk")
    students = list(students.annotate(team_id=F("team_member__team")))
    for student in students:
        student.course = course
    deadlines = _deadlines(
        [(student, student.team_id) for student in students], milestones, latest_handed_in(milestone__in=milestones)
    )
    return [deadline for deadline in deadlines if deadline.is_owed]


def _deadlines(
    people: Iterable[tuple[Enrollment, int | None]], milestones: list[Milestone], latest: dict[tuple[int, int], HandedIn]
) -> list[Deadline]:
    now = timezone.now()
    return [
        _deadline(enrollment, milestone, team, latest.get((team, milestone.pk)), now)
        for enrollment, team in people
        for milestone in milestones
    ]


def _deadline(
    enrollment: Enrollment, milestone: Milestone, team: int | None, latest: HandedIn | None, now: datetime
) -> Deadline:
    parts = ["Project"]
    if team is None:
        parts.append("you are in no team yet")
    if latest:
        parts.append(f"version {latest.number} is in")
    elif milestone.due_at < now <= milestone.closes_at:
        parts.append("late, still taken")
    return Deadline(
        enrollment_id=enrollment.pk,
        kind="milestone",
        key=milestone.key,
        title=milestone.title,
        due_at=milestone.due_at,
        closes_at=milestone.closes_at,
        state=state_of(milestone, latest, now),
        url=reverse("projects:project_home", args=[enrollment.course.slug]),
        detail=" · ".join(parts),
    )


def handed_in_at(course: Course, at: datetime) -> dict[tuple[int, int], HandedIn]:
    """{(team id, milestone id): the latest version at that moment}"""
    return _by_work(Deliverable.objects.filter(milestone__course=course, submitted_at__lte=at).order_by("number"))


def grading_facts(
    course: Course, *, only: Collection[int] | None = None, at: datetime | None = None
) -> dict[int, list[MilestoneFact]]:
    """{enrollment id: one fact per milestone, by date}, for every active student, or `only` for these ids.

    `at` asks for what had come in at an earlier moment. Teams are today's, from when each student joined theirs.
    """
    asked = Enrollment.objects.graded(at).among(only).filter(course=course)
    team = F("team_member__team") if at is None else Case(When(team_member__joined_at__lte=at, then=F("team_member__team")))
    students = list(asked.order_by().values_list("pk", team))
    if ProjectRules.of(course) is None:
        return {student: [] for student, _ in students}
    milestones = list(Milestone.objects.filter(course=course))
    latest = latest_handed_in(milestone__course=course) if at is None else handed_in_at(course, at)
    of_team = {
        team: [_fact(milestone, team, latest.get((team, milestone.pk))) for milestone in milestones]
        for team in {team for _, team in students}
    }
    return {student: of_team[team] for student, team in students}


def _fact(milestone: Milestone, team: int | None, latest: HandedIn | None) -> MilestoneFact:
    return MilestoneFact(
        milestone_id=milestone.pk,
        key=milestone.key,
        title=milestone.title,
        max_points=milestone.max_points,
        due_at=milestone.due_at,
        closes_at=milestone.closes_at,
        team_id=team,
        submitted_at=latest.submitted_at if latest else None,
        is_late=latest is not None and is_late(milestone, latest),
    )


@dataclass(frozen=True)
class Step:
    """A milestone against one team: where it stands and the latest version, None for no team or nothing handed in."""

    milestone: Milestone
    state: State
    latest: Deliverable | None
    is_closed: bool


def milestones_of(course: Course) -> list[Milestone]:
    milestones = list(Milestone.objects.filter(course=course))
    for milestone in milestones:
        milestone.course = course
    return milestones


def note_counted(milestones: Iterable[Milestone], counted: Collection[str] | None) -> None:
    """Note on each whether the grade rests on it; `counted` are the keys of those it does, None for all."""
    for milestone in milestones:
        milestone.is_counted = counted is None or milestone.key in counted


def steps_of(team: Team | None, milestones: list[Milestone], readable: Iterable[Deliverable]) -> list[Step]:
    """One step per milestone; `readable` are deliverables that the viewer may read, newest first."""
    now = timezone.now()
    latest: dict[int, Deliverable] = {}
    for deliverable in readable:
        if team is not None and deliverable.team_id == team.pk:
            latest.setdefault(deliverable.milestone_id, deliverable)
    return [
        Step(
            milestone=milestone,
            state=state_of(milestone, latest.get(milestone.pk), now),
            latest=latest.get(milestone.pk),
            is_closed=milestone.closes_at < now,
        )
        for milestone in milestones
    ]


@dataclass(frozen=True)
class TeamRow:
    """`steps` is empty for who may not read what the team hands in."""

    team: Team
    members: list[TeamMember]
    steps: list[Step]
    may_read: bool
    may_join: bool
    may_delete: bool


def team_of(enrollment: Enrollment) -> Team | None:
    return Team.objects.visible_to(enrollment).filter(members__enrollment=enrollment).for_display().first()


def team_rows(viewer: Enrollment, milestones: list[Milestone], *, max_size: int) -> list[TeamRow]:
    """Every team with its members; with the steps of those whose deliverables the viewer may read."""
    teams = list(Team.objects.visible_to(viewer).with_handed_in().for_display())
    readable = defaultdict(list)
    for deliverable in Deliverable.objects.visible_to(viewer).for_display():
        readable[deliverable.team_id].append(deliverable)
    is_free = viewer.is_student and not any(
        viewer.pk == member.enrollment_id for team in teams for member in team.members.all()
    )
    rows = []
    for team in teams:
        members = list(team.members.all())
        may_read = policies.may_read_of(viewer, team, members)
        rows.append(
            TeamRow(
                team=team,
                members=members,
                steps=steps_of(team, milestones, readable[team.pk]) if may_read else [],
                may_read=may_read,
                may_join=is_free and len(members) < max_size and not team.has_handed_in,
                may_delete=_is_empty(members) and not team.has_handed_in and policies.may_arrange_teams(viewer),
            )
        )
    return rows


def _is_empty(members: Iterable[TeamMember]) -> bool:
    return not any(member.enrollment.is_active for member in members)


def without_team(course: Course) -> list[Enrollment]:
    """The active students who are in no team."""
    return list(Enrollment.objects.active().students().filter(course=course, team_member=None).for_display())
