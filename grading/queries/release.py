"""Which marks a component's release shows, and how far each component is released."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, F, Q, QuerySet

from core.batches import batches
from core.errors import DomainError
from courses.models import Course, Enrollment
from grading import engine
from grading.models import Mark
from grading.queries.policy import read_in_force
from presentations.models import Slot
from projects.models import TeamMember

# Facts that students record, hand in or say themselves: they know them, so there is nothing to release.
KNOWN_TO_STUDENTS = ("participation", "submissions", "discussion")


def _condition(leaf: engine.Component) -> Q | None:
    match engine.source_key(leaf):
        case "reviews":
            return Q(review__isnull=False)
        case "presentations":
            return Q(sign_up__isnull=False)
        case "milestones":
            every = Q(milestone__isnull=False)
            return every if leaf.milestones is None else every & Q(milestone__key__in=leaf.milestones)
        case "manual":
            return Q(component=leaf.key)
    return None


def condition_of(component: engine.Component) -> Q | None:
    """Which marks a component, or a group's parts, count; None where there can be none."""
    conditions = [condition for leaf in component.leaves() if (condition := _condition(leaf)) is not None]
    return reduce(or_, conditions) if conditions else None


def marks_behind(course: Course, component_key: str):
    """The marks that a component, or a group's parts, count. Raises DomainError when there can be none."""
    _, policy = read_in_force(course)
    component = next((found for found in policy.walk() if found.key == component_key), None)
    if component is None:
        raise DomainError(f"The policy has no component {component_key!r}.", field="component", code="unknown_component")
    condition = condition_of(component)
    if condition is None:
        raise DomainError(
            f"{component.title} rests on what students record or hand in themselves; there is nothing to release.",
            field="component",
            code="nothing_to_release",
        )
    return Mark.objects.filter(condition, course=course)


def marks_of_student(student: Enrollment) -> QuerySet[Mark]:
    """The marks of the student's own work; a team's are the team's."""
    own = Q(review__reviewer=student) | Q(sign_up__enrollment=student) | Q(enrollment=student)
    return Mark.objects.filter(own, course=student.course_id)


def marks_of_talk(slot: Slot) -> QuerySet[Mark]:
    """The marks of those who present it; of one who has given the place back, none."""
    return Mark.objects.filter(sign_up__role__slot=slot, sign_up__withdrawn_at=None)


def students_behind(marks: Iterable[int]) -> list[int]:
    """Whose grade the marks of these ids are part of; one query for the teams."""
    students, teams = set(), set()
    columns = ("review__reviewer_id", "sign_up__enrollment_id", "enrollment_id", "team_id")
    for some in batches(marks):
        for *people, team in Mark.objects.filter(pk__in=some).order_by().values_list(*columns):
            students.update(person for person in people if person)
            teams.update([team] if team else ())
    for some in batches(teams):
        students.update(TeamMember.objects.filter(team__in=some).values_list("enrollment_id", flat=True))
    return sorted(students)


@dataclass(slots=True)
class ReleaseState:
    """How much of a leaf students can see. `waiting` marks differ from what students see of them."""

    title: str
    needs_release: bool
    marks: int = 0
    visible: int = 0
    waiting: int = 0

    @property
    def word(self) -> str:
        if not self.needs_release or not (self.marks or self.visible):
            return ""
        if not self.visible:
            return "hidden"
        return "changed" if self.waiting else "released"

    @property
    def words(self) -> str:
        """What students see of it, in a sentence."""
        if not self.needs_release:
            return "What students record or hand in themselves; they see it anyway."
        if not self.marks and not self.visible:
            return "No marks yet."
        marks = "1 mark" if self.marks == 1 else f"{self.marks} marks"
        match self.word:
            case "hidden":
                return f"{marks}; students see none."
            case "changed":
                return f"{marks}; {self.waiting} of them new or changed since the last release."
        return f"{marks}; students see them as they stand."


AS_IT_STANDS = (
    (Q(points=F("released_points")) | Q(points=None, released_points=None))
    & Q(comment=F("released_comment"), levels=F("released_levels"))
)  # fmt: skip


def release_states(course: Course, policy: engine.Policy) -> dict[str, ReleaseState]:
    """{leaf key: state}, in one query; the database counts, for a course has tens of thousands of marks."""
    kinds = Mark.objects.filter(course=course).order_by()
    kinds = kinds.annotate(of_review=Q(review__isnull=False), of_sign_up=Q(sign_up__isnull=False))
    rows = list(
        kinds.values_list("of_review", "of_sign_up", "milestone__key", "component").annotate(
            given=Count("points"), seen=Count("released_at"), waits=Count("pk") - Count("pk", filter=AS_IT_STANDS)
        )
    )
    return states_from(policy, rows)


# Of marks that are alike: (of reviews, of sign-ups, the milestone's key, the component; how many are given, seen, waiting)
Counted = tuple[bool, bool, str | None, str, int, int, int]


def states_from(policy: engine.Policy, rows: Iterable[Counted]) -> dict[str, ReleaseState]:
    """{leaf key: state}."""
    states = {}
    for leaf in policy.leaves():
        source = engine.source_key(leaf)
        state = states[leaf.key] = ReleaseState(leaf.title, needs_release=source not in KNOWN_TO_STUDENTS)
        for *kind, marks, visible, waiting in rows:
            if _belongs(*kind, leaf=leaf, source=source):
                state.marks += marks
                state.visible += visible
                state.waiting += waiting
    return states


def _belongs(of_review: bool, of_sign_up: bool, milestone: str | None, component: str, *, leaf, source: str) -> bool:
    match source:
        case "reviews":
            return of_review
        case "presentations":
            return of_sign_up
        case "milestones":
            return milestone is not None and (leaf.milestones is None or milestone in leaf.milestones)
        case "manual":
            return component == leaf.key
    return False
