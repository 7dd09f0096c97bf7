"""Meetings that do not take place, and those that do after all."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from core.errors import DomainError
from core.locking import lock_row
from courses.actions import stamp_course_change
from courses.models import Course, Meeting, MeetingKind
from presentations.actions.changes import Changes, lock_course
from presentations.actions.places import call_next
from presentations.models import ActKind, Cancellation, MovedSlot, SignUp, Slot

WITH = ("course", "meeting", "paper")


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, by: User) -> list[Slot]:
    """The meeting does not take place. Its slots, which are returned, wait for another; whoever presents stays, and is told.

    Cancelling it again changes nothing.
    """
    course = lock_course(meeting.course_id)
    meeting = lock_row(Meeting.objects.filter(course=course), meeting.pk)
    slots = list(Slot.objects.filter(meeting=meeting).select_related(*WITH))
    if meeting.is_holiday:
        return slots
    if meeting.date < course.today():
        raise DomainError("This meeting is over; it cannot be cancelled any more.", field="meeting", code="over")
    # One from before is of no use any more: the course file has brought the meeting back since.
    Cancellation.objects.filter(meeting=meeting).delete()
    Cancellation.objects.create(meeting=meeting, kind=meeting.kind, by=by)
    meeting.kind = MeetingKind.HOLIDAY
    meeting.save(update_fields=["kind"])
    _tell(course, by, slots, ActKind.CANCELLED)
    return slots


@transaction.atomic
def restore_meeting(*, meeting: Meeting, by: User) -> list[Slot]:
    """The meeting takes place after all, as what it was; its slots, which are returned, are back, everybody in them with them.

    Also those that were given another meeting since, and the papers that went along. A meeting that takes place is left
    alone. DomainError (not_cancelled) for a holiday that was none before.
    """
    course = lock_course(meeting.course_id)
    meeting = lock_row(Meeting.objects.filter(course=course), meeting.pk)
    slots = Slot.objects.filter(meeting=meeting).select_related(*WITH)
    if not meeting.is_holiday:
        return list(slots)
    cancellation = Cancellation.objects.filter(meeting=meeting).first()
    if cancellation is None:
        words = "This meeting was not cancelled on the board. The course file says what it is."
        raise DomainError(words, field="meeting", code="not_cancelled")
    meeting.kind = cancellation.kind
    meeting.save(update_fields=["kind"])
    for moved in cancellation.moved.select_related("slot__paper"):
        _take_back(moved, meeting)
    cancellation.delete()
    found = list(slots.all())
    _tell(course, by, found, ActKind.RESTORED)
    return found


def _take_back(moved: MovedSlot, meeting: Meeting) -> None:
    # Where it was meanwhile may have been cancelled too: it does not go back there when that is undone.
    slot, since = moved.slot, MovedSlot.objects.filter(slot=moved.slot, pk__gte=moved.pk)
    if moved.paper_went_to_id and slot.paper_id and slot.paper.meeting_id in set(since.values_list("paper_went_to", flat=True)):
        slot.paper.meeting = meeting
        slot.paper.save(update_fields=["meeting"])
    slot.meeting, slot.position = meeting, moved.position
    slot.save(update_fields=["meeting", "position"])
    since.exclude(pk=moved.pk).delete()


def forget_cancellations(course: Course) -> None:
    """The course file has brought meetings back itself: there is nothing left to undo, whatever becomes of them later."""
    Cancellation.objects.filter(meeting__course=course).exclude(meeting__kind=MeetingKind.HOLIDAY).delete()


def _tell(course: Course, by: User, slots: Iterable[Slot], kind: str) -> None:
    changes = Changes(course, by)
    note_move(changes, slots, kind)
    call_next(course, changes)
    changes.write()
    stamp_course_change(course=course)


def note_moved(*, course: Course, moved: Iterable[str], cancelled: Iterable[str], by: User | None) -> None:
    """The schedule has changed: whoever presents in these slots (by key) is told. Called in the writing transaction."""
    changes = Changes(course, by)
    slots = Slot.objects.filter(course=course).select_related(*WITH)
    note_move(changes, slots.filter(key__in=list(moved)), ActKind.MOVED)
    note_move(changes, slots.filter(key__in=list(cancelled)), ActKind.CANCELLED)
    changes.write()


def note_move(changes: Changes, slots: Iterable[Slot], kind: str) -> None:
    """Reads slot.meeting, slot.course and slot.paper."""
    by_id = {slot.pk: slot for slot in slots}
    sign_ups = SignUp.objects.standing().filter(role__slot__in=by_id, enrollment__isnull=False)
    for sign_up in sign_ups.select_related("enrollment__user", "role").order_by("pk"):
        slot = sign_up.role.slot = by_id[sign_up.role.slot_id]
        tell = [sign_up.enrollment_id] if slot.start > changes.now else []
        changes.note(kind, sign_up.role, enrollment=sign_up.enrollment, note=_when(slot, kind), tell=tell)


def _when(slot: Slot, kind: str) -> str:
    if kind == ActKind.CANCELLED:
        return f"not on {slot.start.day} {slot.start:%B}"
    when = f"{slot.start:%A} {slot.start.day} {slot.start:%B} at {slot.start:%H:%M}"
    return f"now {when}" if kind == ActKind.MOVED else f"on {when}"
