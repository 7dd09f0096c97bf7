"""The course's students, slots and wishes, read into a `World` in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from courses.models import Course, Enrollment
from presentations.assigning.world import LATEST, Parameters, SlotFacts, Student, World
from presentations.models import MOST_RANKS, AwayDate, PresentationRules, Ranked, SignUp, Slot, Wish, WishList
from presentations.ranks import ranks_of_slots

NAME_LENGTH = 80


def read_world(course: Course, parameters: Parameters) -> World:
    rules, now = PresentationRules.objects.filter(course=course).first() or PresentationRules(course=course), timezone.now()
    slots = list(Slot.objects.filter(course=course).for_display())
    ahead = [slot for slot in slots if slot.start > now and not slot.is_homeless]
    late = _lateness([slot for slot in slots if not slot.is_homeless])
    fixed = [(sign_up, slot) for slot in slots for sign_up in slot.sign_ups if not _is_loose(sign_up, slot, parameters, now)]
    rules.course = course
    facts = tuple(_slot(slot, late[slot.pk], [each for each, at in fixed if at is slot]) for slot in ahead)
    return World(facts, tuple(_students(rules, slots, fixed, late)), rules.days_apart)


def _is_loose(sign_up: SignUp, slot: Slot, parameters: Parameters, now) -> bool:
    """Whether the place is dealt anew: it was dealt, nobody pinned it, and its presentation is ahead."""
    return parameters.redeals and not sign_up.is_pinned and slot.start > now and not slot.is_homeless


def loose_sign_ups(course: Course, parameters: Parameters) -> list[SignUp]:
    """Those that applying takes away unless they are dealt to the same students again."""
    now = timezone.now()
    slots = Slot.objects.filter(course=course).for_display()
    return [sign_up for slot in slots for sign_up in slot.sign_ups if _is_loose(sign_up, slot, parameters, now)]


def _lateness(slots: list[Slot]) -> dict[int, int]:
    days = [slot.meeting.date for slot in slots]
    if not days:
        return {}
    first, span = min(days), max((max(days) - min(days)).days, 1)
    return {slot.pk: round(LATEST * (slot.meeting.date - first).days / span) for slot in slots}


def _slot(slot: Slot, late: int, fixed: list[SignUp]) -> SlotFacts:
    roles = tuple(
        (role.pk, max(0, role.capacity - sum(each.role_id == role.pk for each in fixed))) for role in slot.roles.all()
    )
    return SlotFacts(slot.pk, _short(str(slot)), slot.meeting.date, late, roles, is_empty=not fixed)


def _short(title: str) -> str:
    return title if len(title) <= NAME_LENGTH else f"{title[: NAME_LENGTH - 1].rstrip()}…"


def _students(rules: PresentationRules, slots: list[Slot], fixed, late: dict[int, int]) -> Iterable[Student]:
    course = rules.course
    people = Enrollment.objects.active().students().filter(course=course).select_related("user").order_by("pk")
    ranks, cannot = _wishes(course, slots, rules.wishes_rank)
    partners = dict(WishList.objects.filter(enrollment__course=course).values_list("enrollment", "partner"))
    held: dict[int, list[tuple[SignUp, Slot]]] = defaultdict(list)
    for sign_up, slot in fixed:
        if sign_up.enrollment_id:
            held[sign_up.enrollment_id].append((sign_up, slot))
    for person in people:
        own = held[person.pk]
        has = {slot.pk: _day(slot) for _, slot in own}
        yield Student(
            pk=person.pk,
            name=person.user.name,
            ranks=ranks[person.pk],
            cannot=frozenset(cannot[person.pk]),
            held=has,
            partner=partners.get(person.pk),
            disappointed=sum(
                _lost(sign_up, person, ranks[person.pk].get(slot.pk), bool(ranks[person.pk])) for sign_up, slot in own
            ),
            late=sum(late.get(slot, 0) for slot in has),
        )


def _day(slot: Slot) -> date | None:
    return None if slot.is_homeless else slot.meeting.date


def _lost(sign_up: SignUp, person: Enrollment, rank: int | None, ranked: bool) -> int:
    """How far a place is from the first choice; what a student took by themselves is what they wanted."""
    if rank:
        return rank - 1
    return MOST_RANKS if ranked and sign_up.assigned_by_id != person.user_id else 0


def _wishes(course: Course, slots: list[Slot], kinds: list[str]) -> tuple[dict[int, dict[int, int]], dict[int, set[int]]]:
    """({student: {slot: rank}}, {student: slots they cannot}), a slot with the best rank of what it holds."""
    said: dict[int, dict[Ranked, int]] = defaultdict(dict)
    cannot: dict[int, set[int]] = defaultdict(set)
    for wish in Wish.objects.filter(enrollment__course=course):
        if wish.rank:
            said[wish.enrollment_id][wish.ranked] = wish.rank
        else:
            cannot[wish.enrollment_id].add(wish.slot_id)
    at = defaultdict(set)
    for slot in slots:
        at[slot.meeting_id].add(slot.pk)
    for person, meeting in AwayDate.objects.filter(meeting__course=course).values_list("enrollment", "meeting"):
        cannot[person] |= at[meeting]
    return defaultdict(dict, {person: ranks_of_slots(ranks, slots, kinds) for person, ranks in said.items()}), cannot
