"""What a student has said about what they would like to present, beside what there is."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q
from django.utils import timezone

from courses.models import Course, Enrollment, Meeting
from presentations.models import (
    AwayDate,
    PresentationRun,
    Ranked,
    RankedKind,
    RunState,
    SignUp,
    Slot,
    SlotRole,
    Wish,
    WishList,
)
from presentations.ranks import holders, ring_of


@dataclass(frozen=True)
class WishLine:
    """One thing that a student may rank. `name` is its form field's; `said` is "", "cannot" or the rank as text."""

    name: str
    title: str
    said: str
    when: str = ""  # the dates of the slots that hold it
    is_filled: bool = False  # whoever wishes for it cannot get it
    day: str = ""  # of a slot, which stands under its date


@dataclass(frozen=True)
class DateWishes:
    meeting: Meeting
    is_away: bool
    lines: list[WishLine]


Said = dict[str, str]  # {name of the form field: rank as text, or "cannot"}


def slots_to_wish(course: Course, now: datetime | None = None) -> list[Slot]:
    """Those that take place and are to come, in the calendar's order."""
    now = now or timezone.now()
    slots = Slot.objects.filter(course=course).select_related("course", "meeting", "paper").exclude(meeting__kind="holiday")
    return [slot for slot in slots if slot.start > now]


def filled(slots: list[Slot]) -> set[int]:
    """Ids of those in which dealing has no place to give: students or guests who stay have them all."""
    stays = Q(sign_ups__withdrawn_at=None, sign_ups__is_pinned=True)
    roles = SlotRole.objects.filter(slot__in=slots).annotate(staying=Count("sign_ups", filter=stays))
    return {slot.pk for slot in slots} - set(roles.filter(staying__lt=F("capacity")).values_list("slot", flat=True))


def wishes_of(enrollment: Enrollment) -> WishList:
    found = WishList.objects.filter(enrollment=enrollment).select_related("partner__user").first()
    return found or WishList(enrollment=enrollment)


def fields_of(slots: list[Slot]) -> dict[str, Ranked]:
    """{name of the form field: what is ranked with it}"""
    return {_field(thing, holding): thing for thing, holding in holders(slots).items()}


def _field(thing: Ranked, holding: list[Slot]) -> str:
    """A topic is called by the first of its meetings."""
    if thing.slot_id:
        return f"slot-{thing.slot_id}"
    return f"paper-{thing.paper_id}" if thing.paper_id else f"topic-{holding[0].meeting_id}"


def said_by(enrollment: Enrollment, slots: list[Slot]) -> tuple[Said, set[int]]:
    """(what they ranked and cannot, of these slots; meeting ids away)"""
    wishes = {wish.ranked: str(wish.rank or "cannot") for wish in Wish.objects.filter(enrollment=enrollment)}
    said = {field: wishes[thing] for field, thing in fields_of(slots).items() if thing in wishes}
    return said, set(AwayDate.objects.filter(enrollment=enrollment).values_list("meeting", flat=True))


def dates_to_wish(slots: list[Slot], said: Said, away: set[int], full: set[int]) -> list[DateWishes]:
    dates: dict[int, DateWishes] = {}
    for slot in slots:
        here = dates.setdefault(slot.meeting_id, DateWishes(slot.meeting, slot.meeting_id in away, []))
        name = f"slot-{slot.pk}"
        here.lines.append(WishLine(name, str(slot), said.get(name, ""), is_filled=slot.pk in full, day=_day(slot)))
    return list(dates.values())


def lines_of(kind: RankedKind, slots: list[Slot], said: Said, full: set[int]) -> list[WishLine]:
    """Each paper or topic that these slots hold, with their dates."""
    lines = []
    for thing, holding in holders(slots, [kind]).items():
        name = _field(thing, holding)
        days = dict.fromkeys(_day(slot) for slot in holding)
        is_filled = full.issuperset(slot.pk for slot in holding)
        lines.append(WishLine(name, thing.topic or str(holding[0]), said.get(name, ""), ", ".join(days), is_filled))
    return lines


def _day(slot: Slot) -> str:
    return f"{slot.meeting.date.day} {slot.meeting.date:%b}"


def together_with(wishes: WishList) -> list[Enrollment]:
    """Whom the student presents with, as they and those they named stand; nobody while it does not close."""
    if not wishes.partner_id:
        return []
    active = Enrollment.objects.active().students().filter(course=wishes.enrollment.course_id)
    same = WishList.objects.filter(enrollment__in=active, partner__in=active)
    ring = ring_of(wishes.enrollment_id, dict(same.values_list("enrollment", "partner")))
    others = Enrollment.objects.filter(pk__in=ring).exclude(pk=wishes.enrollment_id)
    return list(others.select_related("user").order_by("user__name")) if len(ring) > 1 else []


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
