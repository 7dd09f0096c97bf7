"""A run as people read it: names for ids, sentences for numbers."""

from dataclasses import dataclass

from courses.models import Course, Enrollment, Paper
from reviews.models import AssignmentRun

LATEST = 20


@dataclass(frozen=True, slots=True)
class PairLine:
    student: str
    paper: Paper
    preference: int
    rank: int | None


def runs_of(course: Course) -> list[AssignmentRun]:
    """The latest, newest first, without what came out."""
    return list(AssignmentRun.objects.filter(course=course).select_related("created_by").defer("result")[:LATEST])


def lines_of(pairs: list[list]) -> list[PairLine]:
    """Of some of a run's pairs; what is gone from the course since is left out."""
    names = dict(Enrollment.objects.filter(pk__in={pair[0] for pair in pairs}).values_list("pk", "user__name"))
    papers = Paper.objects.in_bulk({pair[1] for pair in pairs})
    return [
        PairLine(names[student], papers[paper], preference, rank)
        for student, paper, preference, rank in pairs
        if student in names and paper in papers
    ]


def kept_lines(run: AssignmentRun) -> list[tuple[str, Paper, str]]:
    """(student, paper, why) of what undoing the run left."""
    names = dict(Enrollment.objects.filter(pk__in={each[0] for each in run.kept}).values_list("pk", "user__name"))
    papers = Paper.objects.in_bulk({each[1] for each in run.kept})
    return [(names[s], papers[p], why) for s, p, why in run.kept if s in names and p in papers]
