"""One piece of work that can be marked: what it is, whose it is, and what its mark is out of."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.errors import DomainError
from courses.models import Course, Enrollment
from grading import engine
from grading.models import Mark
from grading.queries.policy import read_in_force
from presentations.models import SignUp
from projects.models import Milestone, Team, TeamMember
from reviews.models import Review, ReviewRules


@dataclass(frozen=True, slots=True)
class Work:
    """`target` are the fields of a Mark that name the work; `owner` is the row to lock while its mark is set."""

    course: Course
    target: dict[str, Any]
    owner: Review | SignUp | Team | Enrollment
    enrollment_ids: tuple[int, ...]
    max_points: Decimal
    component: engine.Component | None = None  # what the policy says of such work
    version: int | None = None  # of a review: the number of the version that is in

    @property
    def entry(self) -> engine.Entry:
        """How its mark is entered and shown."""
        return self.component.entry if self.component else engine.Entry()

    @property
    def is_anonymous(self) -> bool:
        return self.component is not None and self.component.is_anonymous

    def students(self) -> list[int]:
        """Whose work it is now; once the owner is locked, that stays so until the transaction ends."""
        if isinstance(self.owner, Team):
            members = TeamMember.objects.filter(team=self.owner).order_by("enrollment_id")
            return list(members.values_list("enrollment_id", flat=True))
        return list(self.enrollment_ids)

    def mark(self) -> Mark | None:
        return Mark.objects.filter(**self.target).first()


def work_of(
    *,
    review=None,
    sign_up=None,
    milestone=None,
    team=None,
    enrollment=None,
    component: str = "",
    policy: engine.Policy | None = None,
) -> Work:
    """The work that exactly one of review, sign-up, milestone with team or enrollment, or enrollment with component names.

    `policy` is the one in force, where the caller has it at hand. Raises DomainError where there is nothing to mark.
    """
    if review is not None:
        return _review(review, policy)
    if sign_up is not None:
        return _presentation(sign_up, policy)
    if milestone is not None and team is not None:
        return _milestone(milestone, team, policy)
    if milestone is not None and enrollment is not None:
        return _own_part(milestone, enrollment, policy)
    if enrollment is not None and component:
        return _by_hand(enrollment, component, policy)
    raise TypeError("Name a review, a sign-up, a milestone and a team or an enrollment, or an enrollment and a component.")


def _in_force(course: Course, policy: engine.Policy | None) -> engine.Policy:
    return read_in_force(course)[1] if policy is None else policy


def _review(review: Review, policy: engine.Policy | None) -> Work:
    if review.current_id is None:
        raise DomainError("This review is a draft; it can be marked once it is submitted.", code="not_submitted")
    rules = ReviewRules.of(review.course)
    component = _in_force(review.course, policy).marked_by("reviews")
    own = rules.max_points if rules else Decimal(engine.DEFAULT_MAX_POINTS)
    return Work(
        course=review.course,
        target={"review": review},
        owner=review,
        enrollment_ids=(review.reviewer_id,),
        max_points=_out_of(component, own),
        component=component,
        version=review.current.number,
    )


def _presentation(sign_up: SignUp, policy: engine.Policy | None) -> Work:
    if sign_up.enrollment_id is None:
        raise DomainError("A guest's presentation has no mark.", code="guest")
    if sign_up.withdrawn_at:
        raise DomainError("This presenter has given the slot back.", code="withdrawn")
    return presentation_work(sign_up, _in_force(sign_up.enrollment.course, policy).marked_by("presentations"))


def presentation_work(sign_up: SignUp, component: engine.Component | None) -> Work:
    """A student's standing presentation, by what the policy in force says of presentations. Reads sign_up.enrollment.course."""
    return Work(
        course=sign_up.enrollment.course,
        target={"sign_up": sign_up},
        owner=sign_up,
        enrollment_ids=(sign_up.enrollment_id,),
        max_points=component.max_points if component else Decimal(engine.DEFAULT_MAX_POINTS),
        component=component,
    )


def _milestone(milestone: Milestone, team: Team, policy: engine.Policy | None) -> Work:
    if milestone.course_id != team.course_id:
        raise DomainError("This team belongs to another course than the milestone.", code="other_course")
    component = _in_force(milestone.course, policy).marked_by("milestones", milestone.key)
    return Work(
        course=milestone.course,
        target={"milestone": milestone, "team": team},
        owner=team,
        enrollment_ids=tuple(sorted(member.enrollment_id for member in team.members.all())),
        max_points=_out_of(component, milestone.max_points),
        component=component,
    )


def _own_part(milestone: Milestone, enrollment: Enrollment, policy: engine.Policy | None) -> Work:
    """What one member did of a team's milestone: marked on its own, out of the same points."""
    if milestone.course_id != enrollment.course_id:
        raise DomainError("This student belongs to another course than the milestone.", code="other_course")
    if not hasattr(enrollment, "team_member"):
        raise DomainError("This student is in no team, so there is no team's mark to put another in place of.", code="no_team")
    component = _in_force(milestone.course, policy).marked_by("milestones", milestone.key)
    return Work(
        course=milestone.course,
        target={"milestone": milestone, "enrollment": enrollment},
        owner=enrollment,
        enrollment_ids=(enrollment.pk,),
        max_points=_out_of(component, milestone.max_points),
        component=component,
    )


def _by_hand(enrollment: Enrollment, component: str, policy: engine.Policy | None) -> Work:
    leaf = _in_force(enrollment.course, policy).leaf(component)
    if leaf is None or leaf.source != "manual":
        raise DomainError(f"The policy has no component {component!r} that is marked by hand.", field="component")
    return Work(
        course=enrollment.course,
        target={"enrollment": enrollment, "component": component},
        owner=enrollment,
        enrollment_ids=(enrollment.pk,),
        max_points=leaf.max_points,
        component=leaf,
    )


def _out_of(component: engine.Component | None, own: Decimal) -> Decimal:
    """A rubric or a scale of the policy comes before what the feature says a mark is out of."""
    return component.entry.out_of or own if component else own


TARGETS = (
    "review__course",
    "review__current",
    "sign_up__enrollment__course",
    "milestone__course",
    "team",
    "enrollment__course",
)


def target_of(mark: Mark) -> dict[str, Any]:
    """The fields that name the work of this mark, ready for work_of; one query."""
    mark = Mark.objects.select_related(*TARGETS).get(pk=mark.pk)
    if mark.review_id:
        return {"review": mark.review}
    if mark.sign_up_id:
        return {"sign_up": mark.sign_up}
    if mark.team_id:
        return {"milestone": mark.milestone, "team": mark.team}
    if mark.milestone_id:
        return {"milestone": mark.milestone, "enrollment": mark.enrollment}
    return {"enrollment": mark.enrollment, "component": mark.component}
