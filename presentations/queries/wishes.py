"""What a student has said about what they would like to present, beside what there is."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from courses.models import Course, Enrollment, Meeting
from presentations.models import AwayDate, PresentationRun, RunState, SignUp, Slot, Wish, WishList


@dataclass(frozen=True)
class SlotWish:
    """`said` is "" , "cannot" or the rank as text."""

    slot: Slot
    said: str


@dataclass(frozen=True)
class DateWishes:
    meeting: Meeting
    is_away: bool
    slots: list[SlotWish]


def slots_to_wish(course: Course, now: datetime | None = None) -> list[Slot]:
    """Those that take place and are to come, in the calendar's order."""
    now = now or timezone.now()
    slots = Slot.objects.filter(course=course).select_related("course", "meeting", "paper").exclude(meeting__kind="holiday")
    return [slot for slot in slots if slot.start > now]


def wishes_of(enrollment: Enrollment) -> WishList:
    found = WishList.objects.filter(enrollment=enrollment).select_related("partner__user").first()
    return found or WishList(enrollment=enrollment)


def said_by(enrollment: Enrollment) -> tuple[dict[int, str], set[int]]:
    """({slot id: rank or "cannot"}, {meeting ids away})"""
    said = {
        slot: str(rank or "cannot") for slot, rank in Wish.objects.filter(enrollment=enrollment).values_list("slot", "rank")
    }
    return said, set(AwayDate.objects.filter(enrollment=enrollment).values_list("meeting", flat=True))


def dates_to_wish(slots: list[Slot], said: dict[int, str], away: set[int]) -> list[DateWishes]:
    dates: dict[int, DateWishes] = {}
    for slot in slots:
        here = dates.setdefault(slot.meeting_id, DateWishes(slot.meeting, slot.meeting_id in away, []))
        here.slots.append(SlotWish(slot, said.get(slot.pk, "")))
    return list(dates.values())


def is_mutual(wishes: WishList) -> bool:
    """Whether the partner named back."""
    return (
        bool(wishes.partner_id) and WishList.objects.filter(enrollment=wishes.partner_id, partner=wishes.enrollment_id).exists()
    )


def explanation_of(enrollment: Enrollment) -> str:
    """Why they got what the last applied run gave them, as long as they still have something of it; "" otherwise."""
    run = PresentationRun.objects.filter(course=enrollment.course_id, state=RunState.APPLIED).order_by("-applied_at").first()
    if run is None:
        return ""
    mine = [(slot, role) for student, slot, role, _ in run.result["pairs"] if student == enrollment.pk]
    roles = [role for _, role in mine]
    if roles and not SignUp.objects.standing().filter(enrollment=enrollment, role__in=roles).exists():
        return ""
    return run.result["explained"].get(str(enrollment.pk), "")
