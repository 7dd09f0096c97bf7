"""Planning, applying and undoing what the portal dealt."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import runs
from core.errors import DomainError
from courses.models import Course, Enrollment
from presentations import tasks
from presentations.actions.board import DEALT
from presentations.actions.changes import Changes, lock_course
from presentations.actions.places import ROLE, call_next, end, leave_line, stand
from presentations.assigning.reading import loose_sign_ups, read_world
from presentations.assigning.world import Parameters
from presentations.models import ActKind, PresentationRun, RunState, SignUp, SlotRole

CHANGED = (
    "Since this was worked out, something it rests on has changed: wishes, students, presentations or who has a place. "
    "Nothing was applied; work it out again."
)
PLACE = ("enrollment__user", *(f"role__{name}" for name in ROLE))


@transaction.atomic
def plan_run(*, course: Course, parameters: Parameters, by: User) -> PresentationRun:
    """Have the portal work out who presents what. Nobody gets a place before somebody applies it."""
    course = lock_course(course.pk)
    if not 0 <= parameters.least <= parameters.most <= 100:
        words = f"Found at least {parameters.least} and at most {parameters.most}; expected 0 to 100, the least first."
        raise DomainError(words, field="most", code="bad_limit")
    runs.close_stalled(PresentationRun.objects.filter(course=course))
    run = PresentationRun.objects.create(course=course, parameters=parameters.stored(), created_by=by)
    transaction.on_commit(partial(runs.queue, tasks.work_out_run, PresentationRun, run.pk))
    return run


@transaction.atomic
def apply_run(*, run: PresentationRun, by: User) -> PresentationRun:
    """Give the places that were worked out and take away those dealt before: all of it, or nothing and DomainError."""
    course = lock_course(run.course_id)
    run = runs.to_apply(run)
    parameters = Parameters(**run.parameters)
    if read_world(course, parameters).digest(parameters) != run.digest:
        raise DomainError(CHANGED, code="stale")
    changes = Changes(course, by)
    wanted = {(student, role) for student, _, role, _ in run.result["pairs"]}
    loose = {sign_up.pk: (sign_up.enrollment_id, sign_up.role_id) for sign_up in loose_sign_ups(course, parameters)}
    ended = [pk for pk, place in loose.items() if place not in wanted]
    _take_away(ended, changes)
    given = _give(wanted - set(loose.values()), changes)
    call_next(course, changes)
    changes.write()
    run.state, run.applied_at, run.applied = RunState.APPLIED, timezone.now(), {"given": given, "ended": ended}
    run.save(update_fields=["state", "applied_at", "applied"])
    return run


def _take_away(pks: list[int], changes: Changes) -> None:
    for sign_up in SignUp.objects.filter(pk__in=pks).select_related(*PLACE).order_by("pk"):
        changes.note_sign_up(ActKind.REMOVED, sign_up, note=DEALT, tell=[sign_up.enrollment_id])
        end(sign_up, changes)


def _give(places: set[tuple[int, int]], changes: Changes) -> list[int]:
    people = Enrollment.objects.select_related("user").in_bulk({student for student, _ in places})
    roles = SlotRole.objects.select_related(*ROLE).in_bulk({role for _, role in places})
    given = []
    for student, role in sorted(places):
        sign_up = stand(roles[role], people[student], "", changes.by, is_pinned=False)
        changes.note_sign_up(ActKind.GIVEN, sign_up, note=DEALT, tell=[student])
        leave_line(roles[role], people[student], changes)
        given.append(sign_up.pk)
    return given


@transaction.atomic
def undo_run(*, run: PresentationRun, by: User) -> PresentationRun:
    """Take back what applying gave and give back what it took, but for what has changed since; that is told."""
    course = lock_course(run.course_id)
    run = runs.to_undo(run, PresentationRun.objects.filter(course=course))
    changes = Changes(course, by)
    given = list(SignUp.objects.filter(pk__in=run.applied["given"]).select_related(*PLACE).order_by("pk"))
    kept = [[each.pk, why] for each in given if (why := _why_kept(each, changes))]
    left = {pk for pk, _ in kept}
    _take_away([each.pk for each in given if each.withdrawn_at is None and each.pk not in left], changes)
    kept += _restore(run.applied["ended"], changes)
    call_next(course, changes)
    changes.write()
    run.state, run.undone_at, run.kept = RunState.UNDONE, changes.now, kept
    run.save(update_fields=["state", "undone_at", "kept"])
    return run


def _why_kept(sign_up: SignUp, changes: Changes) -> str:
    """Why the place stays; "" when it is taken back, or is gone already."""
    if sign_up.withdrawn_at is not None:
        return ""
    if sign_up.role.slot.start <= changes.now:
        return "has been presented"
    return "was pinned since" if sign_up.is_pinned else ""


def _restore(pks: list[int], changes: Changes) -> list[list]:
    """Those whose places are still free stand again."""
    kept = []
    for sign_up in SignUp.objects.filter(pk__in=pks).exclude(withdrawn_at=None).select_related(*PLACE).order_by("pk"):
        role, person = sign_up.role, sign_up.enrollment
        standing = SignUp.objects.standing().filter(role=role)
        if not (person.is_active and person.is_student):
            kept.append([sign_up.pk, "the student is no longer in the course"])
        elif role.slot.is_homeless or standing.count() >= role.capacity or standing.filter(enrollment=person).exists():
            kept.append([sign_up.pk, "the place is not free any more"])
        else:
            again = stand(role, person, "", changes.by, is_pinned=False)
            changes.note_sign_up(ActKind.GIVEN, again, note=DEALT, tell=[person.pk])
    return kept


@transaction.atomic
def pin_place(*, sign_up: SignUp, is_pinned: bool) -> SignUp:
    """Keep the place when the portal deals again, or let it be dealt. Saying the same again changes nothing."""
    lock_course(sign_up.role.slot.course_id)
    SignUp.objects.filter(pk=sign_up.pk, withdrawn_at=None).update(is_pinned=is_pinned)
    sign_up.refresh_from_db(fields=["is_pinned"])
    return sign_up
