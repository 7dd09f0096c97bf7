"""Slots made in bulk from the schedule, and slots that move to another meeting."""

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from core.errors import DomainError
from core.locking import lock_row
from courses.actions import stamp_course_change
from courses.models import Course, Meeting
from presentations.actions.changes import Changes, lock_course
from presentations.actions.meetings import note_move
from presentations.actions.places import call_next, rules_of
from presentations.models import ActKind, Cancellation, MovedSlot, Slot, SlotRole
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
    slot = lock_row(Slot.objects.select_related("course", "meeting", "paper"), slot.pk)
    if slot.meeting_id == meeting.pk:
        return slot
    meeting = Meeting.objects.filter(course=course, pk=meeting.pk).first()
    if meeting is None or meeting.is_holiday:
        raise DomainError("Choose a meeting of this course that takes place.", field="meeting", code="no_meeting")
    was, last = slot.meeting, meeting.slots.aggregate(last=Max("position"))["last"]
    takes_paper = was.is_holiday and slot.paper_id is not None and slot.paper.meeting_id == was.pk
    if takes_paper:
        slot.paper.meeting = meeting
        slot.paper.save(update_fields=["meeting"])
    if was.is_holiday and (cancellation := Cancellation.objects.filter(meeting=was).first()):
        along = meeting if takes_paper else None
        MovedSlot.objects.create(cancellation=cancellation, slot=slot, position=slot.position, paper_went_to=along)
    slot.meeting, slot.position = meeting, 0 if last is None else last + 1
    slot.save(update_fields=["meeting", "position"])
    changes = Changes(course, by)
    note_move(changes, [slot], ActKind.MOVED)
    call_next(course, changes)
    changes.write()
    stamp_course_change(course=course)
    return slot
