"""Working a run out, as a worker does it: never in a request, safe to run twice."""

from core import runs
from matching import ProblemError, solve
from matching.outcome import outcome_of
from reviews.assigning.runs.parameters import Parameters
from reviews.assigning.runs.problem import read_problem
from reviews.models import AssignmentRun, ReviewRules


def work_out(run_id: int) -> None:
    runs.work_out(AssignmentRun, run_id, _find, ProblemError)


def _find(run: AssignmentRun, tell: runs.Tell) -> tuple[dict, str]:
    rules = ReviewRules.objects.select_related("course").get(course=run.course_id)
    reading = read_problem(rules, Parameters.of(run.parameters))
    return outcome_of(reading.problem, solve(reading.problem, progress=tell)), reading.problem.digest
