"""What the course page says besides the schedule: grading and guideline in words."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from courses.models import Course, Enrollment, Page, Role
from grading.engine import Component, Policy
from grading.presenting import exact_decimal
from grading.queries import read_in_force
from home.queries.agenda import AgendaMeeting
from participation.queries import rules as participation_rules
from reviews.models import ReviewRules


@dataclass(frozen=True)
class Weight:
    title: str
    weight: str
    note: str
    is_part: bool


@dataclass(frozen=True)
class Grading:
    weights: list[Weight]
    note: str


def grading_of(course: Course) -> Grading | None:
    """The policy in words for anybody who reads the course page; None before there is one."""
    row, policy = read_in_force(course)
    if row is None:
        return None
    extras = _extras(course)
    weights = []
    for component in policy.components:
        weights.append(_weight(component, extras, is_part=False))
        weights += [_weight(part, extras, is_part=True) for part in component.parts]
    return Grading(weights, _sum_note(policy))


def _weight(component: Component, extras: dict[str, str], *, is_part: bool) -> Weight:
    notes = [_step_words(step.name, step.params) for step in component.steps]
    notes.append(extras.get(component.source, ""))
    return Weight(component.title, plain(component.weight), ", ".join(filter(None, notes)), is_part)


def _step_words(name: str, params) -> str:
    match name:
        case "required_count":
            return f"{params['count']} required"
        case "drop_lowest":
            return f"the lowest {params['count']} left out"
        case "best_of":
            return f"the best {params['count']} count"
        case "cap":
            return f"at most {plain(params['at'])} %"
    return ""


def _extras(course: Course) -> dict[str, str]:
    """What a component's source adds to its line."""
    rules = participation_rules(course)
    if rules is None:
        return {}
    attended, discussed = f"{rules.attended_points:f}", f"{rules.discussed_points:f}"
    return {"participation": f"{_trimmed(attended)} points a meeting attended, {_trimmed(discussed)} more for discussing"}


def _sum_note(policy: Policy) -> str:
    total = policy.weight_sum
    if total == 100:
        return "The weights add up to 100."
    if policy.is_scaled:
        return f"The weights add up to {plain(total)}; the total is scaled {'up' if total < 100 else 'down'} to 100."
    return f"The weights add up to {plain(total)}; the total is out of {plain(total)}."


def plain(number: Fraction) -> str:
    return f"{exact_decimal(number):f}"


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def instructors_of(course: Course) -> list[str]:
    people = Enrollment.objects.active().filter(course=course, role=Role.INSTRUCTOR).select_related("user")
    return [person.user.name for person in people]


def review_rules_of(course: Course) -> ReviewRules | None:
    return ReviewRules.of(course)


@dataclass(frozen=True)
class RoleLine:
    title: str
    people: int
    slots: int


@dataclass(frozen=True)
class Guideline:
    """What the portal knows about presentations, for a guideline page that its author left empty."""

    presentations: int
    roles: list[RoleLine]


def guideline_of(agenda: list[AgendaMeeting]) -> Guideline | None:
    slots = [slot for meeting in agenda for slot in meeting.all_slots]
    if not slots:
        return None
    counts = Counter((role.title, role.capacity) for slot in slots for role in slot.roles.all())
    return Guideline(len(slots), [RoleLine(title, people, count) for (title, people), count in counts.items()])


@dataclass(frozen=True)
class ShownPage:
    page: Page
    fills_in: str  # "", "guideline" or "schedule": what the portal says where the author said nothing


def pages_of(course: Course) -> list[ShownPage]:
    """The pages in order; an empty one is shown only where the portal can fill it in."""
    shown = [ShownPage(page, "" if page.body.strip() else _filling(page.key)) for page in course.pages.all()]
    return [each for each in shown if each.page.body.strip() or each.fills_in]


def _filling(key: str) -> str:
    if "schedule" in key:
        return "schedule"
    return "guideline" if "presentation" in key or "guideline" in key else ""
