"""Every write that people make to an automatic assignment: planning, applying and undoing it."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import runs
from core.errors import DomainError
from courses.models import Course, Paper
from reviews import tasks
from reviews.assigning.runs.parameters import Parameters
from reviews.assigning.runs.problem import read_problem
from reviews.assigning.writing import Wanted, lock_people, write_terms
from reviews.models import Asks, Assignment, AssignmentRun, Review, ReviewRules, RunState, Source, Who

CHANGED = (
    "Since this was worked out, something it rests on has changed: preferences, conflicts, experts, students, papers or "
    "what is assigned. Nothing was applied; work it out again."
)


@transaction.atomic
def plan_run(*, course: Course, parameters: Parameters, by: User) -> AssignmentRun:
    """Have the portal work out who reviews what. Nothing is assigned before somebody applies it."""
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    rules = ReviewRules.objects.filter(course=course).first()
    if rules is None:
        raise DomainError("This course asks for no reviews.", code="no_reviews")
    if rules.who == Who.EVERYBODY:
        raise DomainError("In this course every student reviews every paper, so nothing is to be assigned.", code="everybody")
    parameters.check(course.pk)
    runs.close_stalled(AssignmentRun.objects.filter(course=course))
    run = AssignmentRun.objects.create(course=course, parameters=parameters.stored(), created_by=by)
    transaction.on_commit(partial(runs.queue, tasks.work_out_run, AssignmentRun, run.pk))
    return run


@transaction.atomic
def apply_run(*, run: AssignmentRun, by: User) -> AssignmentRun:
    """Ask the students for the reviews that were worked out: all of them, or none and DomainError."""
    course = lock_people(run.course)
    run = runs.to_apply(run)
    rules = ReviewRules.objects.select_related("course").get(course=course)
    reading = read_problem(rules, Parameters.of(run.parameters))
    if rules.who == Who.EVERYBODY or reading.problem.digest != run.digest:
        raise DomainError(CHANGED, code="stale")
    wanted = [
        Wanted(reading.papers[paper], student, asks=Asks.REQUIRED, source=Source.PORTAL)
        for student, paper, *_ in run.result["pairs"]
    ]
    write_terms(rules=rules, wanted=wanted, by=by)
    run.state, run.applied_at = RunState.APPLIED, timezone.now()
    run.save(update_fields=["state", "applied_at"])
    return run


@transaction.atomic
def undo_run(*, run: AssignmentRun, by: User) -> AssignmentRun:
    """Take back what applying the run asked, but for reviews that are begun and what staff have changed since."""
    course = lock_people(run.course)
    run = runs.to_undo(run, AssignmentRun.objects.filter(course=course))
    rules = ReviewRules.objects.select_related("course").get(course=course)
    gone, kept = _undoable(run)
    papers = Paper.objects.filter(course=course).select_related("meeting").in_bulk({paper for _, paper in gone})
    write_terms(rules=rules, wanted=[Wanted(papers[paper], student) for student, paper in gone if paper in papers], by=by)
    run.state, run.undone_at, run.kept = RunState.UNDONE, timezone.now(), kept
    run.save(update_fields=["state", "undone_at", "kept"])
    return run


def _undoable(run: AssignmentRun) -> tuple[list[tuple[int, int]], list[list]]:
    """The pairs that still stand as the run left them, and those to be kept with the reason."""
    rows = {(row.reviewer_id, row.paper_id): row for row in Assignment.objects.filter(course=run.course_id).order_by()}
    begun = set(Review.objects.filter(course=run.course_id, revision__gt=0).order_by().values_list("reviewer_id", "paper_id"))
    gone, kept = [], []
    for student, paper, *_ in run.result["pairs"]:
        row = rows.get((student, paper))
        if row is None:
            continue
        if (student, paper) in begun:
            kept.append([student, paper, "the review is begun"])
        elif row.source != Source.PORTAL or row.asks != Asks.REQUIRED or row.due_at or row.reason:
            kept.append([student, paper, "staff have changed it since"])
        else:
            gone.append((student, paper))
    return gone, kept
