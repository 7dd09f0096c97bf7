"""What somebody may do about each role at this moment: take it, wait for it, or why not. Actions decide it anew."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from courses.models import Course, Enrollment
from presentations.limits import Held, refusal_of
from presentations.models import PresentationRules, SignUp, Slot, SlotRole, Waiting
from presentations.policies import may_sign_up, sees_board


@dataclass(frozen=True)
class RoleRow:
    """One role as the viewer meets it. `waiting` are the names in line, for staff only; `in_line` is how many they are."""

    role: SlotRole
    can_take: bool = False
    can_wait: bool = False
    place_in_line: int | None = None  # the viewer's own, from 1
    in_line: int = 0
    reason: str = ""  # why a free place cannot be taken
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signing:
    """The course's rules with what the viewer has and waits for; made once for a page."""

    rules: PresentationRules
    viewer: Enrollment | None
    now: datetime
    today: date
    lines: dict[int, list[Waiting]]
    held: list[Held] = field(default_factory=list)

    def roles_of(self, slot: Slot) -> list[RoleRow]:
        """Reads slot.roles, slot.meeting and slot.course as `for_display` loads them."""
        return [self._role_row(slot, role) for role in slot.roles.all()]

    def _role_row(self, slot: Slot, role: SlotRole) -> RoleRow:
        line = self.lines.get(role.pk, [])
        if not may_sign_up(self.viewer):
            names = tuple(waiting.enrollment.user.name for waiting in line) if sees_board(self.viewer) else ()
            return RoleRow(role, in_line=len(names), waiting=names)
        mine = next((place for place, waiting in enumerate(line, start=1) if waiting.enrollment_id == self.viewer.pk), None)
        has_role = any(sign_up.enrollment_id == self.viewer.pk for sign_up in role.standing)
        if has_role or not self.rules.is_open(slot, self.now):
            return RoleRow(role, place_in_line=mine, in_line=len(line))
        refusal = refusal_of(self.rules, self.held, slot)
        is_free = role.open_places > 0
        return RoleRow(
            role,
            can_take=is_free and refusal is None,
            can_wait=not is_free and mine is None,
            place_in_line=mine,
            in_line=len(line),
            reason=refusal.message if is_free and refusal else "",
        )


def signing_of(course: Course, viewer: Enrollment | None, slots: list[Slot] | None = None) -> Signing:
    """One or two queries where all `slots` of the course are at hand, as `for_display` loads them; else one more."""
    rules, now = PresentationRules.of(course), timezone.now()
    lines: dict[int, list[Waiting]] = defaultdict(list)
    if may_sign_up(viewer) or sees_board(viewer):
        waiting = Waiting.objects.in_line().filter(role__slot__course=course, enrollment__is_active=True)
        for each in waiting.select_related("enrollment__user"):
            lines[each.role_id].append(each)
    held = _held(viewer, slots) if may_sign_up(viewer) else []
    return Signing(rules, viewer, now, course.today(), lines, held)


def _held(viewer: Enrollment, slots: list[Slot] | None) -> list[Held]:
    if slots is None:
        return held_by([viewer.pk])[viewer.pk]
    own = [(sign_up, slot) for slot in slots for sign_up in slot.sign_ups if sign_up.enrollment_id == viewer.pk]
    return [_place(sign_up, slot) for sign_up, slot in own]


def _place(sign_up: SignUp, slot: Slot) -> Held:
    return Held(sign_up.pk, slot.pk, None if slot.is_homeless else slot.meeting.date)


def held_by(enrollment_ids: Iterable[int]) -> dict[int, list[Held]]:
    """{enrollment id: the places they have}"""
    found = defaultdict(list)
    standing = SignUp.objects.standing().filter(enrollment__in=list(enrollment_ids)).select_related("role__slot__meeting")
    for sign_up in standing.order_by("pk"):
        found[sign_up.enrollment_id].append(_place(sign_up, sign_up.role.slot))
    return found
