"""A student's own preferences and conflicts, and what staff see of everybody's."""

from collections.abc import Iterable
from dataclasses import dataclass

from courses.models import Course, Enrollment, Paper
from reviews.assigning.preferences.ordering import in_order
from reviews.models import Conflict, Expert, Preference
from reviews.queries import reviewable_papers


@dataclass(frozen=True, slots=True)
class Wish:
    """One paper as its student rates it; `conflict` is None where there is none."""

    paper: Paper
    value: int
    conflict: Conflict | None


def wishes_of(reviewer: Enrollment, papers: Iterable[Paper] | None = None) -> list[Wish]:
    """Every paper that is reviewed (or these), what the student likes best first; reads reviewer.course."""
    by_id = {paper.pk: paper for paper in (reviewable_papers(reviewer.course) if papers is None else papers)}
    values = dict(Preference.objects.filter(reviewer=reviewer).values_list("paper", "value"))
    conflicts = {row.paper_id: row for row in Conflict.objects.filter(reviewer=reviewer)}
    return [Wish(by_id[pk], values.get(pk, 0), conflicts.get(pk)) for pk in in_order(list(by_id), values)]


def conflicts_in(course: Course):
    """For staff: the conflicts of the active students with their papers."""
    rows = Conflict.objects.filter(course=course, reviewer__is_active=True)
    return rows.select_related("paper", "reviewer__user").order_by("paper__meeting__date", "paper__key", "reviewer__user__name")


def raters_in(course: Course) -> int:
    """How many active students have said anything."""
    rows = Preference.objects.filter(course=course, reviewer__is_active=True)
    return rows.order_by().values("reviewer").distinct().count()


@dataclass(frozen=True, slots=True)
class PaperWishes:
    """Of one paper, for staff: {enrollment id: ...}."""

    values: dict[int, int]
    conflicts: dict[int, Conflict]
    experts: set[int]


def wishes_about(paper: Paper) -> PaperWishes:
    return PaperWishes(
        values=dict(Preference.objects.filter(paper=paper).values_list("reviewer", "value")),
        conflicts={row.reviewer_id: row for row in Conflict.objects.filter(paper=paper)},
        experts=set(Expert.objects.filter(paper=paper).values_list("reviewer", flat=True)),
    )
