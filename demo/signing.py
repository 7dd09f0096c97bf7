"""Students take places by themselves: two presentations to come, a waiting list, and a place offered to everybody."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from courses.models import Course, Enrollment
from presentations.actions import join_line, offer_place, take_place
from presentations.models import SignUp, SlotRole

TAKERS = slice(11, 13)  # who have not presented so far
AHEAD = timedelta(days=8)  # nearer ones are the instructor's to fill


def signing_up(course: Course, students: list[Enrollment], *, until: datetime) -> Iterator[tuple[datetime, partial]]:
    """(moment, deed); reads the course's slots as they are before anybody presents."""
    roles = SlotRole.objects.filter(slot__course=course, slot__meeting__date__gt=(until + AHEAD).date())
    roles = list(roles.exclude(slot__meeting__kind="holiday").select_related("slot").order_by("slot__meeting__date", "pk"))
    free = [role for role in roles if not role.sign_ups.exists()]
    for number, (role, student) in enumerate(zip(free, students[TAKERS], strict=False)):
        taken = until - timedelta(hours=30 - number)
        yield taken, partial(take_place, role=role, enrollment=student)
        yield taken + timedelta(hours=2), partial(join_line, role=role, enrollment=students[TAKERS.stop + number])
    if free:
        yield until - timedelta(hours=3), partial(_offer, free[0], students[TAKERS][0])


def _offer(role: SlotRole, student: Enrollment) -> None:
    """The first of them would rather not, and offers the place to everybody."""
    place = SignUp.objects.standing().filter(role=role, enrollment=student).first()
    if place:
        offer_place(sign_up=place, enrollment=student)
