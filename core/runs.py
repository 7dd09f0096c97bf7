"""Work that a person asks for, a worker does, and a person applies and may undo: its row, and how a worker goes about it.

Reviews and presentations are both assigned like this. Here are no tables: each room's run is a model of its own.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.errors import DomainError

logger = logging.getLogger(__name__)
# A run that no worker has said a word about for so long was left behind by a worker that died.
STALLED_AFTER = timedelta(minutes=5)
BETWEEN_WORDS = 0.5  # seconds


class RunState(models.TextChoices):
    PLANNED = "planned", "waits for a worker"
    RUNNING = "running", "running"
    READY = "ready", "ready"
    FAILED = "failed", "failed"
    APPLIED = "applied", "applied"
    UNDONE = "undone", "undone"


class Run(models.Model):
    """`digest` stands for the course as the run found it; `attempt` counts the workers that began; `kept` is what
    undoing left."""

    parameters = models.JSONField()
    state = models.CharField(max_length=10, choices=RunState, default=RunState.PLANNED)
    share = models.FloatField(default=0)  # of the work that is done, from 0 to 1
    words = models.CharField(max_length=300, blank=True)  # what is going on, or why it failed
    attempt = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    kept = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)  # when a worker last said how far it is
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-pk"]

    def __str__(self):
        return f"{type(self).__name__} {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (RunState.PLANNED, RunState.RUNNING)

    def is_stalled(self, now: datetime | None = None) -> bool:
        """Whether it is under way and no worker has been heard of for long."""
        return self.is_under_way and self.seen_at < (now or timezone.now()) - STALLED_AFTER

    @property
    def percent(self) -> int:
        return round(100 * self.share)


def run_constraints(name: str) -> list[models.CheckConstraint]:
    """What the database holds of a run; `name` is what the constraints call it."""
    return [
        models.CheckConstraint(condition=Q(state__in=RunState.values), name=f"{name}_state_is_known"),
        models.CheckConstraint(
            condition=~Q(state__in=["ready", "applied", "undone"]) | Q(result__isnull=False),
            name=f"finished_{name}_has_a_result",
        ),
        models.CheckConstraint(
            condition=~Q(state__in=["applied", "undone"]) | Q(applied_at__isnull=False), name=f"applied_{name}_says_when"
        ),
    ]


AnyRun = TypeVar("AnyRun", bound=Run)


def close_stalled(under_way: models.QuerySet) -> None:
    """Runs that no worker will finish are failed; DomainError (under_way) while one is being worked out."""
    under_way = under_way.filter(state__in=[RunState.PLANNED, RunState.RUNNING])
    if any(not run.is_stalled() for run in under_way):
        raise DomainError("An assignment is being worked out; wait for it.", code="under_way")
    under_way.update(state=RunState.FAILED, words="No worker took it to its end.")


def queue(task, model: type[Run], run_id: int) -> None:
    """With the broker away nothing would run, and the page must say so rather than wait."""
    try:
        task.delay(run_id)
    except OperationalError as error:
        logger.error("The broker took no task for %s %s: %s", model.__name__, run_id, error)
        away = {"state": RunState.FAILED, "words": "It could not be started right now. Nothing was changed; try again."}
        model.objects.filter(pk=run_id, state=RunState.PLANNED).update(**away)


def to_apply(run: AnyRun) -> AnyRun:
    """The run, locked and ready; DomainError for one in another state. The caller holds the lock on the course."""
    run = type(run).objects.select_for_update(no_key=True).get(pk=run.pk)
    if run.state == RunState.APPLIED:
        raise DomainError("This is applied already.", code="applied")
    if run.state != RunState.READY:
        raise DomainError(f"This cannot be applied: it is {run.get_state_display()}.", code="not_ready")
    return run


def to_undo(run: AnyRun, of_course: models.QuerySet) -> AnyRun:
    """The run, locked, if it is the last that was applied of these."""
    run = type(run).objects.select_for_update(no_key=True).get(pk=run.pk)
    if run.state != RunState.APPLIED:
        raise DomainError("Only what is applied can be undone.", code="not_applied")
    if of_course.filter(state=RunState.APPLIED, applied_at__gt=run.applied_at).exists():
        raise DomainError("Another assignment was applied after this one; undo that first.", code="not_the_latest")
    return run


Tell = Callable[[float, str], None]


def work_out(
    model: type[AnyRun], run_id: int, find: Callable[[AnyRun, Tell], tuple[Any, str]], mistakes: type[Exception]
) -> None:
    """Have `find` answer the run with (result, digest) and keep it; one of `mistakes` is told to who asked.

    A later attempt at the same run silences an earlier one, so this is safe to run twice.
    """
    run = begin(model, run_id)
    if run is None:
        return
    try:
        result, digest = find(run, _Teller(run))
    except mistakes as error:
        say(run, state=RunState.FAILED, words=str(error)[:300])
    except Exception:
        say(run, state=RunState.FAILED, words="The portal could not work it out. Nothing was changed; its log says why.")
        raise
    else:
        say(run, state=RunState.READY, share=1, words="", result=result, digest=digest)


@transaction.atomic
def begin(model: type[AnyRun], run_id: int) -> AnyRun | None:
    """The run, marked as running; None where there is nothing left to do."""
    run = model.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if run is None or not run.is_under_way:
        return None
    run.state, run.share, run.words, run.seen_at = RunState.RUNNING, 0, "Reading the course", timezone.now()
    run.attempt = F("attempt") + 1
    run.save(update_fields=["state", "share", "words", "seen_at", "attempt"])
    run.refresh_from_db(fields=["attempt"])
    return run


def say(run: Run, **values) -> None:
    mine = type(run).objects.filter(pk=run.pk, attempt=run.attempt, state=RunState.RUNNING)
    if not mine.update(seen_at=timezone.now(), **values):
        logger.info("Attempt %s at run %s is not the latest any more; what it said is dropped.", run.attempt, run.pk)


class _Teller:
    """Tells the run how far it is, not more often than anybody would look."""

    def __init__(self, run: Run):
        self.run = run
        self.told_at = -BETWEEN_WORDS

    def __call__(self, share: float, words: str) -> None:
        now = time.monotonic()
        if now - self.told_at >= BETWEEN_WORDS:
            self.told_at = now
            say(self.run, share=share, words=words)
