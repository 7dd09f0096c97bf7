"""Every write of an import: keeping the file, working out what it would change, carrying it out as a whole."""

import logging
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from kombu.exceptions import OperationalError

from accounts.models import User
from core.errors import DomainError
from courses.actions import apply_roster
from courses.models import Course, Enrollment, Meeting, Paper
from exchange import tasks
from exchange.incoming.plan import PaperSpot, Plan, plan_import
from exchange.incoming.reading import UnreadableFile, read_file
from exchange.models import ImportRun, ImportState
from reviews.assigning.writing import Wanted as WantedTerms
from reviews.assigning.writing import lock_people, write_terms
from reviews.bringing_in import bring_in_review
from reviews.models import Field, ReviewRules, new_handle

logger = logging.getLogger(__name__)
STALE = "The course has changed since the preview. Nothing was brought in; look at the new preview."


@transaction.atomic
def start_import(*, course: Course, text: str, file_name: str = "", invites: bool, keeps_fields: bool, by: User) -> ImportRun:
    """Keep the file and have a worker say what it would change. DomainError where it cannot be read at all."""
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    try:
        read_file(text)
    except UnreadableFile as error:
        raise DomainError(str(error), field="file", code="unreadable") from None
    _end_stalled(course)
    run = ImportRun.objects.create(
        course=course, text=text, file_name=file_name[:200], invites=invites, keeps_fields=keeps_fields, created_by=by
    )
    transaction.on_commit(partial(_queue, run.pk))
    return run


def _end_stalled(course: Course) -> None:
    under_way = ImportRun.objects.filter(course=course, state__in=[ImportState.PLANNED, ImportState.APPLYING])
    if any(not run.is_stalled for run in under_way):
        raise DomainError("Another import is under way; wait for it.", code="under_way")
    under_way.update(state=ImportState.FAILED, words="No worker took it to its end. Nothing was brought in.")


@transaction.atomic
def carry_out(*, run: ImportRun) -> ImportRun:
    """Have a worker bring in what the preview showed; asked twice, it is done once."""
    run = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if run.state in (ImportState.APPLYING, ImportState.APPLIED):
        return run
    if run.state != ImportState.READY:
        raise DomainError(f"This cannot be carried out: it is {run.get_state_display()}.", code="not_ready")
    run.state, run.words, run.share, run.seen_at = ImportState.APPLYING, "Writing", 0, timezone.now()
    run.save(update_fields=["state", "words", "share", "seen_at"])
    transaction.on_commit(partial(_queue, run.pk))
    return run


def _queue(run_id: int) -> None:
    try:
        tasks.work_out_import.delay(run_id)
    except OperationalError as error:
        logger.error("The broker took no task for import %s: %s", run_id, error)
        said = "It could not be started right now. Nothing was brought in; try again."
        ImportRun.objects.filter(pk=run_id).update(state=ImportState.FAILED, words=said)


def work_out(run_id: int) -> None:
    """What a worker does: the preview, or what it promised. Safe to run twice."""
    run = ImportRun.objects.select_related("course").filter(pk=run_id).first()
    if run is None or not run.is_under_way:
        return
    try:
        _preview(run) if run.state == ImportState.PLANNED else _apply(run_id)
    except DomainError as refusal:
        _fail(run, refusal.message)
    except Exception:
        _fail(run, "The portal could not work it out. Nothing was brought in; its log says why.")
        raise


def _fail(run: ImportRun, words: str) -> None:
    ImportRun.objects.filter(pk=run.pk, state=run.state).update(state=ImportState.FAILED, words=words[:300])


def _plan(run: ImportRun, **how) -> tuple[ReviewRules, Plan]:
    rules = ReviewRules.objects.select_related("course", "form").get(course=run.course_id)
    return rules, plan_import(rules, read_file(run.text), invites=run.invites, keeps_fields=run.keeps_fields, **how)


def _preview(run: ImportRun) -> None:
    mine = ImportRun.objects.filter(pk=run.pk, state=ImportState.PLANNED)

    def tell(share: float, words: str) -> None:
        mine.update(share=share, words=words, seen_at=timezone.now())

    _, plan = _plan(run, progress=tell)
    mine.update(state=ImportState.READY, share=1, words="", result=plan.stored(), digest=plan.digest)


@transaction.atomic
def _apply(run_id: int) -> None:
    """All of it or nothing; where the course has changed since, the run shows the new preview instead."""
    course = ImportRun.objects.values_list("course", flat=True).get(pk=run_id)
    Course.objects.select_for_update(no_key=True).get(pk=course)
    run = ImportRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.state != ImportState.APPLYING:
        return
    _hold_still(run.course)
    rules, plan = _plan(run)
    if plan.digest != run.digest:
        run.state, run.words, run.result, run.digest = ImportState.READY, STALE, plan.stored(), plan.digest
    else:
        _write(rules, plan, by=run.created_by)
        run.state, run.share, run.words, run.text, run.applied_at = ImportState.APPLIED, 1, "", "", timezone.now()
    run.save(update_fields=["state", "share", "words", "text", "result", "digest", "applied_at"])


def _hold_still(course: Course) -> None:
    """From here on nobody begins a review or comes into the course, so that the plan holds while it is written.

    Whoever begins a review locks its paper: where one is being saved now, its end is waited for. Saving what was begun
    before goes on; it locks its review and then at most its writer, which are taken here in no other order.
    """
    list(Paper.objects.filter(course=course).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    lock_people(course)


def _write(rules: ReviewRules, plan: Plan, *, by: User | None) -> None:
    course = rules.course
    if plan.roster:
        apply_roster(course=course, text=plan.roster, skip_bad_lines=True)
    now = timezone.now()
    for field in plan.fields:
        field.retired_at = now
    Field.objects.bulk_create(plan.fields)
    _write_papers(course, plan.spots)
    people = {row.user.email.lower(): row for row in Enrollment.objects.filter(course=course).select_related("user")}
    _write_rounds(rules, plan, people, by)
    fields = list(Field.objects.filter(form=rules.form_id))
    for wanted, handle in zip(plan.reviews, _handles(len(plan.reviews)), strict=True):
        reviewer = people[wanted.review.email]
        reviewer.course = course
        given = [field for field in fields if field.key in wanted.answers or _is_asked(field)]
        moment = None if wanted.review.is_draft else wanted.review.submitted_at or now
        bring_in_review(
            paper=wanted.paper.row, reviewer=reviewer, rules=rules, fields=given, answers=wanted.answers,
            submitted_at=moment, handle=handle,
        )  # fmt: skip


def _write_rounds(rules: ReviewRules, plan: Plan, people: dict[str, Enrollment], by: User | None) -> None:
    """Before the reviews: whether they were late hangs on their round."""
    terms = [
        WantedTerms(
            each.paper.row,
            people[each.review.email].pk,
            asks=each.terms.asks,
            round_id=each.terms.round_id,
            reason=each.terms.reason,
        )
        for each in plan.reviews
        if each.terms
    ]
    write_terms(rules=rules, wanted=terms, by=by)


def _is_asked(field: Field) -> bool:
    return field.retired_at is None and not field.is_for_staff_only


def _handles(count: int) -> list[str]:
    """Random and in the file's order, which letters of the file are by; they tell of nothing that the file does not."""
    return sorted(new_handle() for _ in range(count))


def _write_papers(course: Course, spots: list[PaperSpot]) -> None:
    for spot in [spot for spot in spots if spot.row and spot.changes]:
        Paper.objects.filter(pk=spot.row.pk).update(**spot.changes)
    new = [spot for spot in spots if spot.row is None]
    if not new:
        return
    meeting = _meeting(course)
    taken = set(Paper.objects.filter(course=course).values_list("key", flat=True))
    first = Paper.objects.filter(meeting=meeting).count()
    for place, spot in enumerate(new, start=first):
        key = _key(spot.title, taken)
        given = {"authors": spot.given.authors, "abstract": spot.given.abstract}
        spot.row = Paper.objects.create(course=course, meeting=meeting, key=key, title=spot.title, position=place, **given)


def _meeting(course: Course) -> Meeting:
    """Where new papers stand until the schedule is made: the meeting “imported”, today at noon."""
    values = {"date": course.today(), "starts_at": "12:00", "ends_at": "13:00", "topic": "Imported papers"}
    Meeting.objects.get_or_create(course=course, key="imported", defaults=values)
    meeting = Meeting.objects.get(course=course, key="imported")
    meeting.course = course
    return meeting


def _key(title: str, taken: set[str]) -> str:
    stem = slugify(title)[:50].strip("-") or "paper"
    key = next(each for n in range(1, len(taken) + 2) if (each := stem if n == 1 else f"{stem}-{n}") not in taken)
    taken.add(key)
    return key
