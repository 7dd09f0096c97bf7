"""Who gets a place and who gives it back: by the students themselves, by staff, and from the waiting list."""

from collections import Counter

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from core.locking import lock_row
from core.text import text_problem, tidy
from courses.models import Course, Enrollment
from presentations.actions.changes import Changes, lock_course
from presentations.actions.offers import expire_offers
from presentations.limits import Held, refusal_of
from presentations.models import ActKind, PresentationRules, SignUp, SlotRole, Waiting
from presentations.queries.signing import held_by

FULL = "This place has just been taken. Nothing was changed."
ROLE = ("slot__meeting", "slot__course", "slot__paper")


def rules_of(course: Course) -> PresentationRules:
    return PresentationRules.objects.filter(course=course).first() or PresentationRules(course=course)


def lock_role(role: SlotRole) -> tuple[Course, SlotRole]:
    """The course, locked, and the role with its slot as they now stand."""
    course = lock_course(role.slot.course_id)
    # Whatever changes a role holds the course's lock too, so the role needs none of its own.
    role = lock_row(SlotRole.objects.select_related(*ROLE, "slot__course__presentation_rules"), role.pk)
    return course, role


def require_student_of(course: Course, enrollment: Enrollment) -> Enrollment:
    """The enrollment asked anew: the one at hand may have been read before a withdrawal from the course."""
    students = Enrollment.objects.active().students().select_related("user")
    if fresh := students.filter(course=course, pk=enrollment.pk).first():
        return fresh
    raise DomainError("This person is not an active student of this course.", field="enrollment_id", code="not_a_student")


def require_within_limits(rules: PresentationRules, enrollment: Enrollment, role: SlotRole, *, without: int | None = None):
    """`without` is the sign-up that the student gives away for it. Raises DomainError with the rule in words."""
    held = [each for each in held_by([enrollment.pk])[enrollment.pk] if each.sign_up_id != without]
    if refusal := refusal_of(rules, held, role.slot):
        raise DomainError(refusal.message, code=refusal.code)


def stand(role: SlotRole, enrollment: Enrollment | None, guest_name: str, by: User | None, *, is_pinned: bool = True) -> SignUp:
    """A place for the person. A sign-up of theirs that was withdrawn stands again, with the mark that hangs on it."""
    withdrawn = role.sign_ups.exclude(withdrawn_at=None).order_by("-withdrawn_at", "-pk")
    sign_up = withdrawn.filter(enrollment=enrollment, guest_name=guest_name).first()
    if sign_up is None:
        return SignUp.objects.create(
            role=role, enrollment=enrollment, guest_name=guest_name, assigned_by=by, is_pinned=is_pinned
        )
    sign_up.role, sign_up.enrollment = role, enrollment
    sign_up.withdrawn_at, sign_up.assigned_by, sign_up.is_pinned = None, by, is_pinned
    sign_up.save(update_fields=["withdrawn_at", "assigned_by", "is_pinned"])
    return sign_up


def end(sign_up: SignUp, changes: Changes) -> None:
    """The place is given back; the row stays, because a mark may hang on it, and offers of it end."""
    sign_up.withdrawn_at, sign_up.assigned_by = changes.now, changes.by
    sign_up.save(update_fields=["withdrawn_at", "assigned_by"])
    expire_offers(sign_up, changes)


# By staff


@transaction.atomic
def assign_presenter(
    *, role: SlotRole, enrollment: Enrollment | None = None, guest_name: str = "", by: User, needs_meeting: bool = True
) -> SignUp:
    """Give a place in the role to a student, or to a guest by name. Limits are for students; staff may go beyond them.

    `needs_meeting` is False for the course file, whose guests stay in slots that wait for another meeting.
    """
    course, role = lock_role(role)
    changes = Changes(course, by)
    sign_up = give(role, enrollment, guest_name, changes, needs_meeting=needs_meeting)
    changes.write()
    return sign_up


def give(
    role: SlotRole, enrollment: Enrollment | None, guest_name: str, changes: Changes, *, needs_meeting: bool = True
) -> SignUp:
    """Staff's part of a larger act: the place, or DomainError with the rule. Needs the lock on the course."""
    guest_name = _guest_name(guest_name)
    _require_one_presenter(enrollment, guest_name)
    if needs_meeting and role.slot.is_homeless:
        raise DomainError("This meeting does not take place, so nobody presents at it.", code="no_meeting")
    if enrollment is not None:
        enrollment = require_student_of(changes.course, enrollment)
    standing = role.sign_ups.standing()
    if enrollment is not None and standing.filter(enrollment=enrollment).exists():
        raise DomainError("This student has this role already.", field="enrollment_id", code="already_assigned")
    if standing.count() >= role.capacity:
        raise DomainError("This role has just been filled. Nothing was changed.", code="role_is_full")
    sign_up = stand(role, enrollment, guest_name, changes.by)
    changes.note_sign_up(ActKind.GIVEN, sign_up)
    leave_line(role, enrollment, changes)
    return sign_up


def _guest_name(text: str) -> str:
    name = " ".join(tidy(text).split())
    if problem := text_problem(name, limit=SignUp._meta.get_field("guest_name").max_length):
        raise DomainError(problem, field="guest_name")
    return name


def _require_one_presenter(enrollment: Enrollment | None, guest_name: str) -> None:
    if enrollment is None and not guest_name:
        raise DomainError("Choose a student, or write the guest's name.", field="guest_name", code="nobody_named")
    if enrollment is not None and guest_name:
        raise DomainError("Choose either a student or a guest, not both.", field="guest_name", code="two_named")


@transaction.atomic
def withdraw_presenter(*, sign_up: SignUp, by: User, calls_waiting: bool = True) -> SignUp:
    """Take the person off the place, and call the waiting list. Withdrawing it again changes nothing."""
    course, role = lock_role(sign_up.role)
    sign_up = _lock_sign_up(sign_up, role)
    if sign_up.withdrawn_at is None:
        changes = Changes(course, by)
        changes.note_sign_up(ActKind.REMOVED, sign_up)
        end(sign_up, changes)
        if calls_waiting:
            call_next(course, changes)
        changes.write()
    return sign_up


def _lock_sign_up(sign_up: SignUp, role: SlotRole) -> SignUp:
    sign_up = lock_row(SignUp.objects.select_for_update(no_key=True), sign_up.pk)
    sign_up.role = role
    return sign_up


# By the students themselves


def take_place(*, role: SlotRole, enrollment: Enrollment) -> SignUp:
    """First come, first served; taking it again changes nothing.

    Of two hundred who press at once, most lose: they are told so without waiting for the lock, from the role's
    sign-ups as they were read a moment ago.
    """
    if not role.open_places and all(sign_up.enrollment_id != enrollment.pk for sign_up in role.standing):
        raise DomainError(FULL, code="role_is_full")
    return _take(role, enrollment)


@transaction.atomic
def _take(role: SlotRole, enrollment: Enrollment) -> SignUp:
    course, role = lock_role(role)
    enrollment = require_student_of(course, enrollment)
    standing = list(role.sign_ups.standing())
    if own := next((sign_up for sign_up in standing if sign_up.enrollment_id == enrollment.pk), None):
        own.role, own.enrollment = role, enrollment
        return own
    rules = PresentationRules.of(role.slot.course)
    require_open(rules, role)
    if len(standing) >= role.capacity:
        raise DomainError(FULL, code="role_is_full")
    require_within_limits(rules, enrollment, role)
    changes = Changes(course, enrollment.user)
    sign_up = stand(role, enrollment, "", enrollment.user)
    changes.note_sign_up(ActKind.TOOK, sign_up)
    leave_line(role, enrollment, changes)
    changes.write()
    return sign_up


def require_open(rules: PresentationRules, role: SlotRole) -> None:
    """Whether students may take places in the slot, or wait for one, at this moment."""
    now, slot = timezone.now(), role.slot
    if slot.meeting.is_holiday:
        raise DomainError("This meeting does not take place, so nobody presents at it.", code="no_meeting")
    opens = rules.opens_for(slot)
    if opens is None:
        raise DomainError("Places in this presentation are given by the instructor.", code="no_sign_up")
    if now < opens:
        there = slot.course.local(opens)
        raise DomainError(f"Sign-up opens on {there.day} {there:%B} at {there:%H:%M}.", code="not_open_yet")
    if now >= rules.closes_for(slot):
        raise DomainError("Sign-up for this presentation is over. Ask the instructor.", code="sign_up_is_over")


@transaction.atomic
def give_back(*, sign_up: SignUp, enrollment: Enrollment) -> SignUp:
    """A student withdraws, before the cut-off, and the waiting list is called. Doing it again changes nothing."""
    course, role = lock_role(sign_up.role)
    sign_up = _lock_sign_up(sign_up, role)
    if sign_up.enrollment_id != enrollment.pk:
        raise DomainError("This is not a place of yours.", code="not_yours")
    if sign_up.withdrawn_at is not None:
        return sign_up
    until = rules_of(course).withdraw_until(role.slot)
    if until is None:
        raise DomainError("In this course the instructor takes people off a place; ask them.", code="no_withdrawal")
    # Who has no meeting any more did not move the date: the cut-off of the cancelled day does not bind them.
    if timezone.now() >= until and not role.slot.is_homeless:
        raise DomainError("It is too late to give the place back here. Ask the instructor.", code="too_late")
    changes = Changes(course, enrollment.user)
    changes.note_sign_up(ActKind.WITHDREW, sign_up)
    end(sign_up, changes)
    call_next(course, changes)
    changes.write()
    return sign_up


# The waiting list


@transaction.atomic
def join_line(*, role: SlotRole, enrollment: Enrollment) -> Waiting:
    """Wait for a place in a full role; joining again changes nothing."""
    course, role = lock_role(role)
    enrollment = require_student_of(course, enrollment)
    if waiting := role.line.in_line().filter(enrollment=enrollment).first():
        return waiting
    require_open(rules_of(course), role)
    standing = role.sign_ups.standing()
    if standing.filter(role__slot=role.slot, enrollment=enrollment).exists():
        raise DomainError("You have this role already.", code="already_assigned")
    if standing.count() < role.capacity:
        raise DomainError("A place is free here: take it.", code="role_is_free")
    changes = Changes(course, enrollment.user)
    waiting = Waiting.objects.create(role=role, enrollment=enrollment)
    changes.note(ActKind.WAITS, role, enrollment=enrollment)
    changes.write()
    return waiting


@transaction.atomic
def leave_waiting(*, role: SlotRole, enrollment: Enrollment) -> None:
    """Leaving a line in which one does not stand changes nothing."""
    course, role = lock_role(role)
    changes = Changes(course, enrollment.user)
    if leave_line(role, enrollment, changes):
        changes.note(ActKind.LEFT, role, enrollment=enrollment)
        changes.write()


def leave_line(role: SlotRole, enrollment: Enrollment | None, changes: Changes) -> bool:
    return bool(enrollment and role.line.filter(enrollment=enrollment, ended_at=None).update(ended_at=changes.now))


@transaction.atomic
def call_waiting(*, course: Course, by: User | None) -> None:
    """Fill what is free from the waiting lists; for whoever has just made places free in another way."""
    changes = Changes(lock_course(course.pk), by)
    call_next(changes.course, changes)
    changes.write()


def call_next(course: Course, changes: Changes) -> None:
    """Give each free place to the first in its line who may have it; who may not yet keeps their place in line.

    Looks at every line of the course: who gives a place back may thereby come within the limits elsewhere.
    One round is enough, because nobody comes within a limit by getting a place.
    """
    line = Waiting.objects.in_line().filter(role__slot__course=course, enrollment__is_active=True, enrollment__role="student")
    line = list(line.select_related("enrollment__user", *(f"role__{name}" for name in ROLE)))
    if not line:
        return
    rules, held = rules_of(course), held_by({waiting.enrollment_id for waiting in line})
    roles = {waiting.role_id for waiting in line}
    taken = Counter(SignUp.objects.standing().filter(role__in=roles).values_list("role", flat=True))
    for waiting in line:
        role, person = waiting.role, waiting.enrollment
        if taken[role.pk] >= role.capacity or not _calls(rules, role, changes):
            continue
        if refusal_of(rules, held[person.pk], role.slot):
            continue
        sign_up = stand(role, person, "", changes.by)
        taken[role.pk] += 1
        held[person.pk].append(Held(sign_up.pk, role.slot_id, role.slot.meeting.date))
        leave_line(role, person, changes)
        changes.note_sign_up(ActKind.CALLED, sign_up, tell=[person.pk])


def _calls(rules: PresentationRules, role: SlotRole, changes: Changes) -> bool:
    opens = rules.opens_for(role.slot)
    if role.slot.is_homeless or opens is None:
        return False
    return opens <= changes.now < rules.calls_until(role.slot)
