"""Every write that people make to an import: bringing the file, applying it, undoing that.

What is small is done at once, in the request; what is large by a worker (gradefiles.work).
"""

import logging
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from accounts.models import User
from core.errors import DomainError, StaleVersion
from courses.models import Enrollment
from gradefiles import tasks, work
from gradefiles.models import GradeImport, ImportState
from gradefiles.plan import digest_of
from gradefiles.reading import MAX_BYTES, unreadable

logger = logging.getLogger(__name__)
INLINE_BYTES = 64 * 1024
INLINE_CHANGES = 100
KEPT_FOR = timedelta(days=14)  # a preview that nobody applied


def start_import(*, marker: Enrollment, raw: bytes, file_name: str, applies_itself: bool = False) -> GradeImport:
    """Have the file read; nothing is marked before it is applied. Raises DomainError for a file that is too large or empty."""
    if not raw.strip():
        raise unreadable("The file is empty; expected a header row and one row for each student.")
    if len(raw) > MAX_BYTES:
        raise unreadable(f"The file has {len(raw):,} bytes; at most {MAX_BYTES:,} (10 MB) are taken.")
    old = GradeImport.objects.filter(course=marker.course_id, state__in=[ImportState.READY, ImportState.FAILED])
    old.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    run = GradeImport.objects.create(
        course=marker.course,
        file_name=_tidy_name(file_name),
        file_digest=digest_of(raw),
        content=raw,
        applies_itself=applies_itself,
        applied_by=marker.user if applies_itself else None,
        created_by=marker.user,
    )
    return _carry_on(run, is_small=len(raw) <= INLINE_BYTES)


def name_columns(*, run: GradeImport, columns: dict[str, str]) -> GradeImport:
    """Say which piece of work a column of Canvas is, {heading: column key}, and read the file anew.

    Applying remembers it by Canvas's id. Raises DomainError for a heading that needs none and a piece of work that is taken.
    """
    with transaction.atomic():
        run = _locked(run)
        if run.state != ImportState.READY:
            raise DomainError(f"The columns cannot be named: it is {run.get_state_display()}.", code="not_ready")
        free = {key for key, _ in run.plan["free"]}
        for heading, key in columns.items():
            if heading not in run.plan["unknown"]:
                raise DomainError(f"Found {heading}; expected a column that is left out.", field="columns")
            if key not in free:
                raise DomainError(f"Found {key}; expected a piece of work that no other column is for.", field="columns")
            free.remove(key)
        if not columns:
            return run
        run.columns, run.state, run.begun_at = run.columns | columns, ImportState.PLANNED, timezone.now()
        run.save(update_fields=["columns", "state", "begun_at"])
    return _carry_on(run, is_small=len(run.content) <= INLINE_BYTES)


def apply_import(*, run: GradeImport, digest: str, by: User) -> GradeImport:
    """Set the marks as the preview with this digest showed: all of them, or none and DomainError (StaleVersion where
    a mark has changed since the preview)."""
    with transaction.atomic():
        run = _locked(run)
        if run.state in (ImportState.APPLIED, ImportState.APPLYING):
            return run
        if run.state != ImportState.READY:
            raise DomainError(f"This import cannot be applied: it is {run.get_state_display()}.", code="not_ready")
        if run.plan["faults"]:
            raise DomainError(
                "The file has bad lines, so nothing of it is applied. Mend them and bring it again.", code="bad_lines"
            )
        if run.plan_digest != digest:
            raise StaleVersion(work.CHANGED, current=run)
        run.state, run.applied_by, run.begun_at, run.words = ImportState.APPLYING, by, timezone.now(), ""
        run.save(update_fields=["state", "applied_by", "begun_at", "words"])
    return _carry_on(run, is_small=len(run.plan["changes"]) <= INLINE_CHANGES)


def undo_import(*, run: GradeImport, by: User) -> GradeImport:
    """Set back what the import changed, but for marks that somebody has changed since."""
    with transaction.atomic():
        run = _locked(run)
        if run.state in (ImportState.UNDONE, ImportState.UNDOING):
            return run
        if run.state != ImportState.APPLIED:
            raise DomainError("Only what is applied can be undone.", code="not_applied")
        run.state, run.undone_by, run.begun_at = ImportState.UNDOING, by, timezone.now()
        run.save(update_fields=["state", "undone_by", "begun_at"])
    return _carry_on(run, is_small=len(run.plan["changes"]) <= INLINE_CHANGES)


def _locked(run: GradeImport) -> GradeImport:
    return GradeImport.objects.select_for_update(no_key=True).get(pk=run.pk)


def _carry_on(run: GradeImport, *, is_small: bool) -> GradeImport:
    if is_small:
        work.carry_on(run.pk)
    else:
        transaction.on_commit(partial(_queue, run.pk))
    return GradeImport.objects.select_related("created_by", "applied_by", "undone_by").get(pk=run.pk)


def _queue(run_id: int) -> None:
    """With the broker away nothing would run, and the page must say so rather than wait."""
    try:
        tasks.carry_on_import.delay(run_id)
    except BrokerAway as error:
        logger.error("The broker took no task for import %s: %s", run_id, error)
        work.give_back(run_id, "It could not be started right now. Nothing was changed; try again.")


def _tidy_name(name: str) -> str:
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in name if sign.isprintable())[:200] or "pasted"
