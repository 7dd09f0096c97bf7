"""The columns of a component's sheet: its single pieces of work, the same on every page."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count
from django.http import Http404

from courses.models import Course, Enrollment
from courses.policies import students_marked_by
from grading import engine
from grading.engine.entry import MARKED_SOURCES
from grading.queries.policy import read_in_force
from presentations.models import SignUp
from projects.models import Milestone
from reviews.models import ReviewRules
from reviews.queries.duties import reviewable_papers


@dataclass(frozen=True, slots=True)
class Column:
    """`item` is the key that its work has in the facts, "" where every student's has one of its own."""

    key: str
    title: str
    out_of: Decimal
    entry: engine.Entry
    item: str = ""
    when: date | None = None
    detail: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it has members' own marks, in place of their team's."""
        return bool(self.item) and self.key != self.item

    @property
    def is_numeric(self) -> bool:
        return not (self.entry.symbols or self.entry.rubric)

    @property
    def expected(self) -> str:
        return engine.expected(self.entry, self.out_of)


def find_component(course: Course, key: str) -> tuple[engine.Policy, engine.Component]:
    """A component of the policy in force whose work people mark; Http404 for any other."""
    policy = read_in_force(course)[1]
    leaf = policy.leaf(key)
    if leaf is None or leaf.source not in MARKED_SOURCES or leaf.credit != "marks":
        raise Http404("No such component.")
    return policy, leaf


def columns_of(marker: Enrollment, policy: engine.Policy, leaf: engine.Component) -> list[Column]:
    """The same on every page; at most two queries."""
    return COLUMNS[leaf.source](marker, policy, leaf)


def _reviews(marker: Enrollment, policy: engine.Policy, leaf: engine.Component) -> list[Column]:
    rules = ReviewRules.of(marker.course)
    leaf = policy.marked_by("reviews") or leaf  # a review has one mark, however many components count it
    out_of = leaf.entry.out_of or (rules.max_points if rules else Decimal(engine.DEFAULT_MAX_POINTS))
    papers = reviewable_papers(marker.course)
    return [Column(paper.key, paper.title, out_of, leaf.entry, paper.key, paper.meeting.date) for paper in papers]


def _presentations(marker: Enrollment, policy: engine.Policy, leaf: engine.Component) -> list[Column]:
    """As many as somebody has; whose which is stands in the cell."""
    leaf = policy.marked_by("presentations") or leaf
    theirs = SignUp.objects.standing().filter(enrollment__in=students_marked_by(marker))
    counts = theirs.order_by().values("enrollment").annotate(count=Count("pk")).order_by("-count")
    most = counts.values_list("count", flat=True).first() or 1
    return [
        Column(str(number), "Presentation" if most == 1 else f"Presentation {number}", leaf.max_points, leaf.entry)
        for number in range(1, most + 1)
    ]


def _milestones(marker: Enrollment, policy: engine.Policy, leaf: engine.Component) -> list[Column]:
    """Two for each milestone: the team's mark, and a member's own in place of it."""
    columns = []
    for milestone in Milestone.objects.filter(course=marker.course_id):
        if leaf.milestones is not None and milestone.key not in leaf.milestones:
            continue
        entry = (policy.marked_by("milestones", milestone.key) or leaf).entry
        out_of = entry.out_of or milestone.max_points
        when = marker.course.local(milestone.due_at).date()
        columns.append(Column(milestone.key, milestone.title, out_of, entry, milestone.key, when, "team"))
        own = f"{milestone.key}:own"
        columns.append(Column(own, f"{milestone.title}, own", out_of, entry, milestone.key, when, "in place of the team's"))
    return columns


def _manual(marker: Enrollment, policy: engine.Policy, leaf: engine.Component) -> list[Column]:
    return [Column(leaf.key, leaf.title, leaf.max_points, leaf.entry, leaf.key)]


COLUMNS = {"reviews": _reviews, "presentations": _presentations, "milestones": _milestones, "manual": _manual}
