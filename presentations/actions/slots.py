"""Slots made in bulk from the schedule, and slots that move to another meeting."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from core.errors import DomainError
from courses.actions import stamp_course_change
from courses.models import Course, Meeting, MeetingKind
from presentations.actions.changes import Changes, lock_course
from presentations.actions.places import call_next, rules_of
from presentations.models import ActKind, SignUp, Slot, SlotRole
from presentations.queries.schedule import papers_without_slot

PRESENTER = {"key": "presenter", "title": "Presenter", "capacity": 1}


@transaction.atomic
def make_slots(*, course: Course, by: User) -> list[Slot]:
    """One slot for each paper whose meeting takes place and that has none, with the course's roles; again, nothing."""
    course = lock_course(course.pk)
    roles = rules_of(course).roles or [PRESENTER]
    keys = set(course.slots.values_list("key", flat=True))
    after = dict(course.slots.order_by().values_list("meeting").annotate(last=Max("position")))
    made = []
    for paper in papers_without_slot(course):
        position = after[paper.meeting_id] = after.get(paper.meeting_id, -1) + 1
        key = _free_key(paper.key, keys)
        made.append(Slot.objects.create(course=course, meeting=paper.meeting, paper=paper, key=key, position=position))
        SlotRole.objects.bulk_create(SlotRole(slot=made[-1], position=place, **role) for place, role in enumerate(roles))
    if made:
        stamp_course_change(course=course)
    return made


def _free_key(wanted: str, keys: set[str]) -> str:
    """The paper's key, or the first with a number behind it that no slot has; it is then taken."""
    key, number = wanted, 2
    while key in keys:
        key, number = f"{wanted[:50]}-{number}", number + 1
    keys.add(key)
    return key


@transaction.atomic
def move_slot(*, slot: Slot, meeting: Meeting, by: User) -> Slot:
    """Give the slot another meeting, everybody in it with it; a paper on the list of the cancelled meeting goes along.

    Its presenters are told. Moving it to where it is changes nothing.
    """
    course = lock_course(slot.course_id)
    slot = Slot.objects.select_related("course", "meeting", "paper").get(pk=slot.pk)
    if slot.meeting_id == meeting.pk:
        return slot
    meeting = Meeting.objects.filter(course=course, pk=meeting.pk).first()
    if meeting is None or meeting.is_holiday:
        raise DomainError("Choose a meeting of this course that takes place.", field="meeting", code="no_meeting")
    was, last = slot.meeting, meeting.slots.aggregate(last=Max("position"))["last"]
    if was.is_holiday and slot.paper_id and slot.paper.meeting_id == was.pk:
        slot.paper.meeting = meeting
        slot.paper.save(update_fields=["meeting"])
    slot.meeting, slot.position = meeting, 0 if last is None else last + 1
    slot.save(update_fields=["meeting", "position"])
    changes = Changes(course, by)
    _note_move(changes, [slot], ActKind.MOVED)
    call_next(course, changes)
    changes.write()
    stamp_course_change(course=course)
    return slot


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, by: User) -> list[Slot]:
    """The meeting does not take place. Its slots, which are returned, wait for another; whoever presents stays, and is told.

    Cancelling it again changes nothing. The course file brings a meeting back.
    """
    course = lock_course(meeting.course_id)
    meeting = Meeting.objects.filter(course=course).get(pk=meeting.pk)
    slots = list(Slot.objects.filter(meeting=meeting).select_related("course", "meeting", "paper"))
    if meeting.is_holiday:
        return slots
    if meeting.date < course.today():
        raise DomainError("This meeting is over; it cannot be cancelled any more.", field="meeting", code="over")
    meeting.kind = MeetingKind.HOLIDAY
    meeting.save(update_fields=["kind"])
    changes = Changes(course, by)
    _note_move(changes, slots, ActKind.CANCELLED)
    call_next(course, changes)
    changes.write()
    stamp_course_change(course=course)
    return slots


def note_moved(*, course: Course, moved: Iterable[str], cancelled: Iterable[str], by: User | None) -> None:
    """The schedule has changed: whoever presents in these slots (by key) is told. Called in the writing transaction."""
    changes = Changes(course, by)
    slots = Slot.objects.filter(course=course).select_related("course", "meeting", "paper")
    _note_move(changes, slots.filter(key__in=list(moved)), ActKind.MOVED)
    _note_move(changes, slots.filter(key__in=list(cancelled)), ActKind.CANCELLED)
    changes.write()


def _note_move(changes: Changes, slots: Iterable[Slot], kind: str) -> None:
    """Reads slot.meeting, slot.course and slot.paper."""
    by_id = {slot.pk: slot for slot in slots}
    sign_ups = SignUp.objects.standing().filter(role__slot__in=by_id, enrollment__isnull=False)
    for sign_up in sign_ups.select_related("enrollment__user", "role").order_by("pk"):
        slot = sign_up.role.slot = by_id[sign_up.role.slot_id]
        when = f"{slot.start:%A} {slot.start.day} {slot.start:%B} at {slot.start:%H:%M}"
        note = f"now {when}" if kind == ActKind.MOVED else f"not on {slot.start.day} {slot.start:%B}"
        tell = [sign_up.enrollment_id] if slot.start > changes.now else []
        changes.note(kind, sign_up.role, enrollment=sign_up.enrollment, note=note, tell=tell)
