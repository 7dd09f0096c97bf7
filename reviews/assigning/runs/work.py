"""Working a run out, as a worker does it: never in a request, safe to run twice."""

import logging
import time

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from matching import ProblemError, solve
from reviews.assigning.runs.outcome import outcome_of
from reviews.assigning.runs.parameters import Parameters
from reviews.assigning.runs.problem import read_problem
from reviews.models import AssignmentRun, ReviewRules, RunState

logger = logging.getLogger(__name__)
BETWEEN_WORDS = 0.5  # seconds


def work_out(run_id: int) -> None:
    """Solve what the run asks for and keep the answer. A later attempt at the same run silences an earlier one."""
    run = _begin(run_id)
    if run is None:
        return
    try:
        rules = ReviewRules.objects.select_related("course").get(course=run.course_id)
        reading = read_problem(rules, Parameters.of(run.parameters))
        result = solve(reading.problem, progress=_Teller(run))
        outcome = outcome_of(reading.problem, result)
    except ProblemError as error:
        _say(run, state=RunState.FAILED, words=str(error)[:300])
    except Exception:
        _say(run, state=RunState.FAILED, words="The portal could not work it out. Nothing was changed; its log says why.")
        raise
    else:
        _say(run, state=RunState.READY, share=1, words="", result=outcome, digest=reading.digest)


@transaction.atomic
def _begin(run_id: int) -> AssignmentRun | None:
    """The run, marked as running; None where there is nothing left to do."""
    run = AssignmentRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if run is None or not run.is_under_way:
        return None
    run.state, run.share, run.words, run.seen_at = RunState.RUNNING, 0, "Reading the course", timezone.now()
    run.attempt = F("attempt") + 1
    run.save(update_fields=["state", "share", "words", "seen_at", "attempt"])
    run.refresh_from_db(fields=["attempt"])
    return run


def _say(run: AssignmentRun, **values) -> None:
    mine = AssignmentRun.objects.filter(pk=run.pk, attempt=run.attempt, state=RunState.RUNNING)
    if not mine.update(seen_at=timezone.now(), **values):
        logger.info("Attempt %s at run %s is not the latest any more; what it said is dropped.", run.attempt, run.pk)


class _Teller:
    """Tells the run how far it is, not more often than anybody would look."""

    def __init__(self, run: AssignmentRun):
        self.run = run
        self.told_at = -BETWEEN_WORDS

    def __call__(self, share: float, words: str) -> None:
        now = time.monotonic()
        if now - self.told_at >= BETWEEN_WORDS:
            self.told_at = now
            _say(self.run, share=share, words=words)
