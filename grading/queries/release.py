"""Which marks a component's release shows, and how far each component is released."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, F, Q, QuerySet, When

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


def marks_behind(course: Course, component_key: str):
    """The marks that a component, or a group's parts, count. Raises DomainError when there can be none."""
    _, policy = read_in_force(course)
    component = next((found for found in policy.walk() if found.key == component_key), None)
    if component is None:
        raise DomainError(f"The policy has no component {component_key!r}.", field="component", code="unknown_component")
    conditions = [condition for leaf in component.leaves() if (condition := _condition(leaf)) is not None]
    if not conditions:
        raise DomainError(
            f"{component.title} rests on what students record or hand in themselves; there is nothing to release.",
            field="component",
            code="nothing_to_release",
        )
    either = Q()
    for condition in conditions:
        either |= condition
    return Mark.objects.filter(either, course=course)


def marks_of_student(student: Enrollment) -> QuerySet[Mark]:
    """The marks of the student's own work; a team's are the team's."""
    own = Q(review__reviewer=student) | Q(sign_up__enrollment=student) | Q(enrollment=student)
    return Mark.objects.filter(own, course=student.course_id)


def marks_of_talk(slot: Slot) -> QuerySet[Mark]:
    """The marks of those who present it; of one who has given the place back, none."""
    return Mark.objects.filter(sign_up__role__slot=slot, sign_up__withdrawn_at=None)


def students_behind(marks: Iterable[Mark]) -> list[int]:
    """Whose grade these marks are part of; one query for the teams."""
    marks = list(Mark.objects.filter(pk__in=[mark.pk for mark in marks]).select_related("review", "sign_up"))
    students = {mark.review.reviewer_id for mark in marks if mark.review_id}
    students |= {mark.sign_up.enrollment_id for mark in marks if mark.sign_up_id}
    students |= {mark.enrollment_id for mark in marks if mark.enrollment_id}
    teams = {mark.team_id for mark in marks if mark.team_id}
    students |= set(TeamMember.objects.filter(team__in=teams).values_list("enrollment_id", flat=True)) if teams else set()
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


def release_states(course: Course, policy: engine.Policy) -> dict[str, ReleaseState]:
    """{leaf key: state}, in one query."""
    states = {}
    rows = Mark.objects.filter(course=course).select_related("milestone").order_by("pk")
    # Compared by the database: thousands of lists are not read just for that.
    rows = rows.annotate(has_other_levels=Case(When(levels=F("released_levels"), then=False), default=True))
    rows = list(rows.only("points", "comment", "released_points", "released_comment", "released_at", "review_id", "sign_up_id",
                          "component", "milestone__key"))  # fmt: skip
    for leaf in policy.leaves():
        source = engine.source_key(leaf)
        state = states[leaf.key] = ReleaseState(leaf.title, needs_release=source not in KNOWN_TO_STUDENTS)
        for mark in rows:
            if _belongs(mark, leaf, source):
                state.marks += mark.points is not None
                state.visible += mark.released_at is not None
                seen = (mark.released_points, mark.released_comment)
                state.waiting += mark.has_other_levels or (mark.points, mark.comment) != seen
    return states


def _belongs(mark: Mark, leaf: engine.Component, source: str) -> bool:
    match source:
        case "reviews":
            return mark.review_id is not None
        case "presentations":
            return mark.sign_up_id is not None
        case "milestones":
            return mark.milestone_id is not None and (leaf.milestones is None or mark.milestone.key in leaf.milestones)
        case "manual":
            return mark.component == leaf.key
    return False
