"""Staff fill the board: a place given in exchange for another, many from a file, and the last act undone."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from core.errors import DomainError
from courses.models import Course, Enrollment
from presentations.actions.changes import Changes, lock_course
from presentations.actions.places import ROLE, call_next, end, give
from presentations.models import Act, ActKind, SignUp, SlotRole

DEALT = "dealt by the portal"
PLACE = ("enrollment__user", *(f"role__{name}" for name in ROLE))


@transaction.atomic
def change_board(
    *,
    course: Course,
    by: User,
    remove: Iterable[int] = (),
    add: Iterable[tuple[int, Enrollment | None, str]] = (),
) -> None:
    """Take these sign-ups (ids) off and give these places, (role id, student or None, guest's name): all, or DomainError.

    What is freed and not given goes to the waiting list.
    """
    changes = Changes(lock_course(course.pk), by)
    _take_off(remove, changes)
    add = list(add)
    places = SlotRole.objects.filter(slot__course=course).select_related(*ROLE)
    roles = places.in_bulk([role for role, *_ in add])
    for role, enrollment, guest_name in add:
        if role not in roles:
            raise DomainError("This place was removed a moment ago. Nothing was changed.", code="gone")
        give(roles[role], enrollment, guest_name, changes)
    call_next(changes.course, changes)
    changes.write()


def _take_off(pks: Iterable[int], changes: Changes) -> None:
    places = SignUp.objects.standing().filter(role__slot__course=changes.course, pk__in=list(pks))
    for sign_up in places.select_related(*PLACE).order_by("pk"):
        changes.note_sign_up(ActKind.REMOVED, sign_up)
        end(sign_up, changes)


def last_act(course: Course, by: User) -> list[Act]:
    """What this person last gave or took away, all of it that was one act; what was dealt is undone on its own page."""
    mine = Act.objects.filter(course=course, by=by, kind__in=[ActKind.GIVEN, ActKind.REMOVED])
    last = mine.first()
    if last is None or last.note == DEALT:
        return []
    return list(mine.filter(at=last.at).select_related("enrollment__user", *(f"role__{name}" for name in ROLE)).order_by("pk"))


@transaction.atomic
def undo_last(*, course: Course, by: User) -> list[Act]:
    """Take back what was given and give back what was taken; all of it, or DomainError. Undoing twice does it again."""
    changes = Changes(lock_course(course.pk), by)
    acts = last_act(course, by)
    if not acts:
        raise DomainError("There is nothing to undo.", code="nothing_to_undo")
    if any(act.role is None for act in acts):
        raise DomainError("The place was removed since, so this cannot be undone.", code="gone")
    for act in acts:
        if act.kind == ActKind.GIVEN:
            _take_back(act, changes)
    for act in acts:
        if act.kind == ActKind.REMOVED:
            give(act.role, act.enrollment, act.guest_name, changes)
    call_next(changes.course, changes)
    changes.write()
    return acts


def _take_back(act: Act, changes: Changes) -> None:
    standing = SignUp.objects.standing().filter(role=act.role, enrollment=act.enrollment, guest_name=act.guest_name)
    sign_up = standing.select_related(*PLACE).order_by("-pk").first()
    if sign_up is None:
        raise DomainError(f"{act.who} does not have this place any more, so this cannot be undone.", code="place_changed")
    changes.note_sign_up(ActKind.REMOVED, sign_up)
    end(sign_up, changes)
