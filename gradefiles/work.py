"""Steps of an import, as a worker or a request takes them: read, apply, undo. Each is whole or nothing, and safe twice."""

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db import OperationalError, transaction
from django.utils import timezone

from core.errors import DomainError, StaleVersion
from courses.models import Course, Enrollment
from gradefiles.models import CanvasColumn, CanvasStudent, GradeImport, ImportState
from gradefiles.plan import Plan, plan_import
from grading.actions import set_mark
from grading.models import Mark
from grading.queries.marks import work_address
from grading.targets import lock_owners, targets_of

CHANGED = "Since the preview, a mark that this file touches has changed. Nothing was applied; look at what it would do now."
BUSY = "Somebody was changing the same marks at this moment. Nothing was changed; try again."
FAULT = "The portal could not do it. Nothing was changed; its log says why."


def carry_on(run_id: int, *, in_request: bool = True) -> None:
    """Take the step that is due. A refusal stands in the import's `words`, and is raised in a request."""
    run = GradeImport.objects.get(pk=run_id)
    step = {ImportState.PLANNED: _read, ImportState.APPLYING: _apply, ImportState.UNDOING: _undo}.get(run.state)
    if step is None:
        return
    try:
        step(run_id)
    except DomainError as refusal:
        give_back(run_id, refusal.message)
        if in_request and run.state != ImportState.PLANNED:
            raise
    except OperationalError as error:  # a deadlock: what else touches these marks was let through
        give_back(run_id, BUSY)
        if in_request:
            raise DomainError(BUSY, code="busy") from error
    except Exception:
        give_back(run_id, FAULT)
        raise
    finally:
        cache.delete(_progress_key(run_id))
    if run.state == ImportState.PLANNED and run.applies_itself:
        _apply_if_good(run_id, in_request=in_request)


@transaction.atomic
def give_back(run_id: int, words: str) -> None:
    """To where the import stood before the step, with the reason; a preview is made anew, of the marks as they are now.

    Not where another worker has taken the step meanwhile: what it did would be forgotten.
    """
    run = GradeImport.objects.select_for_update(no_key=True).get(pk=run_id)
    if not run.is_under_way:
        return
    run.words = words[:500]
    match run.state:
        case ImportState.PLANNED:
            run.state = ImportState.FAILED
        case ImportState.UNDOING:
            run.state = ImportState.APPLIED
        case ImportState.APPLYING:
            run.state, run.applied_by = ImportState.READY, None
            _keep_plan(run, _plan_of(run))
    run.save()


def share_of(run: GradeImport) -> int | None:
    """How far the step is, in percent; None before it says. It is in the cache, for the step's own transaction is not done."""
    return cache.get(_progress_key(run.pk))


def _progress_key(run_id: int) -> str:
    return f"grade-import-{run_id}"


def _telling(run_id: int, things: list) -> Iterable[Any]:
    for number, thing in enumerate(things):
        if number % 50 == 0:
            cache.set(_progress_key(run_id), 100 * number // len(things), timeout=900)
        yield thing


def _plan_of(run: GradeImport) -> Plan:
    """With the rights of whoever brought the file, as they are now."""
    marker = Enrollment.objects.select_related("course", "user").get(course=run.course_id, user=run.created_by_id)
    return plan_import(marker, bytes(run.content), run.columns)


def _keep_plan(run: GradeImport, plan: Plan) -> None:
    run.plan, run.plan_digest = plan.stored(), plan.digest


@transaction.atomic
def _read(run_id: int) -> None:
    run = GradeImport.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.state == ImportState.PLANNED:
        _keep_plan(run, _plan_of(run))
        run.state, run.words = ImportState.READY, ""
        run.save(update_fields=["plan", "plan_digest", "state", "words"])


def _apply_if_good(run_id: int, *, in_request: bool) -> None:
    good = GradeImport.objects.filter(pk=run_id, state=ImportState.READY, plan__faults=[])
    if good.update(state=ImportState.APPLYING, begun_at=timezone.now()):
        carry_on(run_id, in_request=in_request)


@transaction.atomic
def _apply(run_id: int) -> None:
    run = GradeImport.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.state != ImportState.APPLYING:
        return
    plan = _plan_of(run)
    if plan.digest != run.plan_digest:
        raise StaleVersion(CHANGED, current=run)
    targets = targets_of(run.course, [change.work for change in plan.changes])
    lock_owners(targets.values())
    _keep_plan(run, plan)
    for change, kept in _telling(run_id, list(zip(plan.changes, run.plan["changes"], strict=True))):
        if change.work not in targets:
            raise DomainError(f"Row {change.row}, column {change.column}: this work is not there any more.", code="gone")
        target = targets[change.work]
        before = _mark_of(target)
        kept["levels_before"] = before.levels if before else []
        reason = f"From the file {run.file_name}"
        kept["revision_after"] = _set(target, before, change.after, change.revision, run.applied_by, reason=reason).revision
    _learn(run.course, plan)
    run.state, run.applied_at, run.words, run.content = ImportState.APPLIED, timezone.now(), "", None
    run.save()


def _mark_of(target: dict[str, Any]) -> Mark | None:
    return Mark.objects.filter(**target).only("comment", "review_version", "levels").first()


def _set(target: dict[str, Any], mark: Mark | None, points: str, revision: int, by, **why) -> Mark:
    """In place of the mark, whose comment and version that was read stay as they are; `why`: the reason, the levels."""
    return set_mark(
        points=Decimal(points) if points else None,
        comment=mark.comment if mark else "",
        version=mark.review_version if mark else None,
        revision=revision,
        by=by,
        **why,
        **target,
    )


def _learn(course: Course, plan: Plan) -> None:
    for student, (canvas_id, sis_user_id, login_id) in plan.students.items():
        CanvasStudent.objects.filter(course=course, canvas_id=canvas_id).exclude(enrollment=student).delete()
        values = {"course": course, "canvas_id": canvas_id, "sis_user_id": sis_user_id, "login_id": login_id}
        CanvasStudent.objects.update_or_create(enrollment_id=int(student), defaults=values)
    for key, (canvas_id, title) in plan.columns.items():
        CanvasColumn.objects.filter(course=course, canvas_id=canvas_id).exclude(key=key).delete()
        CanvasColumn.objects.update_or_create(course=course, key=key, defaults={"canvas_id": canvas_id, "title": title})


@transaction.atomic
def _undo(run_id: int) -> None:
    run = GradeImport.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.state != ImportState.UNDOING:
        return
    changes = run.plan["changes"]
    targets = targets_of(run.course, [change["work"] for change in changes])
    lock_owners(targets.values())
    revisions = {work_address(mark): mark.revision for mark in Mark.objects.filter(course=run.course_id)}
    run.kept = []
    for change in _telling(run_id, changes):
        if why := _why_kept(change, targets, revisions) or _set_back(change, targets, run):
            run.kept.append({"who": change["who"], "title": change["title"], "why": why})
    run.state, run.undone_at, run.words = ImportState.UNDONE, timezone.now(), ""
    run.save(update_fields=["state", "undone_at", "kept", "words"])


def _why_kept(change: dict, targets: dict, revisions: dict[str, int]) -> str:
    if change["work"] not in targets:
        return "the work is not there any more"
    return "" if revisions.get(change["work"]) == change["revision_after"] else "the mark was changed since"


def _set_back(change: dict, targets: dict, run: GradeImport) -> str:
    """With the levels of a rubric that the points came from, as long as the rubric still has them."""
    target = targets[change["work"]]
    back = (target, _mark_of(target), change["before"], change["revision_after"], run.undone_by)
    reason = f"Undone: the file {run.file_name}"
    if levels := change.get("levels_before"):  # imports from before they were kept have none
        with suppress(DomainError):
            _set(*back, reason=reason, levels={level["key"]: Decimal(level["points"]) for level in levels})
            return ""
    try:
        _set(*back, reason=reason)
    except DomainError as refusal:
        return refusal.message
    return ""
